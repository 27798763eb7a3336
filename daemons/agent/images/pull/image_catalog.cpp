#include "daemons/agent/images/pull/image_catalog.h"

#include <algorithm>

#include "daemons/agent/checkpoint/crash_point.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

constexpr std::chrono::milliseconds tellEvery{250};

} // namespace

Result<std::unique_ptr<ImageCatalog>>
ImageCatalog::open(const std::string &folder, const std::string &flag, const ImageLimits &limits)
{
    std::unique_ptr<ImageCatalog> catalog(new ImageCatalog);
    auto store = LayerStore::open(folder, flag);
    if (!store)
        return fail(store.error());
    catalog->m_store = std::move(*store);
    auto index = ImageIndex::open(folder + "/images");
    if (!index)
        return fail(index.error().within("--" + flag));
    catalog->m_index = std::move(*index);
    catalog->m_arrivals = std::make_unique<LayerArrivals>(*catalog->m_store, limits);
    catalog->m_settler.setMaxThreadCount(1);
    catalog->m_settler.setExpiryTimeout(1000);
    catalog->m_settler.start([s = catalog->m_store.get(), names = catalog->m_store->leftovers()] {
        s->sweepStaging(names);
        static_cast<void>(s->settle());
    });
    return catalog;
}

ImageCatalog::~ImageCatalog()
{
    m_coming.clear();
    m_arrivals.reset();
    m_settler.waitForDone();
}

const ImageRecord *ImageCatalog::complete(const std::string &name) const
{
    const ImageRecord *record = m_index.find(name);
    if (record == nullptr)
        return nullptr;
    const bool whole = std::all_of(record->layers.begin(), record->layers.end(),
                                   [this](const auto &id) { return m_store->holds(id); });
    return whole ? record : nullptr;
}

ImageCatalog::Ticket ImageCatalog::obtain(const Wanted &wanted, Waiter waiter)
{
    const Ticket ticket = m_nextTicket++;
    const std::string key = wanted.name + "\n" + wanted.source;
    auto &arrival = m_coming[key];
    const bool first = !arrival;
    if (first) {
        arrival = std::make_unique<Arrival>();
        arrival->name = wanted.name;
        arrival->number = ticket;
        arrival->running.start();
        arrival->telling.setSingleShot(true);
        arrival->telling.setInterval(tellEvery);
        connect(&arrival->telling, &QTimer::timeout, this, [this, key] {
            if (m_coming.at(key)->changed)
                tell(key);
        });
    }
    arrival->waiters.emplace(ticket, std::move(waiter));
    if (first)
        begin(key, wanted.factory);
    return ticket;
}

void ImageCatalog::begin(const std::string &key, const Factory &factory)
{
    Arrival &arrival = *m_coming.at(key);
    const Ticket number = arrival.number;
    auto made = factory();
    if (!made) {
        QMetaObject::invokeMethod(
            this, [this, key, number, made = fail(made.error())] { ended(key, number, made); },
            Qt::QueuedConnection);
        return;
    }
    arrival.image.reset(made->release());
    connect(arrival.image.get(), &ImageArrival::progressed, this, [this, key] { changed(key); });
    arrival.image->begin([this, key, number](Result<ImageRecord> result) {
        // Later: nobody is told from inside `obtain`, nor an arrival deleted while it works.
        QMetaObject::invokeMethod(
            this, [this, key, number, result = std::move(result)] { ended(key, number, result); },
            Qt::QueuedConnection);
    });
}

/// The first news at once, then a few times a second.
void ImageCatalog::changed(const std::string &key)
{
    const auto found = m_coming.find(key);
    if (found == m_coming.end())
        return;
    found->second->changed = true;
    if (!found->second->telling.isActive())
        tell(key);
}

void ImageCatalog::tell(const std::string &key)
{
    const auto found = m_coming.find(key);
    if (found == m_coming.end() || !found->second->image)
        return;
    found->second->changed = false;
    found->second->telling.start();
    const ArrivalFigures figures = found->second->image->figures();
    std::vector<std::function<void(const ArrivalFigures &)>> listeners;
    for (const auto &[ticket, waiter] : found->second->waiters)
        listeners.push_back(waiter.progress);
    for (const auto &listener : listeners)
        listener(figures);
}

void ImageCatalog::ended(const std::string &key, Ticket number, Result<ImageRecord> result)
{
    const auto found = m_coming.find(key);
    if (found == m_coming.end() || found->second->number != number)
        return; // everybody has left; who came since waits for another
    auto node = m_coming.extract(found);
    measured(*node.mapped());
    if (result) {
        crashPoint("before", "image-index");
        if (auto kept = m_index.put(*result); !kept)
            result = fail(kept.error());
        crashPoint("after", "image-index");
        settleStore();
    }
    for (const auto &[ticket, waiter] : node.mapped()->waiters)
        waiter.done(result);
}

void ImageCatalog::settleStore()
{
    m_settler.clear(); // one that is waiting already would do no more than this one
    m_settler.start([store = m_store.get()] { static_cast<void>(store->settle()); });
}

void ImageCatalog::leave(Ticket ticket)
{
    for (auto entry = m_coming.begin(); entry != m_coming.end(); ++entry) {
        if (entry->second->waiters.erase(ticket) == 0)
            continue;
        if (entry->second->waiters.empty()) {
            measured(*entry->second);
            m_coming.erase(entry);
        }
        return;
    }
}

void ImageCatalog::measured(const Arrival &arrival) const
{
    if (onArrival)
        onArrival(std::chrono::nanoseconds(arrival.running.nsecsElapsed()));
}

Result<ImageCatalog::Pruned> ImageCatalog::prune(const std::set<std::string> &images,
                                                 std::set<std::string> layers)
{
    Pruned pruned;
    std::vector<std::string> forgotten;
    const auto comes = [this](const std::string &name) {
        return std::any_of(m_coming.begin(), m_coming.end(),
                           [&name](const auto &entry) { return entry.second->name == name; });
    };
    for (const auto &[name, record] : m_index.images()) {
        if (!images.contains(name) && !comes(name))
            forgotten.push_back(name);
        else
            layers.insert(record.layers.begin(), record.layers.end());
    }
    for (const auto &name : forgotten)
        m_index.forget(name);
    pruned.images = static_cast<int>(forgotten.size());
    for (const auto &id : m_store->layers()) {
        if (layers.contains(id))
            continue;
        auto folder = m_store->retire(id);
        if (!folder)
            return fail(folder.error());
        if (*folder)
            pruned.folders.push_back(std::move(**folder));
    }
    return pruned;
}

} // namespace meseta::agent
