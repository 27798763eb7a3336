#include "gui/model/offer_river.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <QCoreApplication>
#include <QHash>

#include "gui/model/replica.h"

namespace meseta::console {

namespace {

/// Counts while the log is gone through from its oldest event to its newest.
class Gatherer
{
public:
    Gatherer(RiverBy by, OfferRiver &river, int steps)
        : m_by(by), m_river(river), m_steps(steps) { }

    RiverBand &bandOf(const OfferLog::Offer &row)
    {
        const QString key = m_by == RiverBy::Role ? row.role : row.frameworkId;
        auto known = m_bands.find(key);
        if (known == m_bands.end()) {
            const std::vector<int> none(static_cast<std::size_t>(m_steps), 0);
            const QString name =
                m_by == RiverBy::Role || row.frameworkName.isEmpty() ? key : row.frameworkName;
            known = m_bands.insert(key, {key, name, none, none, none, none, none, none});
        }
        return *known;
    }

    void add(const OfferLog::Offer &event)
    {
        RiverBand &band = bandOf(event);
        QList<double> &open = m_open[{event.agentId, event.frameworkId, event.role}];
        if (event.made) {
            open.append(event.time);
            count(band.made, event.time);
            return;
        }
        using Removed = ::meseta::v1::Event::OfferRemoved;
        count(event.why == Removed::ACCEPTED       ? band.accepted
                  : event.why == Removed::DECLINED ? band.declined
                                                   : band.takenBack,
              event.time);
        hold(band, open.isEmpty() ? m_river.begin : open.takeFirst(), event.time);
    }

    void hold(RiverBand &band, double from, double until)
    {
        const double length = (m_river.end - m_river.begin) / m_steps;
        const int first = std::max(0, static_cast<int>((from - m_river.begin) / length));
        for (int step = first; step < m_steps; ++step) {
            const double time = m_river.begin + length * (step + 1);
            if (time > until + 1e-9)
                break;
            if (time < from)
                continue;
            ++band.held[static_cast<std::size_t>(step)];
            if (time - from > OfferRiver::hoardSeconds)
                ++band.hoarded[static_cast<std::size_t>(step)];
        }
    }

    QList<RiverBand> bands() const { return m_bands.values(); }

private:
    void count(std::vector<int> &steps, double time)
    {
        const double part = (time - m_river.begin) / (m_river.end - m_river.begin);
        if (part < 0 || part > 1)
            return;
        const int step = std::min(m_steps - 1, static_cast<int>(part * m_steps));
        ++steps[static_cast<std::size_t>(step)];
    }

    RiverBy m_by;
    OfferRiver &m_river;
    int m_steps;
    QHash<QString, RiverBand> m_bands;
    /// Agent, framework and role.
    std::map<std::tuple<QString, QString, QString>, QList<double>>
        m_open; ///< when offers were made that have not ended yet
};

int weight(const RiverBand &band)
{
    const auto sum = [](const std::vector<int> &steps) {
        return std::accumulate(steps.begin(), steps.end(), 0);
    };
    return sum(band.made) + sum(band.held) + sum(band.accepted) + sum(band.declined)
        + sum(band.takenBack);
}

void addTo(RiverBand &sum, const RiverBand &part)
{
    using Steps = std::vector<int> RiverBand::*;
    for (const Steps steps : {&RiverBand::made, &RiverBand::held, &RiverBand::accepted,
                              &RiverBand::declined, &RiverBand::takenBack, &RiverBand::hoarded})
        std::transform((sum.*steps).begin(), (sum.*steps).end(), (part.*steps).begin(),
                       (sum.*steps).begin(), std::plus<>());
}

} // namespace

OfferLog offerLog(const Replica &replica)
{
    using Kind = EventRow::Kind;
    OfferLog log;
    log.now = replica.now();
    replica.events().forEach([&](const EventRow &event) {
        if (event.kind == Kind::OfferAdded || event.kind == Kind::OfferRemoved)
            log.news.push_back({event.key.toLongLong(), event.time, event.kind == Kind::OfferAdded,
                                event.state, event.agentId, event.frameworkId, event.frameworkName,
                                event.role});
    });
    std::sort(log.news.begin(), log.news.end(),
              [](const auto &a, const auto &b) { return a.number < b.number; });
    log.outstanding.reserve(static_cast<std::size_t>(replica.offers().size()));
    replica.offers().forEach([&](const OfferRow &offer) {
        log.outstanding.push_back({0, offer.offered, true, 0, offer.agentId, offer.frameworkId,
                                   offer.frameworkName, offer.role});
    });
    return log;
}

OfferRiver offerRiver(const OfferLog &log, RiverBy by, double seconds, int steps)
{
    OfferRiver river;
    river.end = log.now;
    river.begin = river.end - seconds;
    Gatherer gatherer(by, river, std::max(1, steps));
    for (const OfferLog::Offer &event : log.news)
        gatherer.add(event);
    for (const OfferLog::Offer &offer : log.outstanding)
        gatherer.hold(gatherer.bandOf(offer), offer.time, river.end);
    QList<RiverBand> bands = gatherer.bands();
    bands.removeIf([](const RiverBand &band) { return weight(band) == 0; });
    std::sort(bands.begin(), bands.end(), [](const RiverBand &a, const RiverBand &b) {
        return std::pair(-weight(a), a.key) < std::pair(-weight(b), b.key);
    });
    if (bands.size() > OfferRiver::mostBands) {
        RiverBand others = bands.takeAt(OfferRiver::mostBands - 1);
        while (bands.size() >= OfferRiver::mostBands)
            addTo(others, bands.takeLast());
        others.key.clear();
        others.name = QCoreApplication::translate("OfferRiver", "the others");
        bands.append(others);
    }
    river.bands = bands;
    return river;
}

} // namespace meseta::console
