#include "daemons/agent/containerizer/native/provisioned_images.h"

#include "common/codec/json.h"
#include "daemons/agent/images/image_provisioner.h"
#include "mesos/internal/flags.pb.h"

namespace meseta::agent {

namespace {

Result<std::optional<ImageCollection>> collectionOf(const FlagValues &flags)
{
    const auto text = flags.text("image_gc_config");
    if (!text)
        return std::optional<ImageCollection>();
    mesos::internal::ImageGcConfig config;
    if (auto parsed = codec::parseJson(*text, config); !parsed)
        return fail(parsed.error().within("--image_gc_config"));
    ImageCollection collection;
    collection.diskHeadroom = config.image_disk_headroom();
    collection.interval = Duration(config.image_disk_watch_interval().nanoseconds());
    collection.excluded.assign(config.excluded_images().begin(), config.excluded_images().end());
    return std::optional(std::move(collection));
}

Result<ImageOptions> optionsOf(const FlagValues &flags)
{
    ImageOptions options;
    for (const std::string &provider : flags.list("image_providers")) {
        const QByteArray name = QByteArray::fromStdString(provider).toLower();
        options.docker = options.docker || name == "docker";
        options.appc = options.appc || name == "appc";
        if (name != "docker" && name != "appc")
            return fail("--image_providers: '" + provider
                        + "' is no kind of image; there are docker and appc");
    }
    options.backend = flags.string("image_provisioner_backend");
    options.workDir = flags.string("work_dir");
    options.dockerRegistry = flags.string("docker_registry");
    options.dockerStoreDir = flags.string("docker_store_dir");
    options.dockerConfig = flags.text("docker_config");
    options.appcPrefix = flags.string("appc_simple_discovery_uri_prefix");
    options.appcStoreDir = flags.string("appc_store_dir");
    options.stallTimeout = *flags.duration("fetcher_stall_timeout");
    auto collection = collectionOf(flags);
    if (!collection)
        return fail(collection.error());
    options.collection = std::move(*collection);
    return options;
}

} // namespace

Result<std::unique_ptr<ImageSource>> ProvisionedImages::create(const FlagValues &flags)
{
    auto options = optionsOf(flags);
    if (!options)
        return fail(options.error());
    auto provisioner = ImageProvisioner::create(std::move(*options));
    if (!provisioner)
        return fail(provisioner.error());
    for (const std::string &note : (*provisioner)->backendNotes())
        qInfo("images: %s", note.c_str());
    return std::unique_ptr<ImageSource>(new ProvisionedImages(std::move(*provisioner)));
}

ProvisionedImages::ProvisionedImages(std::unique_ptr<ImageProvisioner> provisioner)
    : m_provisioner(std::move(provisioner))
{ }

ProvisionedImages::~ProvisionedImages() = default;

void ProvisionedImages::provision(const std::string &containerId, const mesos::v1::Image &image,
                                  Events events)
{
    ProvisionRequest request;
    request.containerId = containerId;
    request.image = image;
    if (image.docker().config().has_value())
        request.dockerConfig = image.docker().config().value().data();
    ProvisionEvents wanted;
    wanted.progress = std::move(events.progress);
    wanted.done = [done = std::move(events.done),
                   type = image.type()](Result<ProvisionedImage> provisioned) {
        if (!provisioned) {
            done(fail(provisioned.error()));
            return;
        }
        ContainerImage root;
        root.type = type;
        root.rootfs = std::move(provisioned->rootfs);
        root.readOnly = provisioned->readOnly;
        root.runtime = std::move(provisioned->runtime);
        done(std::move(root));
    };
    m_provisioner->provision(std::move(request), std::move(wanted));
}

void ProvisionedImages::cancel(const std::string &containerId)
{
    m_provisioner->cancel(containerId);
}

void ProvisionedImages::destroy(const std::string &containerId, std::function<void(Result<>)> done)
{
    m_provisioner->destroy(containerId, [done = std::move(done)](const Result<bool> &result) {
        done(result ? Result<>() : fail(result.error()));
    });
}

void ProvisionedImages::prune(const std::vector<mesos::v1::Image> &excluded,
                              std::function<void(Result<>)> done)
{
    m_provisioner->prune(excluded, [done = std::move(done)](const Result<PruneOutcome> &outcome) {
        if (outcome)
            qInfo("images: removed %d names and %d layers that nothing uses", outcome->images,
                  outcome->layers);
        done(outcome ? Result<>() : fail(outcome.error()));
    });
}

void ProvisionedImages::recover(const std::vector<std::string> &known,
                                std::function<void(Result<>)> done)
{
    m_provisioner->recover(known, [done = std::move(done)](const Result<int> &result) {
        done(result ? Result<>() : fail(result.error()));
    });
}

} // namespace meseta::agent
