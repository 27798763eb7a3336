#include "daemons/agent/containerizer/native/make_mesos_containerizer.h"

#include <unistd.h>

#include "daemons/agent/containerizer/native/isolator_table.h"
#include "daemons/agent/containerizer/native/mesos_containerizer.h"
#include "daemons/agent/containerizer/native/provisioned_images.h"

namespace meseta::agent {

namespace {

Result<> checkLauncher(const FlagValues &flags, bool root)
{
    if (flags.string("launcher") == "linux" && !root)
        return fail("--launcher=linux needs root: start the agent as root, or with "
                    "--launcher=posix");
    return {};
}

bool names(const std::vector<std::string> &list, const std::string &name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

Result<> checkImageProviders(const FlagValues &flags, const IsolatorContext &context)
{
    if (!flags.has("image_providers"))
        return {};
    const auto isolators = isolatorNames(flags.string("isolation"));
    if (!isolators)
        return fail(isolators.error().within("--isolation"));
    if (!names(*isolators, "filesystem/linux"))
        return fail("--image_providers=" + flags.string("image_providers")
                    + " needs containers with a root of their own: add filesystem/linux to "
                      "--isolation");
    if (!context.linuxLauncher)
        return fail("--image_providers=" + flags.string("image_providers")
                    + " needs --launcher=linux");
    return {};
}

void tellWhatIsOutOfReach(const IsolatorContext &context)
{
    for (const std::string &line : isolatorsOutOfReach(context))
        qInfo("the mesos containerizer cannot offer %s", line.c_str());
    const auto isolators = isolatorNames(context.flags.string("isolation"));
    if (isolators && !context.flags.has("image_providers"))
        for (const char *runtime : {"docker/runtime", "appc/runtime"}) {
            if (names(*isolators, runtime))
                qWarning("%s in --isolation does nothing: there are no images without "
                         "--image_providers",
                         runtime);
        }
}

} // namespace

Result<std::unique_ptr<Containerizer>> makeMesosContainerizer(const FlagValues &flags,
                                                              const std::string &helper)
{
    const bool root = ::geteuid() == 0;
    if (auto fine = checkLauncher(flags, root); !fine)
        return fail(fine.error());
    IsolatorContext context{flags, flags.string("work_dir"), flags.string("runtime_dir"),
                            flags.string("launcher") == "linux", root};
    if (auto fine = checkImageProviders(flags, context); !fine)
        return fail(fine.error());

    tellWhatIsOutOfReach(context);
    MesosOptions options;
    options.helper = helper;
    options.runtimeDir = context.runtimeDir;
    options.recoveryTimeout = *flags.duration("recovery_timeout");
    options.sandboxDirectory = flags.string("sandbox_directory");
    if (flags.has("image_providers")) {
        auto images = ProvisionedImages::create(flags);
        if (!images)
            return fail(images.error());
        options.images = std::move(*images);
        context.images = options.images.get();
    }
    auto isolators = makeIsolators(context);
    if (!isolators)
        return fail(isolators.error());
    options.isolators = std::move(*isolators);
    return std::make_unique<MesosContainerizer>(std::move(options));
}

} // namespace meseta::agent
