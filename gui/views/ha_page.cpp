#include "gui/views/ha_page.h"

#include <QEvent>
#include <QLabel>
#include <QNetworkReply>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/session/bounded_answer.h"
#include "gui/session/cluster.h"
#include "gui/session/leader_finder.h"
#include "gui/views/ha_tables.h"
#include "gui/widgets/card.h"
#include "gui/widgets/failover_lanes.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int tickMs = 1000;
constexpr int healthEveryTicks = 10;
constexpr int healthTimeoutMs = 3000;
// What each phase may take, seconds. The first is ZooKeeper's session timeout of a master, which a
// leader that crashes leaves to run out, and a margin.
constexpr double electionTarget = 10;
constexpr double registryTarget = 1;
constexpr double agentsTarget = 5;

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
    phases.append({HaPage::tr("no leader"), 0, elected, Tone::Bad, electionTarget});
    phases.append({HaPage::tr("reading the registry"), elected, ready, Tone::Busy, registryTarget});
    if (told.agents_known() > 0) {
        const double back = told.has_all_agents_seconds() ? elected + told.all_agents_seconds()
                                                          : now - failover.lost;
        phases.append({HaPage::tr("agents coming back"), ready, std::max(ready, back), Tone::Accent,
                       agentsTarget});
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
    return listText(parts);
}

AnswerList::Line lineOf(const FailoverAnswer &answer)
{
    return {answer.look, answer.question, answer.text};
}

} // namespace

HaPage::HaPage(Cluster &cluster, QWidget *parent)
    : QWidget(parent)
    , m_cluster(cluster)
    , m_title(plain())
    , m_leaderTitle(plain())
    , m_leader(plain())
    , m_checkTitle(plain())
    , m_verdict(new AnswerList)
    , m_check(new AnswerList)
    , m_checkAgain(new QPushButton(icon(QStringLiteral("refresh")), QString()))
    , m_checkAll(new QPushButton)
    , m_contendersTitle(plain())
    , m_contenders(new FactTable)
    , m_ensembleTitle(plain())
    , m_servers(new FactTable)
    , m_lanesTitle(plain())
    , m_lanes(new FailoverLanes)
{
    m_title->setFont(Theme::titleFont());
    for (QLabel *label :
         {m_leaderTitle, m_checkTitle, m_contendersTitle, m_ensembleTitle, m_lanesTitle})
        label->setFont(Theme::headingFont());
    m_leader->setWordWrap(true);
    m_checkAll->setCheckable(true);
    m_checkAll->setObjectName(QStringLiteral("checkAll"));
    connect(m_checkAll, &QPushButton::toggled, this, &HaPage::showCheck);
    layOut();
    connect(&m_probe, &EnsembleProbe::changed, this, [this] {
        showServers();
        showContenders();
        showCheck();
    });
    connect(&cluster, &Cluster::changed, this, [this] {
        if (m_shown)
            askMaster();
    });
    connect(m_checkAgain, &QPushButton::clicked, this, [this] {
        m_healthy.clear();
        m_probe.start(ensembleServers(m_zk));
        askMaster();
        askStandbys();
    });
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (++m_ticks % healthEveryTicks == 1)
            askStandbys();
        refresh();
    });
    translate();
}

void HaPage::layOut()
{
    auto *scroll = new QScrollArea(this);
    auto *content = new QWidget(scroll->viewport());
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Large);
    column->setSpacing(Theme::Medium);
    column->addWidget(m_title);
    const auto card = [content](QLabel *title, std::initializer_list<QWidget *> inside) {
        auto *made = new Card(content);
        made->column().addWidget(title);
        for (QWidget *widget : inside)
            made->column().addWidget(widget);
        return made;
    };
    auto *leader = card(m_leaderTitle, {m_leader});
    leader->column().addStretch(1);
    auto *check = card(m_checkTitle, {m_verdict, m_check});
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_checkAgain);
    buttons->addWidget(m_checkAll);
    buttons->addStretch(1);
    check->column().addLayout(buttons);
    check->column().addStretch(1);
    auto *top = new QHBoxLayout;
    top->setSpacing(Theme::Medium);
    top->addWidget(leader, 2);
    top->addWidget(check, 3);
    column->addLayout(top);
    column->addWidget(card(m_contendersTitle, {m_contenders}));
    column->addWidget(card(m_ensembleTitle, {m_servers}));
    auto *lanes = card(m_lanesTitle, {m_lanes});
    lanes->column().setStretchFactor(m_lanes, 1);
    column->addWidget(lanes, 1);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    setFocusProxy(scroll);
}

