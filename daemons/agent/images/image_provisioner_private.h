#pragma once

#include <map>
#include <set>

#include <QJsonObject>
#include <QThreadPool>
#include <QTimer>

#include "common/http/client.h"
#include "daemons/agent/images/image_provisioner.h"
#include "daemons/agent/images/pull/image_catalog.h"
#include "daemons/agent/images/rootfs/container_rootfses.h"

namespace meseta::agent {

/// What a request is for, in terms of a catalog.
struct ImageWanted
{
    ImageCatalog *catalog = nullptr;
    std::string name; ///< in the catalog's index
    std::string title; ///< as the task said it
    std::string source; ///< credentials, as a digest
    ImageCatalog::Factory factory;
    bool cached = true;
};

/// A container, from its first request until it is destroyed.
struct ProvisionedContainer
{
    std::map<std::uint64_t, std::pair<ImageCatalog *, ImageCatalog::Ticket>> coming; ///< by request
    int busy = 0; ///< workers that make or remove something of it
    std::vector<RootfsRecord> rootfses;
    std::vector<std::function<void(Result<bool>)>> destroying; ///< wait until nobody is busy
};

struct ImageProvisioner::Private
{
    Result<ImageWanted> wanted(const ProvisionRequest &request);
    Result<ImageWanted> wantedDocker(const ProvisionRequest &request);
    Result<ImageWanted> wantedAppc(const ProvisionRequest &request);
    Result<ImageWanted> wantedFrom(const std::string &folder, const std::string &title);
    Result<std::set<std::string>> namesOf(const std::vector<mesos::v1::Image> &excluded);

    void begin(std::uint64_t id, const ProvisionRequest &request, const ProvisionEvents &events);
    void compose(const std::string &containerId, const ImageWanted &wanted,
                 const ImageRecord &record, const ProvisionEvents &events);
    Result<ProvisionedImage> makeRootfs(const std::string &containerId, const ImageWanted &wanted,
                                        const ImageRecord &record) const;
    Result<ImageRuntime> runtimeOf(const ImageWanted &wanted, const ImageRecord &record) const;
    void destroyWhenFree(const std::string &containerId);
    void destroyed(const std::string &containerId, const Result<bool> &removed);
    void sweep();
    void noLongerBusy(const std::string &containerId);
    void watchDisk();

    /// Runs on a worker, then here.
    template <typename T>
    void onWorker(std::function<Result<T>()> work, std::function<void(Result<T>)> then)
    {
        workers.start([this, work = std::move(work), then = std::move(then)] {
            QMetaObject::invokeMethod(
                q, [then, result = work()] { then(result); }, Qt::QueuedConnection);
        });
    }

    ImageProvisioner *q = nullptr;
    ImageOptions options;
    std::shared_ptr<RootfsBackend> backend;
    std::string backendName;
    std::vector<std::string> notes;
    QJsonObject dockerConfig;
    std::string architecture;
    std::unique_ptr<ContainerRootfses> rootfses;
    http::Client client;
    std::unique_ptr<ImageCatalog> docker;
    std::unique_ptr<ImageCatalog> appc;
    std::map<std::string, ProvisionedContainer> containers;
    QTimer diskWatch;
    std::uint64_t nextRequest = 1;
    std::uint64_t removalErrors = 0;
    std::stop_source ending;
    QThreadPool sweeper; ///< one at a time, with no hurry
    QThreadPool workers; // these two last: they use the above
};

} // namespace meseta::agent
