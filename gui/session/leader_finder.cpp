#include "gui/session/leader_finder.h"

#include "common/base/qt_clock.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/session.h"

namespace meseta::console {

struct LeaderFinder::Private
{
    Private(const zookeeper::Url &url, const QString &given)
        : ensemble(given), session(url, {}, clock), detector(session, url.path, clock)
    { }

    QString ensemble;
    QtClock clock;
    zookeeper::Session session;
    zookeeper::Detector detector;
};

LeaderFinder::LeaderFinder(const QString &ensemble, QObject *parent) : QObject(parent)
{
    const auto url = zookeeper::Url::parse(ensemble.toStdString());
    Q_ASSERT(url);
    d = std::make_unique<Private>(*url, ensemble);
    connect(&d->detector, &zookeeper::Detector::leaderChanged, this, &LeaderFinder::leaderChanged);
    connect(&d->session, &zookeeper::Client::trouble, this, &LeaderFinder::trouble);
    d->session.open();
    d->detector.start();
}

LeaderFinder::~LeaderFinder() = default;

std::optional<MasterAddress> LeaderFinder::leader() const
{
    const auto &leader = d->detector.leader();
    if (!leader)
        return std::nullopt;
    const std::string &host = leader->has_address() ? leader->address().ip() : leader->hostname();
    return MasterAddress{QString::fromStdString(host), static_cast<quint16>(leader->port()),
                         d->ensemble};
}

int LeaderFinder::contenders() const
{
    return static_cast<int>(d->detector.contenders());
}

} // namespace meseta::console
