#include "tests/system/ha/ha_scheduler.h"

#include <QFile>
#include <QJsonDocument>

#include "tests/support/daemons.h"
#include "tests/system/support/scheduler.h"

namespace meseta::test {

namespace {

constexpr int retryMs = 100;
constexpr int reconcileMs = 1000;
constexpr int tasksPerLaunch = 3;
/// How long a launch may be on its way before it is asked for.
constexpr qint64 launchMs = 5000;
/// How long an acknowledgement may be on its way from the master to the agent.
constexpr qint64 acknowledgementMs = 3000;

const QSet<QString> ends{
    QStringLiteral("TASK_FINISHED"), QStringLiteral("TASK_FAILED"),  QStringLiteral("TASK_KILLED"),
    QStringLiteral("TASK_ERROR"),    QStringLiteral("TASK_LOST"),    QStringLiteral("TASK_DROPPED"),
    QStringLiteral("TASK_GONE"),     QStringLiteral("TASK_UNKNOWN"),
};

} // namespace

HaScheduler::HaScheduler(const QString &zkUrl, const QString &startsFile)
    : m_session(*zookeeper::Url::parse(zkUrl.toStdString()), {}, m_clock)
    , m_detector(m_session, "/mesos", m_clock)
    , m_startsFile(startsFile)
{
    m_time.start();
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &HaScheduler::subscribe);
    connect(&m_reconcile, &QTimer::timeout, this, &HaScheduler::reconcile);
    connect(&m_detector, &zookeeper::Detector::leaderChanged, this, &HaScheduler::follow);
    m_reconcile.start(reconcileMs);
    m_session.open();
    m_detector.start();
}

void HaScheduler::follow()
{
    const auto &leader = m_detector.leader();
    m_host = leader ? QString::fromStdString(leader->address().ip()) : QString();
    m_port = leader ? static_cast<quint16>(leader->port()) : 0;
    drop(true);
}

void HaScheduler::drop(bool again)
{
    if (m_stream) {
        m_stream->onRecord = {};
        m_stream.release()->deleteLater();
    }
    m_subscribed = false;
    m_offers.clear();
    if (again)
        m_retry.start(0);
}

void HaScheduler::subscribe()
{
    if (m_port == 0)
        return;
    QJsonObject info = json("{'user':'root','name':'ha','failover_timeout':3600,'checkpoint':true,"
                            "'roles':['ha'],'capabilities':[{'type':'PARTITION_AWARE'},"
                            "{'type':'MULTI_ROLE'}]}");
    QJsonObject body = json("{'type':'SUBSCRIBE'}");
    if (!m_id.isEmpty()) {
        info.insert(QStringLiteral("id"), idOf(m_id));
        body.insert(QStringLiteral("framework_id"), idOf(m_id));
    }
    body.insert(QStringLiteral("subscribe"), QJsonObject{{QStringLiteral("framework_info"), info}});
    m_stream = std::make_unique<EventStream>(m_port, "/api/v1/scheduler", body, m_host);
    m_stream->onRecord = [this](const QJsonObject &record) { onRecord(record); };
    // A master that is not ready, or that goes, is asked again until the next one leads.
    auto *watch = new QTimer(m_stream.get());
    connect(watch, &QTimer::timeout, this, [this] {
        if (m_stream && m_stream->hasEnded()) {
            drop(false);
            m_retry.start(retryMs);
        }
    });
    watch->start(20);
}

void HaScheduler::keepGoing(int count)
{
    m_goal = count;
    useOffers();
}

