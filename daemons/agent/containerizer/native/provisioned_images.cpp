#include "daemons/agent/containerizer/native/provisioned_images.h"

#include "common/codec/json.h"
#include "common/endpoints/metrics_registry.h"
#include "daemons/agent/containerizer/native/isolators/secrets/secret_isolators.h"
#include "daemons/agent/images/image_provisioner.h"
#include "mesos/internal/flags.pb.h"

#include <QJsonDocument>

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
    const double headroom = config.image_disk_headroom();
    if (!(headroom >= 0 && headroom <= 1))
        return fail("--image_gc_config: image_disk_headroom is " + std::to_string(headroom)
                    + "; it is the share of the disk to keep free, from 0 to 1");
    if (config.image_disk_watch_interval().nanoseconds() <= 0)
        return fail("--image_gc_config: image_disk_watch_interval is "
                    + std::to_string(config.image_disk_watch_interval().nanoseconds())
                    + " nanoseconds; it has to be more than 0");
    ImageCollection collection;
    collection.diskHeadroom = config.image_disk_headroom();
    collection.interval = Duration(config.image_disk_watch_interval().nanoseconds());
    collection.excluded.assign(config.excluded_images().begin(), config.excluded_images().end());
    return std::optional(std::move(collection));
}

/// The Docker config that an image brings as a secret.
Result<std::string> dockerConfigOf(const mesos::v1::Image &image)
{
    auto text = resolveSecret(image.docker().config());
    QJsonParseError problem;
    if (text) {
        QJsonDocument::fromJson(QByteArray::fromStdString(*text), &problem);
        if (problem.error != QJsonParseError::NoError)
            text = fail("the secret is no JSON (" + problem.errorString().toStdString()
                        + "); it has to be a Docker config: {\"auths\": {\"<registry>\": "
                          "{\"auth\": \"<base64 of user:password>\"}}}");
    }
    return text
        ? text
        : fail(text.error().within("image.docker.config of the image " + image.docker().name()));
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
    if (image.docker().has_config()) {
        auto config = dockerConfigOf(image);
        if (!config) {
            QMetaObject::invokeMethod(
                m_provisioner.get(),
                [done = std::move(events.done), error = config.error()] { done(fail(error)); },
                Qt::QueuedConnection);
            return;
        }
        request.dockerConfig = std::move(*config);
    }
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

/// Source: Mesos monitoring, agent.
void ProvisionedImages::addMetrics(MetricsRegistry &metrics)
{
    metrics.source([provisioner = m_provisioner.get()](MetricsRegistry::Snapshot &out) {
        const RemovalErrors errors = provisioner->removalErrors();
        out["containerizer/mesos/provisioner/remove_container_errors"] =
            static_cast<double>(errors.containers);
        out["containerizer/mesos/provisioner/bind/remove_rootfs_errors"] =
            static_cast<double>(errors.bindRoots);
    });
    m_provisioner->setPullWatcher([&metrics](Duration took) {
        metrics.record("containerizer/mesos/provisioner/docker_store/image_pull_ms", took);
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