void HaPage::setShown(bool shown)
{
    if (shown == m_shown)
        return;
    m_shown = shown;
    if (!shown) {
        m_tick.stop();
        m_watch.reset();
        return m_probe.stop();
    }
    m_ticks = 0;
    m_tick.start();
    askMaster();
    watchEnsemble();
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
        QHash<QString, QString> told;
        for (const auto &flag : answer->get_flags().flags())
            told.insert(QString::fromStdString(flag.name()), QString::fromStdString(flag.value()));
        self->takeFlags(told);
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

/// The address that the person gave comes first: it may name credentials, which no flag tells.
void HaPage::takeFlags(const QHash<QString, QString> &flags)
{
    const QString given = m_cluster.session().address().ensemble;
    const QString zk = given.isEmpty() ? flags.value(QStringLiteral("zk")) : given;
    m_flagsKnown = true;
    m_registryKept = flags.value(QStringLiteral("registry")) != QLatin1String("in_memory");
    const bool isNew = zk != m_zk;
    m_zk = zk;
    if (isNew && m_shown)
        watchEnsemble();
    refresh();
}

void HaPage::watchEnsemble()
{
    m_watch.reset();
    m_probe.setAdminPorts(
        AdminPorts::parse(QSettings().value(QStringLiteral("zookeeper/adminPorts")).toString())
            .value_or(AdminPorts{}));
    m_probe.start(ensembleServers(m_zk));
    if (m_zk.isEmpty())
        return;
    m_watch = std::make_unique<ContenderWatch>(m_zk);
    connect(m_watch.get(), &ContenderWatch::changed, this, [this] {
        askStandbys();
        showContenders();
        showCheck();
    });
}

/// Whether those that stand by would answer: a GET of /health, as a balancer would ask.
void HaPage::askStandbys()
{
    if (!m_watch || !m_shown)
        return;
    for (const Contender &contender : m_watch->contenders().mid(1)) {
        if (contender.address.isEmpty())
            continue;
        QNetworkRequest request(QUrl(QStringLiteral("http://%1/health").arg(contender.address)));
        request.setTransferTimeout(healthTimeoutMs);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                             QNetworkRequest::ManualRedirectPolicy);
        QNetworkReply *reply = m_network.get(request);
        boundAnswer(reply, 4096);
        connect(reply, &QNetworkReply::finished, this, [this, reply, at = contender.address] {
            reply->deleteLater();
            m_healthy[at] = reply->error() == QNetworkReply::NoError;
            showContenders();
            showCheck();
        });
    }
}

FailoverFacts HaPage::facts() const
{
    const Replica &replica = m_cluster.replica();
    FailoverFacts facts;
    facts.flagsKnown = m_flagsKnown;
    facts.usesZooKeeper = !m_zk.isEmpty();
    facts.registryKept = m_registryKept;
    facts.leaderVersion = replica.masterVersion();
    if (m_watch && !m_watch->contenders().isEmpty()) {
        facts.contendersKnown = true;
        for (const Contender &contender : m_watch->contenders().mid(1)) {
            FailoverFacts::Standby standby{contender.address, contender.version, std::nullopt};
            if (m_healthy.contains(contender.address))
                standby.healthy = m_healthy.value(contender.address);
            facts.standbys << standby;
        }
    }
    const qint64 leaders = facts.contendersKnown ? m_watch->contenders().first().session : 0;
    for (const EnsembleServer &server : m_probe.servers()) {
        ++facts.servers;
        facts.serversReached += server.reached ? 1 : 0;
        for (const EnsembleSession &session : server.clients) {
            if (session.id == leaders && leaders != 0)
                facts.sessionSeconds = session.timeoutMs / 1000.0;
        }
    }
    const ClusterFigures &sums = replica.figures();
    facts.agents = sums.agents;
    facts.agentsAway = sums.agents - sums.activeAgents;
    facts.frameworks = sums.frameworks;
    replica.frameworks().forEach([&](const FrameworkRow &framework) {
        if (!framework.completed && framework.failoverTimeout <= 0)
            facts.frameworksWithoutTimeout << framework.name;
    });
    if (m_cluster.leadership().has_all_agents_seconds())
        facts.lastReturnSeconds = m_cluster.leadership().all_agents_seconds();
    return facts;
}

void HaPage::refresh()
{
    showLeader();
    showContenders();
    showCheck();
    showLanes();
}

void HaPage::showLeader()
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
    } else {
        lines << tr("No master is connected.");
    }
    m_leader->setText(lines.join(QLatin1Char('\n')));
}

