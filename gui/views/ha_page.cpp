#include "gui/views/ha_page.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QUrl>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/session/cluster.h"
#include "gui/session/leader_finder.h"
#include "gui/widgets/card.h"
#include "gui/widgets/failover_lanes.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

QLabel *plain(const QString &text = {})
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// The steps from the loss of one leader to the last agent that is back at the next, in seconds
/// after the loss.
QList<FailoverLanes::Lane::Phase> phasesOf(const Cluster::Failover &failover, double now)
{
    QList<FailoverLanes::Lane::Phase> phases;
    if (!failover.leadership)
        return phases;
    const auto &told = *failover.leadership;
    const double elected = std::max(0.0, told.elected_time() - failover.lost);
    const double ready = elected + told.registry_seconds();
    phases.append({HaPage::tr("no leader"), 0, elected, Tone::Bad});
    phases.append({HaPage::tr("reading the registry"), elected, ready, Tone::Busy});
    if (told.agents_known() > 0) {
        const double back = told.has_all_agents_seconds() ? elected + told.all_agents_seconds()
                                                          : now - failover.lost;
        phases.append(
            {HaPage::tr("agents coming back"), ready, std::max(ready, back), Tone::Accent});
    }
    return phases;
}

QString wayBackText(const ::meseta::v1::Leadership &told)
{
    QStringList parts;
    if (told.has_registry_seconds())
        parts << HaPage::tr("read its registry in %1").arg(durationText(told.registry_seconds()));
    if (told.agents_known() > 0)
        parts << (told.has_all_agents_seconds()
                      ? HaPage::tr("all %n agent(s) back after %1", nullptr,
                                   static_cast<int>(told.agents_known()))
                            .arg(durationText(told.all_agents_seconds()))
                      : HaPage::tr("%1 of %2 agents back")
                            .arg(countText(told.agents_back()), countText(told.agents_known())));
    if (told.agents_given_up() > 0)
        parts << HaPage::tr("%n given up", nullptr, static_cast<int>(told.agents_given_up()));
    if (told.frameworks_back() > 0)
        parts << HaPage::tr("%n framework(s) back", nullptr,
                            static_cast<int>(told.frameworks_back()));
    return parts.join(QLatin1String(", "));
}

class SignMark : public QWidget
{
public:
    explicit SignMark(const Look &look) : m_look(look) { setFixedSize(14, 14); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintSign(&painter, QRectF(rect()).adjusted(2, 2, -2, -2), m_look);
    }

private:
    Look m_look;
};

} // namespace

HaPage::HaPage(Cluster &cluster, QWidget *parent)
    : QWidget(parent)
    , m_cluster(cluster)
    , m_title(plain())
    , m_leaderTitle(plain())
    , m_leader(plain())
    , m_ensembleTitle(plain())
    , m_ensembleHint(plain())
    , m_servers(new QGridLayout)
    , m_serverArea(new QWidget)
    , m_lanesTitle(plain())
    , m_lanes(new FailoverLanes)
{
    m_title->setFont(Theme::titleFont());
    for (QLabel *label : {m_leaderTitle, m_ensembleTitle, m_lanesTitle})
        label->setFont(Theme::headingFont());
    m_ensembleHint->setForegroundRole(QPalette::PlaceholderText);
    m_ensembleHint->setWordWrap(true);
    m_leader->setWordWrap(true);
    m_servers->setContentsMargins(0, 0, 0, 0);
    m_servers->setHorizontalSpacing(Theme::Wide);
    m_servers->setVerticalSpacing(Theme::Small);
    auto *area = new QHBoxLayout(m_serverArea);
    area->setContentsMargins(0, 0, 0, 0);
    area->addLayout(m_servers);
    area->addStretch(1);

    auto *leader = new Card;
    leader->column().addWidget(m_leaderTitle);
    leader->column().addWidget(m_leader);
    auto *ensemble = new Card;
    ensemble->column().addWidget(m_ensembleTitle);
    ensemble->column().addWidget(m_ensembleHint);
    ensemble->column().addWidget(m_serverArea);
    auto *lanes = new Card;
    lanes->column().addWidget(m_lanesTitle);
    lanes->column().addWidget(m_lanes, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Large);
    column->setSpacing(Theme::Medium);
    column->addWidget(m_title);
    column->addWidget(leader);
    column->addWidget(ensemble);
    column->addWidget(lanes, 1);

    connect(&m_probe, &EnsembleProbe::changed, this, &HaPage::showServers);
    connect(&cluster, &Cluster::changed, this, [this] {
        if (m_shown)
            askMaster();
    });
    translate();
}

void HaPage::setShown(bool shown)
{
    m_shown = shown;
    if (!shown)
        return m_probe.stop();
    askMaster();
    if (!m_zk.isEmpty())
        m_probe.start(ensembleServers(m_zk));
}

