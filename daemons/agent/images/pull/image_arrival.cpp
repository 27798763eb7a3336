#include "daemons/agent/images/pull/image_arrival.h"

#include "daemons/agent/images/store/described_folders.h"

namespace meseta::agent {

namespace {

std::string megabytes(std::uint64_t bytes)
{
    return std::to_string((bytes + (1 << 19)) >> 20) + "MB";
}

} // namespace

std::string ArrivalFigures::text(const std::string &image) const
{
    std::string text = "Pulling " + image;
    if (layers > 0)
        text += ": " + std::to_string(layersThere) + " of " + std::to_string(layers) + " layers";
    if (bytes > 0)
        text += ", " + megabytes(bytesThere) + " of " + megabytes(bytes);
    return text;
}

ImageArrival::ImageArrival(std::string name, LayerStore &store, LayerArrivals &layers)
    : m_store(store), m_layers(layers)
{
    m_record.name = std::move(name);
}

/// Its owner has stopped it, or it has ended.
ImageArrival::~ImageArrival() = default;

void ImageArrival::stop()
{
    m_done = nullptr;
    halt();
    for (const auto &[id, ticket] : std::exchange(m_tickets, {}))
        m_layers.cancel(ticket);
}

void ImageArrival::begin(Done done)
{
    m_done = std::move(done);
    findContents();
}

void ImageArrival::contentsFound(std::string config, std::string digest,
                                 std::vector<LayerOrder> orders)
{
    m_record.config = std::move(config);
    m_record.digest = std::move(digest);
    std::map<std::string, LayerOrder> missing;
    for (auto &order : orders) {
        const std::string id = order.id();
        m_record.layers.push_back(id);
        m_pins.push_back(m_store.pin(id));
        if (!m_store.holds(id))
            missing.emplace(id, std::move(order));
    }
    m_figures.layers = static_cast<int>(m_record.layers.size());
    m_figures.layersThere = m_figures.layers - static_cast<int>(missing.size());
    for (auto &[id, order] : missing) {
        m_figures.bytes += order.session ? order.blob.size : 0;
        LayerArrivals::Listener listener;
        listener.progress = [this, key = id](std::uint64_t bytes) {
            auto &received = m_received[key];
            m_figures.bytesThere += bytes - received;
            received = bytes;
            Q_EMIT progressed();
        };
        listener.done = [this, key = id](const Result<> &result) { layerDone(key, result); };
        m_tickets.emplace(id, m_layers.order(std::move(order), std::move(listener)));
    }
    Q_EMIT progressed();
    if (m_tickets.empty())
        allThere();
}

void ImageArrival::layerDone(const std::string &id, const Result<> &result)
{
    m_tickets.erase(id);
    if (!result)
        return end(fail(result.error()));
    ++m_figures.layersThere;
    Q_EMIT progressed();
    if (m_tickets.empty())
        allThere();
}

void ImageArrival::allThere()
{
    m_layers.onWorker<std::optional<FolderLayer>>(
        this,
        [store = &m_store, layers = m_record.layers] { return describeFolders(*store, layers); },
        [this](const Result<std::optional<FolderLayer>> &folders) {
            if (!folders)
                return end(fail(folders.error()));
            if (*folders) {
                m_record.layers.push_back((*folders)->id);
                m_pins.push_back((*folders)->pin);
            }
            end(m_record);
        });
}

void ImageArrival::end(Result<ImageRecord> result)
{
    for (const auto &[id, ticket] : std::exchange(m_tickets, {}))
        m_layers.cancel(ticket);
    if (const Done done = std::exchange(m_done, nullptr))
        done(std::move(result));
}

} // namespace meseta::agent
