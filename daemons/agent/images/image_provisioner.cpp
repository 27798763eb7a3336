#include "daemons/agent/images/image_provisioner.h"

#include <sys/statvfs.h>

#include <QJsonDocument>

#include "common/base/logging.h"
#include "common/http/tls/openssl_provider.h"
#include "daemons/agent/images/image_provisioner_private.h"
#include "daemons/agent/images/registry/registry_address.h"
#include "daemons/agent/images/rootfs/volume_folders.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

/// Mounting and unmounting is waiting for the kernel and the disk rather than work.
constexpr int mountsAtOnce = 8;

Result<> openCatalogs(const ImageOptions &options, std::unique_ptr<ImageCatalog> &docker,
                      std::unique_ptr<ImageCatalog> &appc)
{
    if (options.docker) {
        auto opened =
            ImageCatalog::open(options.dockerStoreDir, "docker_store_dir", options.limits);
        if (!opened)
            return fail(opened.error());
        docker = std::move(*opened);
    }
    if (options.appc) {
        auto opened = ImageCatalog::open(options.appcStoreDir, "appc_store_dir", options.limits);
        if (!opened)
            return fail(opened.error());
        appc = std::move(*opened);
    }
    return {};
}

/// What can be told of the registry before an image is asked for.
Result<> checkRegistry(const ImageOptions &options)
{
    const std::string &registry = options.dockerRegistry;
    if (!options.docker || registry.starts_with('/'))
        return {};
    const auto address = RegistryAddress::fromUrl(QUrl(QString::fromStdString(registry)));
    return address
        ? Result<>()
        : fail(address.error().within("--docker_registry (a URL, or the absolute path of "
                                      "a folder with archives)"));
}

bool isWithin(const std::string &containerId, const std::string &parent)
{
    return containerId == parent || containerId.starts_with(parent + ".");
}

} // namespace

Result<std::unique_ptr<ImageProvisioner>> ImageProvisioner::create(ImageOptions options)
{
    if (auto usable = checkRegistry(options); !usable)
        return fail(usable.error());
    auto parts = std::make_unique<Private>();
    if (auto opened = openCatalogs(options, parts->docker, parts->appc); !opened)
        return fail(opened.error());
    const std::string work = options.workDir + "/provisioner";
    if (auto made = makeFolders(work); !made)
        return fail(made.error().within("--work_dir"));
    auto chosen = chooseBackend(
        options.backend, options.docker ? options.dockerStoreDir : options.appcStoreDir, work);
    if (!chosen)
        return fail(chosen.error());
    parts->backend = std::move(chosen->backend);
    parts->backendName = parts->backend->name();
    parts->notes = std::move(chosen->notes);
    parts->rootfses = std::make_unique<ContainerRootfses>(options.workDir, parts->backend);
    if (auto prepared = parts->rootfses->prepare(); !prepared)
        return fail(prepared.error().within("--work_dir"));
    auto tls = http::makeOpenSslProvider(QString::fromStdString(options.caFile));
    if (!tls)
        return fail(tls.error());
    parts->client.setTls(std::move(*tls));
    if (options.dockerConfig)
        parts->dockerConfig =
            QJsonDocument::fromJson(QByteArray::fromStdString(*options.dockerConfig)).object();
    parts->architecture = options.platform.empty() ? machineArchitecture() : options.platform;
    parts->options = std::move(options);
    if (parts->options.collection) {
        if (auto named = parts->namesOf(parts->options.collection->excluded); !named)
            return fail(named.error().within("--image_gc_config"));
    }
    return std::unique_ptr<ImageProvisioner>(new ImageProvisioner(std::move(parts)));
}

ImageProvisioner::ImageProvisioner(std::unique_ptr<Private> parts) : d(std::move(parts))
{
    d->q = this;
    d->workers.setMaxThreadCount(mountsAtOnce);
    d->sweeper.setMaxThreadCount(1);
    d->sweeper.setExpiryTimeout(5000);
    d->workers.setExpiryTimeout(5000);
    if (!d->options.collection)
        return;
    connect(&d->diskWatch, &QTimer::timeout, this, [this] { d->watchDisk(); });
    d->diskWatch.setInterval(
        std::chrono::ceil<std::chrono::milliseconds>(d->options.collection->interval));
}

ImageProvisioner::~ImageProvisioner()
{
    d->ending.request_stop();
    d->workers.waitForDone();
    d->sweeper.waitForDone();
}

const std::string &ImageProvisioner::backend() const
{
    return d->backendName;
}

const std::vector<std::string> &ImageProvisioner::backendNotes() const
{
    return d->notes;
}

bool ImageProvisioner::providesDocker() const
{
    return d->docker != nullptr;
}

bool ImageProvisioner::providesAppc() const
{
    return d->appc != nullptr;
}

