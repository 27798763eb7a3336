#pragma once

#include <QJsonArray>
#include <QTest>

#include "tests/system/golden/scheduler_replay.h"

namespace meseta::test {

/// A framework on its event stream, as any HTTP scheduler is.
class Framework
{
public:
    /// `info`: members of its FrameworkInfo beside user and name.
    Framework(Cluster &cluster, const QString &name, QJsonObject info = {})
        : m_port(cluster.masterPort())
        , m_stream(m_port, "/api/v1/scheduler", subscribe(name, std::move(info)))
    { }

    ~Framework()
    {
        if (!m_id.isEmpty())
            call({{QStringLiteral("type"), QStringLiteral("TEARDOWN")}});
    }

    EventStream &stream() { return m_stream; }
    QString id() const { return m_id.value(QLatin1String("value")).toString(); }

    /// The first event of this kind that has come and was not asked for before; empty when there is
    /// none.
    QJsonObject next(const char *type)
    {
        m_stream.poll();
        auto &events = m_stream.events;
        const auto at = std::find_if(events.begin(), events.end(), [&](const QJsonObject &event) {
            return event.value(QLatin1String("type")).toString() == QLatin1String(type);
        });
        if (at == events.end())
            return {};
        const QJsonObject event = *at;
        events.erase(at);
        if (event.contains(QLatin1String("subscribed")))
            m_id = event.value(QLatin1String("subscribed"))
                       .toObject()
                       .value(QLatin1String("framework_id"))
                       .toObject();
        return event;
    }

    /// The same, waited for.
    QJsonObject await(const char *type)
    {
        QJsonObject event;
        (void)QTest::qWaitFor([&] { return !(event = next(type)).isEmpty(); }, 30000);
        return event;
    }

    /// The first offer of the next OFFERS event.
    QJsonObject awaitOffer()
    {
        return await("OFFERS")
            .value(QLatin1String("offers"))
            .toObject()
            .value(QLatin1String("offers"))
            .toArray()
            .first()
            .toObject();
    }

    /// The next status of any task; it is acknowledged.
    QJsonObject awaitStatus()
    {
        const QJsonObject status = await("UPDATE")
                                       .value(QLatin1String("update"))
                                       .toObject()
                                       .value(QLatin1String("status"))
                                       .toObject();
        QJsonObject acknowledgement;
        for (const QLatin1String field :
             {QLatin1String("agent_id"), QLatin1String("task_id"), QLatin1String("uuid")})
            acknowledgement.insert(field, status.value(field));
        if (status.contains(QLatin1String("uuid")))
            call({{QStringLiteral("type"), QStringLiteral("ACKNOWLEDGE")},
                  {QStringLiteral("acknowledge"), acknowledgement}});
        return status;
    }

    /// Waits for this state of the only task; false when the task ends otherwise.
    bool awaitState(const QString &state)
    {
        for (;;) {
            const QString now = awaitStatus().value(QLatin1String("state")).toString();
            if (now == state || now.isEmpty())
                return now == state;
        }
    }

    /// Launches a command as a task with 0.1 CPUs and 32 MB on the next offer.
    bool launch(const QByteArray &name, const QString &command)
    {
        const QJsonObject offer = awaitOffer();
        QJsonObject task =
            json("{'name':'" + name + "','task_id':{'value':'" + name
                 + "'},'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},"
                   "{'name':'mem','type':'SCALAR','scalar':{'value':32}}]}");
        task.insert(QLatin1String("agent_id"), offer.value(QLatin1String("agent_id")));
        task.insert(QLatin1String("command"), QJsonObject{{QStringLiteral("value"), command}});
        return accept({offer.value(QLatin1String("id"))}, {task}) == 202;
    }

    int accept(const QJsonArray &offers, const QJsonArray &tasks)
    {
        const QJsonObject launch{
            {QStringLiteral("type"), QStringLiteral("LAUNCH")},
            {QStringLiteral("launch"), QJsonObject{{QStringLiteral("task_infos"), tasks}}}};
        return call({{QStringLiteral("type"), QStringLiteral("ACCEPT")},
                     {QStringLiteral("accept"),
                      QJsonObject{{QStringLiteral("offer_ids"), offers},
                                  {QStringLiteral("operations"), QJsonArray{launch}},
                                  {QStringLiteral("filters"), json("{'refuse_seconds':60}")}}}});
    }

    int call(const QByteArray &text) { return call(json(text)); }
    int call(QJsonObject body)
    {
        if (!body.contains(QLatin1String("framework_id")))
            body.insert(QLatin1String("framework_id"), m_id);
        return postJson(m_port, "/api/v1/scheduler", body,
                        {"Mesos-Stream-Id: " + m_stream.streamId})
            .status();
    }

private:
    static QJsonObject subscribe(const QString &name, QJsonObject info)
    {
        info.insert(QLatin1String("user"), QStringLiteral("root"));
        info.insert(QLatin1String("name"), name);
        return {
            {QStringLiteral("type"), QStringLiteral("SUBSCRIBE")},
            {QStringLiteral("subscribe"), QJsonObject{{QStringLiteral("framework_info"), info}}}};
    }

    quint16 m_port;
    EventStream m_stream;
    QJsonObject m_id;
};

} // namespace meseta::test
