#include "tests/system/support/scheduler.h"

#include <QJsonDocument>
#include <QTest>

#include "tests/support/daemons.h"

namespace meseta::test {

QJsonObject idOf(const QString &text)
{
    return {{QStringLiteral("value"), text}};
}

QJsonObject scalar(const char *name, double value)
{
    return {{QStringLiteral("name"), QLatin1String(name)},
            {QStringLiteral("type"), QStringLiteral("SCALAR")},
            {QStringLiteral("scalar"), QJsonObject{{QStringLiteral("value"), value}}}};
}

QJsonObject commandTask(const QString &name, const QString &command, double cpus)
{
    return {{QStringLiteral("name"), name},
            {QStringLiteral("task_id"), idOf(name)},
            {QStringLiteral("resources"), QJsonArray{scalar("cpus", cpus), scalar("mem", 32)}},
            {QStringLiteral("command"), QJsonObject{{QStringLiteral("value"), command}}}};
}

bool Scheduler::subscribe(const QStringList &capabilities)
{
    QJsonArray announced;
    for (const QString &capability : capabilities)
        announced.append(QJsonObject{{QStringLiteral("type"), capability}});
    auto call = json("{'type':'SUBSCRIBE','subscribe':{}}");
    QJsonObject info{{QStringLiteral("user"), QStringLiteral("root")},
                     {QStringLiteral("name"), QStringLiteral("system test")},
                     {QStringLiteral("capabilities"), announced}};
    if (!m_role.isEmpty())
        info[QStringLiteral("roles")] = QJsonArray{m_role};
    if (m_failoverTimeout > 0) {
        info[QStringLiteral("failover_timeout")] = m_failoverTimeout;
        info[QStringLiteral("checkpoint")] = true;
    }
    if (!m_id.isEmpty()) {
        info[QStringLiteral("id")] = idOf(m_id);
        call[QStringLiteral("framework_id")] = idOf(m_id);
    }
    call[QStringLiteral("subscribe")] = QJsonObject{{QStringLiteral("framework_info"), info}};
    m_subscribed = false;
    m_stream = std::make_unique<EventStream>(m_port, "/api/v1/scheduler", call);
    m_stream->onRecord = [this](const QJsonObject &record) { onRecord(record); };
    return QTest::qWaitFor([this] { return m_subscribed || m_stream->hasEnded(); }, 30000)
        && m_subscribed;
}

bool Scheduler::resubscribe(const QStringList &capabilities)
{
    m_offers.clear();
    return subscribe(capabilities);
}

int Scheduler::reconcile()
{
    return call(json("{'type':'RECONCILE','reconcile':{'tasks':[]}}"));
}

void Scheduler::onRecord(const QJsonObject &record)
{
    const QString type = record.value(u"type").toString();
    if (type == u"SUBSCRIBED") {
        m_id = record.value(u"subscribed")[u"framework_id"][u"value"].toString();
        m_subscribed = true;
    } else if (type == u"OFFERS") {
        for (const auto &offer : record.value(u"offers")[u"offers"].toArray())
            m_offers.append(offer.toObject());
    } else if (type == u"RESCIND") {
        const auto gone = record.value(u"rescind")[u"offer_id"];
        m_offers.removeIf([&](const QJsonObject &offer) { return offer.value(u"id") == gone; });
    } else if (type == u"UPDATE") {
        m_statuses.append(record.value(u"update")[u"status"].toObject());
        acknowledge(m_statuses.last());
    }
}

void Scheduler::acknowledge(const QJsonObject &status)
{
    if (!status.contains(u"uuid"))
        return;
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1/scheduler";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Mesos-Stream-Id", m_stream->header("Mesos-Stream-Id"));
    const QJsonObject body{{QStringLiteral("agent_id"), status.value(u"agent_id")},
                           {QStringLiteral("task_id"), status.value(u"task_id")},
                           {QStringLiteral("uuid"), status.value(u"uuid")}};
    request.body =
        QJsonDocument(QJsonObject{{QStringLiteral("type"), QStringLiteral("ACKNOWLEDGE")},
                                  {QStringLiteral("framework_id"), idOf(m_id)},
                                  {QStringLiteral("acknowledge"), body}})
            .toJson(QJsonDocument::Compact);
    m_client.call(http::Endpoint::tcp(QStringLiteral("127.0.0.1"), m_port), request,
                  [](const Result<http::Response> &) {});
}