RemovalErrors ImageProvisioner::removalErrors() const
{
    return {d->removalErrors, d->rootfses->bindErrors()};
}

void ImageProvisioner::setPullWatcher(std::function<void(Duration)> watcher)
{
    if (d->docker)
        d->docker->onArrival = std::move(watcher);
}

void ImageProvisioner::recover(const std::vector<std::string> &known,
                               std::function<void(Result<int>)> done)
{
    const std::set<std::string> keep(known.begin(), known.end());
    std::vector<std::string> unknown;
    for (const auto &id : d->rootfses->containers()) {
        const bool inside = !unknown.empty() && isWithin(id, unknown.back());
        if (keep.contains(id))
            d->containers[id].rootfses = d->rootfses->recordsOf(id);
        else if (!inside)
            unknown.push_back(id);
    }
    if (d->options.collection)
        d->diskWatch.start(); // not earlier: it would take layers that containers stand on
    d->onWorker<int>(
        [rootfses = d->rootfses.get(), unknown]() -> Result<int> {
            int removed = 0;
            for (const auto &id : unknown) {
                const auto gone = rootfses->remove(id);
                if (!gone)
                    return fail(gone.error());
                removed += *gone ? 1 : 0;
            }
            return removed;
        },
        [this, done = std::move(done)](const Result<int> &removed) {
            d->removalErrors += removed ? 0 : 1;
            d->sweep();
            done(removed);
        });
}

void ImageProvisioner::provision(ProvisionRequest request, ProvisionEvents events)
{
    const auto id = d->nextRequest++;
    d->containers[request.containerId].coming[id] = {};
    QMetaObject::invokeMethod(
        this,
        [this, id, request = std::move(request), events = std::move(events)] {
            const auto container = d->containers.find(request.containerId);
            if (container != d->containers.end() && container->second.coming.contains(id))
                d->begin(id, request, events);
        },
        Qt::QueuedConnection);
}

void ImageProvisioner::Private::begin(std::uint64_t id, const ProvisionRequest &request,
                                      const ProvisionEvents &events)
{
    const std::string containerId = request.containerId;
    auto image = wanted(request);
    if (!image) {
        containers[containerId].coming.erase(id);
        return events.done(fail(image.error()));
    }
    if (const ImageRecord *record =
            image->cached ? image->catalog->complete(image->name) : nullptr) {
        containers[containerId].coming.erase(id);
        return compose(containerId, *image, *record, events);
    }
    ImageCatalog::Waiter waiter;
    waiter.progress = [events, title = image->title](const ArrivalFigures &figures) {
        if (events.progress)
            events.progress(figures.text(title), figures.bytesThere, figures.bytes);
    };
    waiter.done = [this, id, containerId, events,
                   image = *image](const Result<ImageRecord> &record) {
        containers[containerId].coming.erase(id);
        if (record)
            compose(containerId, image, *record, events);
        else
            events.done(fail(record.error().within("pulling the image " + image.title)));
    };
    containers[containerId].coming[id] = {
        image->catalog,
        image->catalog->obtain({image->name, image->source, image->factory}, std::move(waiter))};
}

void ImageProvisioner::Private::compose(const std::string &containerId, const ImageWanted &wanted,
                                        const ImageRecord &record, const ProvisionEvents &events)
{
    auto &container = containers[containerId];
    ++container.busy;
    container.rootfses.push_back(
        {{}, record.name, record.layers}); // nobody prunes them from now on
    onWorker<ProvisionedImage>(
        [this, containerId, wanted, record] { return makeRootfs(containerId, wanted, record); },
        [this, containerId, title = wanted.title, events](const Result<ProvisionedImage> &image) {
            const bool leaving = !containers[containerId].destroying.empty();
            noLongerBusy(containerId);
            if (leaving)
                return;
            events.done(image ? image : fail(image.error().within("providing the image " + title)));
        });
}

/// On a worker. A folder of a volume that cannot be made is no reason to refuse the image: Mesos
/// passes volumes of images over.
Result<ProvisionedImage> ImageProvisioner::Private::makeRootfs(const std::string &containerId,
                                                               const ImageWanted &wanted,
                                                               const ImageRecord &record) const
{
    auto runtime = runtimeOf(wanted, record);
    if (!runtime)
        return fail(runtime.error());
    const auto rootfs = rootfses->make(containerId, record, wanted.catalog->store());
    if (!rootfs)
        return fail(rootfs.error());
    if (!backend->isReadOnly()) {
        if (const auto made = makeVolumeFolders(*rootfs, runtime->volumes); !made)
            qWarning("%s", made.error().within(wanted.title).message.c_str());
    }
    return ProvisionedImage{*rootfs, backend->isReadOnly(), std::move(*runtime)};
}

