#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include "daemons/agent/images/image_options.h"
#include "daemons/agent/images/registry/manifest.h"
#include "daemons/agent/images/registry/registry_session.h"
#include "daemons/agent/images/store/layer_store.h"

namespace meseta::agent {

/// A layer that an image needs, and where it is to be had: from a registry, or in a local file.
struct LayerOrder
{
    Digest diffId; ///< what it has to be, uncompressed; its file name is the layer's id

    Descriptor blob; ///< of the registry's session
    std::shared_ptr<RegistrySession> session;

    std::shared_ptr<containerizer::FileDescriptor> file; ///< when there is no session
    std::uint64_t offset = 0;
    std::uint64_t size = UINT64_MAX;
    bool isAci = false; ///< holds `manifest` and `rootfs/` rather than the root itself

    std::string id() const { return diffId.fileName(); }
};

/// Brings layers into the store: downloads several at once, unpacks on workers, and takes in only
/// what has the right digest. Images that want the same layer at the same time share its way.
class LayerArrivals : public QObject
{
    Q_OBJECT
public:
    using Ticket = std::uint64_t;

    struct Listener
    {
        std::function<void(std::uint64_t bytes)> progress; ///< downloaded so far
        std::function<void(Result<>)> done; ///< once, later; not after `cancel`
    };

    LayerArrivals(LayerStore &store, ImageLimits limits, QObject *parent = nullptr);
    ~LayerArrivals() override;

    Ticket order(LayerOrder order, Listener listener);
    /// The last one to leave a layer stops it.
    void cancel(Ticket ticket);

    /// Runs something that takes time on a worker, and `then` on this thread unless the receiver is
    /// gone.
    template <typename T>
    void onWorker(QObject *receiver, std::function<Result<T>()> work,
                  std::function<void(Result<T>)> then)
    {
        m_workers.start([this, guard = QPointer<QObject>(receiver), work = std::move(work),
                         then = std::move(then)] {
            QMetaObject::invokeMethod(
                this,
                [guard, then, result = work()] {
                    if (guard)
                        then(result);
                },
                Qt::QueuedConnection);
        });
    }

private:
    struct Job;
    void startNext();
    void start(const std::string &id, Job &job);
    Result<> startDownload(const std::string &id, Job &job);
    void downloaded(const std::string &id, const Result<http::Headers> &result);
    void unpack(const std::string &id, Job &job);
    void ended(const std::string &id, Result<> result);
    void drop(Job &job);

    LayerStore &m_store;
    ImageLimits m_limits;
    std::map<std::string, std::unique_ptr<Job>> m_jobs; // by layer id
    std::deque<std::string> m_queue;
    QThreadPool m_workers;
    Ticket m_nextTicket = 1;
    int m_downloads = 0;
};

} // namespace meseta::agent