int Scheduler::call(QJsonObject call)
{
    call[QStringLiteral("framework_id")] = idOf(m_id);
    return postJson(m_port, "/api/v1/scheduler", call,
                    {"Mesos-Stream-Id: " + m_stream->header("Mesos-Stream-Id")})
        .status();
}

QJsonObject Scheduler::takeOffer(double cpus, int milliseconds)
{
    const auto isEnough = [cpus](const QJsonObject &offer) {
        double offered = 0;
        for (const auto &resource : offer.value(u"resources").toArray())
            offered += resource[u"name"] == QLatin1String("cpus")
                ? resource[u"scalar"][u"value"].toDouble()
                : 0;
        return offered >= cpus;
    };
    QJsonObject taken;
    const bool came = QTest::qWaitFor(
        [&] {
            const auto found = std::find_if(m_offers.begin(), m_offers.end(), isEnough);
            if (found == m_offers.end()) {
                declineAll();
                return false;
            }
            taken = *found;
            m_offers.erase(found);
            return true;
        },
        milliseconds);
    return came ? taken : QJsonObject();
}

void Scheduler::declineAll()
{
    if (m_offers.isEmpty())
        return;
    QJsonArray ids;
    for (const auto &offer : std::exchange(m_offers, {}))
        ids.append(offer.value(u"id"));
    call({{QStringLiteral("type"), QStringLiteral("DECLINE")},
          {QStringLiteral("decline"),
           QJsonObject{
               {QStringLiteral("offer_ids"), ids},
               {QStringLiteral("filters"), QJsonObject{{QStringLiteral("refuse_seconds"), 0}}}}}});
}

int Scheduler::launch(const QJsonObject &offer, const QList<QJsonObject> &tasks)
{
    QJsonArray infos;
    for (QJsonObject task : tasks) {
        task[QStringLiteral("agent_id")] = offer.value(u"agent_id");
        infos.append(task);
    }
    const QJsonObject operation{
        {QStringLiteral("type"), QStringLiteral("LAUNCH")},
        {QStringLiteral("launch"), QJsonObject{{QStringLiteral("task_infos"), infos}}}};
    return call({{QStringLiteral("type"), QStringLiteral("ACCEPT")},
                 {QStringLiteral("accept"),
                  QJsonObject{{QStringLiteral("offer_ids"), QJsonArray{offer.value(u"id")}},
                              {QStringLiteral("operations"), QJsonArray{operation}},
                              {QStringLiteral("filters"),
                               QJsonObject{{QStringLiteral("refuse_seconds"), 0}}}}}});
}

int Scheduler::kill(const QString &task)
{
    return call({{QStringLiteral("type"), QStringLiteral("KILL")},
                 {QStringLiteral("kill"), QJsonObject{{QStringLiteral("task_id"), idOf(task)}}}});
}

int Scheduler::teardown()
{
    return call({{QStringLiteral("type"), QStringLiteral("TEARDOWN")}});
}

QList<QJsonObject> Scheduler::statuses(const QString &task) const
{
    QList<QJsonObject> found;
    for (const auto &status : m_statuses) {
        if (status.value(u"task_id")[u"value"].toString() == task)
            found.append(status);
    }
    return found;
}

bool Scheduler::sees(const QString &task, const char *state, int milliseconds) const
{
    return QTest::qWaitFor(
        [&] { return states(task).split(QLatin1Char(' ')).contains(QLatin1String(state)); },
        milliseconds);
}

QString Scheduler::states(const QString &task) const
{
    QStringList told;
    for (const auto &status : statuses(task))
        told.append(status.value(u"state").toString());
    return told.join(QLatin1Char(' '));
}

QJsonObject Scheduler::lastStatus(const QString &task) const
{
    const auto all = statuses(task);
    return all.isEmpty() ? QJsonObject() : all.last();
}

qsizetype Scheduler::count(const char *state) const
{
    QStringList tasks;
    for (const auto &status : m_statuses) {
        if (status.value(u"state").toString() == QLatin1String(state))
            tasks.append(status.value(u"task_id")[u"value"].toString());
    }
    tasks.removeDuplicates();
    return tasks.size();
}

} // namespace meseta::test