void ImageProvisioner::cancel(const std::string &containerId)
{
    const auto container = d->containers.find(containerId);
    if (container == d->containers.end())
        return;
    for (const auto &[id, coming] : std::exchange(container->second.coming, {})) {
        if (coming.first != nullptr)
            coming.first->leave(coming.second);
    }
}

void ImageProvisioner::destroy(const std::string &containerId,
                               std::function<void(Result<bool>)> done)
{
    for (const auto &[id, container] : std::map(d->containers)) {
        if (isWithin(id, containerId))
            cancel(id);
    }
    d->containers[containerId].destroying.push_back(std::move(done));
    d->destroyWhenFree(containerId);
}

void ImageProvisioner::Private::noLongerBusy(const std::string &containerId)
{
    --containers[containerId].busy;
    for (const auto &[id, container] : std::map(containers)) {
        if (!container.destroying.empty() && isWithin(containerId, id))
            destroyWhenFree(id);
    }
}

void ImageProvisioner::Private::destroyWhenFree(const std::string &containerId)
{
    for (const auto &[id, container] : containers) {
        if (isWithin(id, containerId) && container.busy > 0)
            return;
    }
    ++containers[containerId].busy;
    onWorker<bool>(
        [this, containerId] { return rootfses->remove(containerId); },
        [this, containerId](const Result<bool> &removed) { destroyed(containerId, removed); });
}

void ImageProvisioner::Private::destroyed(const std::string &containerId,
                                          const Result<bool> &removed)
{
    sweep();
    removalErrors += removed ? 0 : 1;
    const auto told = std::exchange(containers[containerId].destroying, {});
    std::erase_if(containers,
                  [&](const auto &entry) { return isWithin(entry.first, containerId); });
    for (const auto &[id, container] : std::map(containers)) {
        if (!container.destroying.empty() && isWithin(containerId, id))
            destroyWhenFree(id); // it has waited for this one
    }
    for (const auto &done : told)
        done(removed);
}

void ImageProvisioner::Private::sweep()
{
    sweeper.clear(); // one that waits already would find all of it
    sweeper.start(
        [rootfses = rootfses.get(), stop = ending.get_token()] { rootfses->sweep(stop); });
}

void ImageProvisioner::prune(const std::vector<mesos::v1::Image> &excluded,
                             std::function<void(Result<PruneOutcome>)> done)
{
    auto kept = excluded;
    if (d->options.collection)
        kept.insert(kept.end(), d->options.collection->excluded.begin(),
                    d->options.collection->excluded.end());
    const auto refuse = [this, done](const Error &error) {
        QMetaObject::invokeMethod(
            this, [done, error] { done(fail(error)); }, Qt::QueuedConnection);
    };
    auto names = d->namesOf(kept);
    if (!names)
        return refuse(names.error());
    std::set<std::string> &images = *names;
    std::set<std::string> layers;
    for (const auto &[id, container] : d->containers) {
        for (const auto &rootfs : container.rootfses) {
            images.insert(rootfs.image);
            layers.insert(rootfs.layers.begin(), rootfs.layers.end());
        }
    }
    PruneOutcome outcome;
    std::vector<std::string> folders;
    for (ImageCatalog *catalog : {d->docker.get(), d->appc.get()}) {
        const auto pruned =
            catalog != nullptr ? catalog->prune(images, layers) : Result<ImageCatalog::Pruned>();
        if (!pruned)
            return refuse(pruned.error());
        outcome.images += pruned->images;
        outcome.layers += static_cast<int>(pruned->folders.size());
        folders.insert(folders.end(), pruned->folders.begin(), pruned->folders.end());
    }
    d->onWorker<PruneOutcome>(
        [folders, outcome]() -> Result<PruneOutcome> {
            for (const auto &folder : folders) {
                if (auto removed = removeTree(folder); !removed)
                    return fail(removed.error());
            }
            return outcome;
        },
        std::move(done));
}

/// Source: Mesos --image_gc_config.
void ImageProvisioner::Private::watchDisk()
{
    const std::string &store = options.docker ? options.dockerStoreDir : options.appcStoreDir;
    struct statvfs space
    { };
    if (::statvfs(store.c_str(), &space) != 0 || space.f_blocks == 0)
        return;
    const double free = static_cast<double>(space.f_bavail) / static_cast<double>(space.f_blocks);
    if (free >= options.collection->diskHeadroom)
        return;
    q->prune({}, [](const Result<PruneOutcome> &outcome) {
        if (!outcome)
            qWarning("Removing unused images failed: %s", outcome.error().message.c_str());
        else if (outcome->layers > 0)
            qInfo("Removed %d images and %d layers that nothing uses", outcome->images,
                  outcome->layers);
    });
}

} // namespace meseta::agent
