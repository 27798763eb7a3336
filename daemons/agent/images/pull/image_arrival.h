#pragma once

#include <functional>
#include <set>

#include <QObject>

#include "daemons/agent/images/pull/layer_arrivals.h"
#include "daemons/agent/images/store/image_index.h"

namespace meseta::agent {

/// How far an image is.
struct ArrivalFigures
{
    int layers = 0; ///< of the image; 0 until that is known
    int layersThere = 0;
    std::uint64_t bytes = 0; ///< to download
    std::uint64_t bytesThere = 0;

    /// "Pulling redis: 2 of 5 layers, 12MB of 40MB".
    std::string text(const std::string &image) const;
};

/// An image on its way into the store: finds out what it is made of, then gets the layers that are
/// not there. Deleting it stops it.
class ImageArrival : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(Result<ImageRecord>)>;

    ImageArrival(std::string name, LayerStore &store, LayerArrivals &layers);
    ~ImageArrival() override;

    /// Begins; `done` comes once, later.
    void begin(Done done);

    /// Gives up; `done` does not come any more.
    void stop();

    const std::string &name() const { return m_record.name; }
    const ArrivalFigures &figures() const { return m_figures; }

Q_SIGNALS:
    void progressed();

protected:
    virtual void findContents() = 0;
    /// Lets go of everything that is under way for it.
    virtual void halt() { }

    /// For the one who knows the contents: the config as it came, the manifest's digest, and what
    /// to order, lowest layer first.
    void contentsFound(std::string config, std::string digest, std::vector<LayerOrder> orders);
    void end(Result<ImageRecord> result);

private:
    void allThere();
    void layerDone(const std::string &id, const Result<> &result);

    LayerStore &m_store;
    LayerArrivals &m_layers;
    ImageRecord m_record;
    std::vector<LayerPin> m_pins; ///< of its layers, until the image counts or is given up
    ArrivalFigures m_figures;
    Done m_done;
    std::map<std::string, LayerArrivals::Ticket> m_tickets; // of layers still to come
    std::map<std::string, std::uint64_t> m_received;
};

} // namespace meseta::agent