void HaScheduler::onRecord(const QJsonObject &record)
{
    const QString type = record.value(u"type").toString();
    if (type == u"SUBSCRIBED") {
        const QString id = record.value(u"subscribed")[u"framework_id"][u"value"].toString();
        if (!m_id.isEmpty() && m_id != id)
            note(QStringLiteral("the framework came back as %1, not as %2").arg(id, m_id));
        m_id = id;
        m_subscribed = true;
        reconcile();
    } else if (type == u"OFFERS") {
        for (const auto &offer : record.value(u"offers")[u"offers"].toArray())
            m_offers.append(offer.toObject());
        useOffers();
    } else if (type == u"RESCIND") {
        const auto gone = record.value(u"rescind")[u"offer_id"];
        m_offers.removeIf([&](const QJsonObject &offer) { return offer.value(u"id") == gone; });
    } else if (type == u"UPDATE") {
        onUpdate(record.value(u"update")[u"status"].toObject());
    } else if (type == u"ERROR") {
        note(QStringLiteral("the framework was refused: ")
             + record.value(u"error")[u"message"].toString());
    }
}

void HaScheduler::useOffers()
{
    while (m_subscribed && !m_offers.isEmpty()) {
        const int room = m_goal - open() + m_lastingWanted;
        if (room <= 0)
            return; // kept until a task ends
        const QJsonObject offer = m_offers.takeFirst();
        QJsonArray infos;
        for (int i = 0; i < std::min(room, tasksPerLaunch); ++i) {
            const bool lasting = m_lastingWanted > 0;
            const QString id =
                QStringLiteral("%1%2").arg(lasting ? u"lasting-"_qs : u"short-"_qs).arg(m_next++);
            const QString script = QStringLiteral("echo %1 >> %2; exec sleep %3")
                                       .arg(id, m_startsFile, lasting ? u"1000"_qs : u"0.2"_qs);
            QJsonObject info = commandTask(id, script, 0.1);
            info.insert(QStringLiteral("agent_id"), offer.value(u"agent_id"));
            infos.append(info);
            ++m_launched;
            m_tasks[id] = {
                lasting, offer.value(u"agent_id")[u"value"].toString(), {}, false, now()};
            if (lasting)
                --m_lastingWanted;
            else
                m_open.insert(id);
        }
        const QJsonObject operation{
            {QStringLiteral("type"), QStringLiteral("LAUNCH")},
            {QStringLiteral("launch"), QJsonObject{{QStringLiteral("task_infos"), infos}}}};
        call({{QStringLiteral("type"), QStringLiteral("ACCEPT")},
              {QStringLiteral("accept"),
               QJsonObject{{QStringLiteral("offer_ids"), QJsonArray{offer.value(u"id")}},
                           {QStringLiteral("operations"), QJsonArray{operation}},
                           {QStringLiteral("filters"), json("{'refuse_seconds':0}")}}}},
             [this, port = m_port](int status) {
                 if (status != 202)
                     return;
                 m_lastAccepted = now();
                 m_lastAcceptedBy = port;
             });
    }
}

void HaScheduler::onUpdate(const QJsonObject &status)
{
    const QString id = status.value(u"task_id")[u"value"].toString();
    const QString state = status.value(u"state").toString();
    const QString uuid = status.value(u"uuid").toString();
    Task &task = m_tasks[id];
    const bool answer = status.value(u"reason").toString() == u"REASON_RECONCILIATION";
    if (!uuid.isEmpty() && !answer) {
        if (m_settled.contains(uuid))
            note(QStringLiteral("%1 of %2 came again though it was acknowledged").arg(state, id));
        call({{QStringLiteral("type"), QStringLiteral("ACKNOWLEDGE")},
              {QStringLiteral("acknowledge"),
               QJsonObject{{QStringLiteral("agent_id"), status.value(u"agent_id")},
                           {QStringLiteral("task_id"), status.value(u"task_id")},
                           {QStringLiteral("uuid"), status.value(u"uuid")}}}},
             [this, uuid](int code) {
                 if (code == 202 && !m_acknowledged.contains(uuid))
                     m_acknowledged[uuid] = now();
             });
    }
    const bool ended = ends.contains(task.state);
    if (ended && task.everRan && state != task.state)
        note(QStringLiteral("%1 was %2 and is told %3").arg(id, task.state, state));
    task.everRan |= state == u"TASK_RUNNING" || state == u"TASK_FINISHED";
    if (task.lasting && task.everRan && state != u"TASK_RUNNING" && state != u"TASK_UNREACHABLE")
        note(QStringLiteral("%1 should stay and is told %2: %3")
                 .arg(id, state, status.value(u"message").toString()));
    task.state = state;
    if (!ends.contains(state))
        return;
    if (task.lasting) { // its launch died with a master: another takes its place
        m_tasks.remove(id);
        ++m_lastingWanted;
    } else if (m_open.remove(id) && state == u"TASK_FINISHED") {
        ++m_finished;
    } else if (!ended && state != u"TASK_FINISHED" && task.everRan) {
        note(QStringLiteral("%1 ran and ended as %2").arg(id, state));
    }
    useOffers();
}