void HaPage::showContenders()
{
    const QStringList titles{tr("Turn"),    tr("Master"),        tr("Stands for"),
                             tr("Session"), tr("Connected for"), tr("Session timeout"),
                             tr("Version"), tr("Health")};
    QList<FactTable::Row> rows;
    const QString dash = QStringLiteral("–");
    const double now = m_cluster.replica().now();
    const auto age = [&](double since) {
        return since > 0 ? durationText(std::max(0.0, std::floor(now - since))) : dash;
    };
    for (const Contender &contender : m_watch ? m_watch->contenders() : QList<Contender>{}) {
        const bool leads = rows.isEmpty();
        EnsembleSession session;
        QString server;
        for (const EnsembleServer &known : m_probe.servers()) {
            for (const EnsembleSession &client : known.clients) {
                if (client.id == contender.session) {
                    session = client;
                    server = known.address;
                }
            }
        }
        const bool asked = m_healthy.contains(contender.address);
        const bool ill = asked && !m_healthy.value(contender.address) && !leads;
        rows.append(
            {leads     ? Look{Tone::Good, Sign::Dot}
                 : ill ? Look{Tone::Bad, Sign::Triangle}
                       : Look{Tone::Accent, Sign::Ring},
             {leads ? tr("leads") : tr("%1.").arg(rows.size() + 1),
              contender.address.isEmpty() ? contender.node : contender.address,
              age(contender.since), QStringLiteral("0x%1").arg(contender.session, 0, 16),
              session.connected > 0 ? tr("%1 to %2").arg(age(session.connected), server) : dash,
              session.timeoutMs > 0 ? durationText(session.timeoutMs / 1000.0) : dash,
              contender.version.isEmpty() ? dash : contender.version,
              leads        ? dash
                  : !asked ? tr("is being asked…")
                  : ill    ? tr("no answer")
                           : tr("healthy")},
             {}});
    }
    const bool live = m_cluster.session().state() == MasterSession::State::Live;
    m_contenders->setEmptyText(
        m_watch && !m_watch->problem().isEmpty() ? m_watch->problem()
            : m_watch                            ? tr("The ensemble is being asked…")
            : live && m_flagsKnown
            ? tr("This master runs without ZooKeeper (it has no --zk flag): it is the only one, "
                 "and nobody takes over when it ends.")
            : tr("Which ensemble it uses is asked when the master is connected."));
    m_contenders->setRows(titles, rows);
}

void HaPage::showCheck()
{
    const QList<FailoverAnswer> answers = checkFailover(facts());
    QList<AnswerList::Line> lines;
    for (const FailoverAnswer &answer : answers) {
        if (m_checkAll->isChecked() || answer.look.tone != Tone::Good)
            lines << lineOf(answer);
    }
    m_check->setLines(lines);
    m_check->setVisible(!lines.isEmpty());
    const FailoverAnswer verdict = failoverVerdict(answers);
    m_verdict->setLines({lineOf(verdict)});
    m_verdict->setAccessibleName(verdict.question);
}

void HaPage::showLanes()
{
    QList<FailoverLanes::Lane> lanes;
    const double now = m_cluster.replica().now();
    for (const Cluster::Failover &failover : m_cluster.failovers())
        lanes.append({failover.lost, failover.found, failover.from, failover.to, failover.reason,
                      phasesOf(failover, now)});
    m_lanes->setLanes(lanes, now);
}

void HaPage::showServers()
{
    const QStringList titles{tr("Server"),      tr("Mode"),        tr("Latency"),
                             tr("Answered in"), tr("Connections"), tr("Sessions"),
                             tr("Waiting"),     tr("Version"),     tr("Asked by")};
    const auto number = [](double value) {
        return value < 0 ? QStringLiteral("–") : amountText(value);
    };
    const auto milliseconds = [](double value) {
        return value < 0 ? QStringLiteral("–") : tr("%1 ms").arg(QLocale().toString(value, 'f', 1));
    };
    QList<FactTable::Row> rows;
    for (const EnsembleServer &server : m_probe.servers()) {
        FactTable::Row row;
        row.note = server.problem;
        if (!server.reached) {
            row.look = server.problem.isEmpty() ? Look{Tone::Busy, Sign::Ring}
                                                : Look{Tone::Bad, Sign::Triangle};
            row.cells = {server.address,
                         server.problem.isEmpty() ? tr("is being asked…") : tr("not reached")};
        } else {
            row.look = server.ok == false                ? Look{Tone::Bad, Sign::Triangle}
                : server.mode == QLatin1String("leader") ? Look{Tone::Good, Sign::Dot}
                                                         : Look{Tone::Good, Sign::Ring};
            row.cells = {server.address,
                         server.mode.isEmpty() ? tr("not told") : server.mode,
                         milliseconds(server.latencyMs),
                         milliseconds(server.roundTripMs),
                         number(server.connections),
                         number(server.sessions),
                         number(server.outstanding),
                         server.version.isEmpty() ? QStringLiteral("–") : server.version,
                         server.through};
        }
        rows << row;
    }
    m_servers->setEmptyText(tr("No ensemble is known."));
    m_servers->setRows(titles, rows);
}

void HaPage::translate()
{
    m_title->setText(tr("Masters"));
    m_leaderTitle->setText(tr("Leader"));
    m_checkTitle->setText(tr("Failover rehearsal: nothing is touched"));
    m_checkAgain->setText(tr("Check again"));
    m_checkAll->setText(tr("All questions"));
    m_checkAgain->setToolTip(
        tr("No Mesos master can be asked to step down: to rehearse for real, end the process of "
           "the leader and watch the lanes below."));
    m_contendersTitle->setText(tr("Masters that stand for election, in order"));
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
