#include "daemons/agent/containerizer/native/isolators/secrets/secret_isolators.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

namespace fs = std::filesystem;
using containerizer::FileDescriptor;
using containerizer::LaunchSpec;
using mesos::v1::Secret;
using mesos::v1::Volume;

namespace {

constexpr std::size_t maxSecretBytes = 1024 * 1024;

tl::unexpected<Error> failed(const std::string &doing)
{
    return fail(doing + ": " + std::strerror(errno));
}

} // namespace

Result<std::string> resolveSecret(const Secret &secret)
{
    if (secret.type() == Secret::REFERENCE || (secret.has_reference() && !secret.has_value()))
        return fail("the secret '" + secret.reference().name()
                    + "' is kept elsewhere, and this agent has no resolver for it: give the secret "
                      "by value");
    if (!secret.has_value())
        return fail("the secret has no value");
    if (secret.value().data().size() > maxSecretBytes)
        return fail("the secret has more than a megabyte");
    return secret.value().data();
}

void EnvironmentSecrets::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    for (const auto &variable : container.spec.command.environment().variables()) {
        if (variable.type() != mesos::v1::Environment::Variable::SECRET)
            continue;
        const auto value = resolveSecret(variable.secret());
        const bool fits = value && value->find('\0') == std::string::npos;
        if (!fits) {
            const Error error = value
                ? Error{"the secret has a zero byte, which no variable can have"}
                : value.error();
            done(fail(error.within("the environment variable '" + variable.name() + "'")));
            return;
        }
        launch.setEnvironment(variable.name(), *value);
    }
    done({});
}

void SecretVolumes::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    std::size_t index = 0;
    for (const Volume &volume : container.info().volumes()) {
        if (!volume.has_source() || volume.source().type() != Volume::Source::SECRET
            || container.debug)
            continue;
        const auto content = resolveSecret(volume.source().secret());
        const Result<> made = index == 0 && content ? makeFolder(container.id()) : Result<>();
        const auto file = !content ? fail(content.error())
            : !made                ? fail(made.error())
                                   : writeFile(container, launch, *content, index++);
        auto entry = file ? volumeMount(container, m_settings, *file, volume) : fail(file.error());
        if (!entry) {
            done(fail(entry.error().within(volumeName(volume))));
            return;
        }
        entry->flags |= MS_NOSUID | MS_NODEV | MS_NOEXEC;
        launch.newNamespaces |= CLONE_NEWNS;
        launch.mounts.push_back(std::move(*entry));
    }
    done({});
}

/// In memory that is never swapped out, and for root alone.
Result<> SecretVolumes::makeFolder(const std::string &id) const
{
    const std::string folder = folderOf(id);
    std::error_code error;
    fs::create_directories(m_folder, error);
    fs::permissions(m_folder, fs::perms::owner_all, error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed("cannot make " + folder);
    if (::mount("ramfs", folder.c_str(), "ramfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700")
        != 0)
        return failed("cannot mount memory for secrets at " + folder);
    return {};
}

Result<std::string> SecretVolumes::writeFile(const IsolatedContainer &container,
                                             const LaunchSpec &launch, const std::string &content,
                                             std::size_t index) const
{
    const std::string path = folderOf(container.id()) + "/" + std::to_string(index);
    // A user that only the image knows is nobody here; the folder keeps all others away.
    const mode_t mode = launch.imageUser.empty() ? 0400 : 0444;
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.valid()
        || ::write(file.get(), content.data(), content.size())
            != static_cast<ssize_t>(content.size())
        || ::fchmod(file.get(), mode) != 0
        || (launch.switchUser && ::fchown(file.get(), launch.uid, launch.gid) != 0))
        return failed("cannot write the secret");
    return path;
}

/// The container holds its files now; nothing else needs to.
void SecretVolumes::watch(const IsolatedContainer &container,
                          std::function<void(const ContainerLimitation &)>)
{
    static_cast<void>(forget(container.id()));
}

Result<> SecretVolumes::forget(const std::string &id) const
{
    const std::string folder = folderOf(id);
    if (::umount2(folder.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT)
        return failed("cannot let the secrets of container " + id + " go");
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT)
        return failed("cannot remove " + folder);
    return {};
}

void SecretVolumes::recover(const std::vector<const IsolatedContainer *> &,
                            const std::vector<std::string> &, Done done)
{
    Result<> result;
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(m_folder, error), end; !error && it != end; it.increment(error))
        names.push_back(it->path().filename());
    for (const std::string &id : names)
        if (const Result<> gone = forget(id); !gone)
            result = gone;
    done(result);
}

void SecretVolumes::cleanup(const IsolatedContainer &container, Done done)
{
    done(container.id().empty() ? Result<>() : forget(container.id()));
}

} // namespace meseta::agent
