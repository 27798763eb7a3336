#pragma once

#include <set>

#include <QElapsedTimer>
#include <QTimer>

#include "daemons/agent/images/pull/image_arrival.h"

namespace meseta::agent {

/// The images of one kind: those that are there, those on their way, and who waits for them.
class ImageCatalog : public QObject
{
    Q_OBJECT
public:
    using Ticket = std::uint64_t;
    using Factory = std::function<Result<std::unique_ptr<ImageArrival>>()>;

    struct Waiter
    {
        std::function<void(const ArrivalFigures &)> progress;
        std::function<void(Result<ImageRecord>)> done; ///< once, later; not after `leave`
    };

    /// Uses `folder` as its store; `flag` is what to name in errors.
    static Result<std::unique_ptr<ImageCatalog>>
    open(const std::string &folder, const std::string &flag, const ImageLimits &limits);
    ~ImageCatalog() override;

    LayerStore &store() { return *m_store; }
    LayerArrivals &arrivals() { return *m_arrivals; }
    const ImageIndex &index() const { return m_index; }

    /// The image of this name when all of it is there.
    const ImageRecord *complete(const std::string &name) const;

    /// What to wait for. Those who want the same name from the same source at the same time share
    /// one arrival, made by the first one's `factory`.
    struct Wanted
    {
        std::string name;
        std::string source = {}; ///< tells credentials apart: wrong ones fail nobody else's pull
        Factory factory;
    };
    Ticket obtain(const Wanted &wanted, Waiter waiter);
    /// The last one to leave an arrival stops it.
    void leave(Ticket ticket);

    /// Told how long each arrival took, however it ended.
    std::function<void(Duration)> onArrival = {};

    struct Pruned
    {
        int images = 0;
        std::vector<std::string> folders; ///< of layers, out of the store but still on disk
    };
    /// Forgets the images that are not in `images`, and takes out layers that neither an image that
    /// stays, nor `layers`, nor an arrival needs. Those of arrivals are pinned.
    Result<Pruned> prune(const std::set<std::string> &images, std::set<std::string> layers);

private:
    struct ArrivalEnder
    {
        void operator()(ImageArrival *arrival) const
        {
            arrival->stop();
            arrival->deleteLater();
        }
    };
    struct Arrival
    {
        std::string name;
        Ticket number = 0; ///< of the first waiter: tells it from a later one of the same key
        std::unique_ptr<ImageArrival, ArrivalEnder> image;
        std::map<Ticket, Waiter> waiters;
        QTimer telling; ///< runs while nobody is to be told again
        bool changed = false;
        QElapsedTimer running;
    };

    ImageCatalog() = default;
    void begin(const std::string &key, const Factory &factory);
    void changed(const std::string &key);
    void tell(const std::string &key);
    void ended(const std::string &key, Ticket number, Result<ImageRecord> result);
    void measured(const Arrival &arrival) const;
    void settleStore();

    std::unique_ptr<LayerStore> m_store;
    ImageIndex m_index;
    std::unique_ptr<LayerArrivals> m_arrivals;
    std::map<std::string, std::unique_ptr<Arrival>> m_coming; ///< by name and source
    QThreadPool m_settler;
    Ticket m_nextTicket = 1;
};

} // namespace meseta::agent