/// Asks for every task whose end is not known.
void HaScheduler::reconcile()
{
    if (!m_subscribed)
        return;
    QJsonArray asked;
    for (auto at = m_tasks.cbegin(); at != m_tasks.cend(); ++at) {
        if (ends.contains(at->state) || (!at->lasting && !m_open.contains(at.key())))
            continue;
        if (at->state.isEmpty() && now() - at->since < launchMs)
            continue; // the launch may be on its way still
        asked.append(QJsonObject{{QStringLiteral("task_id"), idOf(at.key())},
                                 {QStringLiteral("agent_id"), idOf(at->agent)}});
    }
    if (!asked.isEmpty())
        call({{QStringLiteral("type"), QStringLiteral("RECONCILE")},
              {QStringLiteral("reconcile"), QJsonObject{{QStringLiteral("tasks"), asked}}}});
}

void HaScheduler::call(QJsonObject body, std::function<void(int)> done)
{
    if (!m_stream)
        return;
    body.insert(QStringLiteral("framework_id"), idOf(m_id));
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1/scheduler";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Mesos-Stream-Id", m_stream->header("Mesos-Stream-Id"));
    request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    m_client.call(http::Endpoint::tcp(m_host, m_port), request,
                  [done = std::move(done)](const Result<http::Response> &answer) {
                      if (done)
                          done(answer ? answer->status : 0);
                  });
}

int HaScheduler::lastingRunning() const
{
    return static_cast<int>(std::count_if(m_tasks.begin(), m_tasks.end(), [](const Task &task) {
        return task.lasting && task.state == u"TASK_RUNNING";
    }));
}

int HaScheduler::lastingUnreachable() const
{
    return static_cast<int>(std::count_if(m_tasks.begin(), m_tasks.end(), [](const Task &task) {
        return task.lasting && task.state == u"TASK_UNREACHABLE";
    }));
}

void HaScheduler::leaderIsAboutToDie()
{
    for (auto at = m_acknowledged.begin(); at != m_acknowledged.end();) {
        if (now() - at.value() < acknowledgementMs) {
            ++at;
            continue;
        }
        m_settled.insert(at.key());
        at = m_acknowledged.erase(at);
    }
}

QStringList HaScheduler::violations() const
{
    QStringList found = m_violations;
    QFile file(m_startsFile);
    (void)file.open(QIODevice::ReadOnly);
    QMap<QString, int> starts;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (!line.isEmpty())
            ++starts[QString::fromUtf8(line)];
    }
    for (auto at = starts.cbegin(); at != starts.cend(); ++at) {
        if (at.value() > 1)
            found += QStringLiteral("%1 was started %2 times").arg(at.key()).arg(at.value());
    }
    for (auto at = m_tasks.cbegin(); at != m_tasks.cend(); ++at) {
        if (at->state == u"TASK_FINISHED" && starts.value(at.key()) != 1)
            found += QStringLiteral("%1 finished without having started").arg(at.key());
        if (ends.contains(at->state) && at->state != u"TASK_FINISHED" && starts.contains(at.key()))
            found += QStringLiteral("%1 started, and is told %2").arg(at.key(), at->state);
    }
    return found;
}

} // namespace meseta::test