/// Which ensemble it is stands in the leader's flags; since when it leads it tells itself.
void HaPage::askMaster()
{
    refresh();
    if (m_cluster.session().state() != MasterSession::State::Live)
        return;
    const QPointer<HaPage> self(this);
    mesos::v1::master::Call flags;
    flags.set_type(mesos::v1::master::Call::GET_FLAGS);
    m_cluster.session().call(flags, [self](Result<mesos::v1::master::Response> answer) {
        if (!self || !answer)
            return;
        QString zk;
        for (const auto &flag : answer->get_flags().flags()) {
            if (flag.name() == "zk")
                zk = QString::fromStdString(flag.value());
        }
        const bool isNew = zk != self->m_zk;
        self->m_zk = zk;
        if (isNew && self->m_shown)
            self->m_probe.start(ensembleServers(zk));
        self->refresh();
    });
    mesos::v1::master::Call master;
    master.set_type(mesos::v1::master::Call::GET_MASTER);
    m_cluster.session().call(master, [self](Result<mesos::v1::master::Response> answer) {
        if (!self || !answer)
            return;
        self->m_elected = answer->get_master().elected_time();
        self->refresh();
    });
}

void HaPage::refresh()
{
    const Replica &replica = m_cluster.replica();
    const bool live = m_cluster.session().state() == MasterSession::State::Live;
    QStringList lines;
    if (live || !replica.masterText().isEmpty()) {
        const QString address = replica.masterText().isEmpty()
            ? m_cluster.session().address().text()
            : replica.masterText();
        lines << (live ? tr("%1 leads").arg(address)
                       : tr("%1 led when the connection was lost").arg(address));
        if (!replica.masterVersion().isEmpty())
            lines.last() += tr(", version %1").arg(replica.masterVersion());
        if (m_elected > 0 && live)
            lines << tr("Elected %1, %2 ago")
                         .arg(timeText(m_elected), durationText(replica.now() - m_elected));
        if (!replica.masterId().isEmpty())
            lines << tr("Id %1").arg(replica.masterId());
        if (const QString way = wayBackText(m_cluster.leadership()); live && !way.isEmpty())
            lines << way;
        if (const LeaderFinder *finder = m_cluster.session().finder())
            lines << tr("%n master(s) stand for election", nullptr, finder->contenders());
    } else {
        lines << tr("No master is connected.");
    }
    m_leader->setText(lines.join(QLatin1Char('\n')));
    m_ensembleHint->setVisible(m_zk.isEmpty());
    m_serverArea->setVisible(!m_zk.isEmpty());
    m_ensembleHint->setText(
        live ? tr(
            "This master runs without ZooKeeper (it has no --zk flag): it is the only one, and "
            "nobody takes over when it ends.")
             : tr("Which ensemble it uses is asked when the master is connected."));
    QList<FailoverLanes::Lane> lanes;
    for (const Cluster::Failover &failover : m_cluster.failovers())
        lanes.append({failover.lost, failover.found, failover.from, failover.to, failover.reason,
                      phasesOf(failover, replica.now())});
    m_lanes->setLanes(lanes, replica.now());
}

void HaPage::showServers()
{
    while (QLayoutItem *item = m_servers->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList titles{tr("Server"),      tr("Mode"),     tr("Latency"), tr("Answered in"),
                             tr("Connections"), tr("Sessions"), tr("Waiting"), tr("Version")};
    for (int column = 0; column < titles.size(); ++column) {
        QLabel *title = plain(titles.at(column));
        title->setForegroundRole(QPalette::PlaceholderText);
        m_servers->addWidget(title, 0, column + 1);
    }
    int row = 1;
    const auto number = [](double value) {
        return value < 0 ? QStringLiteral("–") : amountText(value);
    };
    const auto milliseconds = [](double value) {
        return value < 0 ? QStringLiteral("–") : tr("%1 ms").arg(QLocale().toString(value, 'f', 1));
    };
    for (const EnsembleServer &server : m_probe.servers()) {
        const Look look = server.reached ? Look{Tone::Good, Sign::Dot}
            : server.problem.isEmpty()   ? Look{Tone::Busy, Sign::Ring}
                                         : Look{Tone::Bad, Sign::Triangle};
        m_servers->addWidget(new SignMark(look), row, 0);
        m_servers->addWidget(plain(server.address), row, 1);
        if (!server.reached) {
            m_servers->addWidget(
                plain(server.problem.isEmpty() ? tr("is being asked…") : server.problem), row, 2, 1,
                7);
        } else {
            const QStringList cells{server.mode,
                                    milliseconds(server.latencyMs),
                                    milliseconds(server.roundTripMs),
                                    number(server.connections),
                                    number(server.sessions),
                                    number(server.outstanding),
                                    server.version};
            for (int column = 0; column < cells.size(); ++column)
                m_servers->addWidget(plain(cells.at(column)), row, column + 2);
        }
        ++row;
    }
}

void HaPage::translate()
{
    m_title->setText(tr("Masters"));
    m_leaderTitle->setText(tr("Leader"));
    m_ensembleTitle->setText(tr("ZooKeeper ensemble"));
    m_lanesTitle->setText(tr("Changes of the leader, as seen from here"));
    m_lanes->setEmptyText(tr("The connection was never lost."));
    showServers();
    refresh();
}

void HaPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
