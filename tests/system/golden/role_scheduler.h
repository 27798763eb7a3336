#pragma once

#include "tests/system/golden/json_parts.h"
#include "tests/system/golden/scheduler_replay.h"

namespace meseta::test {

using namespace Qt::StringLiterals;
using parts::id;
using parts::member;

/// A scheduler that is offered one role at a time and acknowledges everything.
class RoleScheduler
{
public:
    explicit RoleScheduler(Cluster &cluster) : m_cluster(cluster) { }

    QJsonObject info() const
    {
        QJsonObject framework = json(
            "{'user':'root','name':'" + name
            + "','failover_timeout':600,'checkpoint':true,'roles':['*','r1'],"
              "'hostname':'127.0.0.1','principal':'golden','webui_url':'http://127.0.0.1:9/',"
              "'capabilities':[{'type':'PARTITION_AWARE'},{'type':'MULTI_ROLE'},{'type':'"
              "RESERVATION_REFINEMENT'},"
              "{'type':'TASK_KILLING_STATE'}],'labels':{'labels':[{'key':'team','value':'x'}]}}");
        if (!frameworkId.isEmpty())
            framework.insert("id"_L1, QJsonObject{{u"value"_s, frameworkId}});
        return framework;
    }

    bool subscribe()
    {
        QJsonObject call{{u"type"_s, u"SUBSCRIBE"_s},
                         {u"subscribe"_s, QJsonObject{{u"framework_info"_s, info()}}}};
        if (!frameworkId.isEmpty())
            call.insert("framework_id"_L1, QJsonObject{{u"value"_s, frameworkId}});
        m_stream = std::make_unique<EventStream>(m_cluster.masterPort(), "/api/v1/scheduler", call);
        m_subscribed = false;
        return waitFor([&] { return m_subscribed; });
    }

    void disconnect() { m_stream.reset(); }

    bool call(const QByteArray &text) { return call(json(text)); }
    bool call(QJsonObject body)
    {
        body.insert("framework_id"_L1, QJsonObject{{u"value"_s, frameworkId}});
        const Answer answer = postJson(m_cluster.masterPort(), "/api/v1/scheduler", body,
                                       {"Mesos-Stream-Id: " + m_stream->streamId});
        return answer.status() == 202 || answer.status() == 200;
    }

    /// Has everything on offer in this role, launches the task and waits for its state; under the
    /// default executor of this id when one is given.
    bool launch(const QString &role, const QString &agent, QJsonObject task, const QString &state,
                const QString &executor = {})
    {
        const QString other = role == u"*"_s ? u"r1"_s : u"*"_s;
        call("{'type':'SUPPRESS','suppress':{'roles':['" + other.toUtf8() + "']}}");
        call("{'type':'REVIVE','revive':{'roles':['" + role.toUtf8() + "']}}");
        const auto usable = [&](const QJsonObject &offer) {
            return id(offer, "agent_id"_L1) == agent
                && member(offer, "allocation_info"_L1).value("role"_L1).toString() == role;
        };
        QJsonArray ids;
        const bool offered = waitFor([&] {
            for (const QJsonObject &offer : std::exchange(m_offers, {})) {
                if (usable(offer) && ids.isEmpty())
                    ids.append(offer.value("id"_L1));
                else
                    call({{u"type"_s, u"DECLINE"_s},
                          {u"decline"_s,
                           QJsonObject{{u"offer_ids"_s, QJsonArray{offer.value("id"_L1)}},
                                       {u"filters"_s, json("{'refuse_seconds':0}")}}}});
            }
            return !ids.isEmpty();
        });
        task.insert("agent_id"_L1, QJsonObject{{u"value"_s, agent}});
        task.insert("resources"_L1,
                    json("{'r':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},{'name':'"
                         "mem','type':'SCALAR','scalar':{'value':32}}]}")
                        .value("r"_L1));
        const QJsonObject launch = executor.isEmpty()
            ? QJsonObject{{u"type"_s, u"LAUNCH"_s},
                          {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{task}}}}}
            : QJsonObject{
                {u"type"_s, u"LAUNCH_GROUP"_s},
                {u"launch_group"_s,
                 QJsonObject{{u"executor"_s, defaultExecutor(executor)},
                             {u"task_group"_s, QJsonObject{{u"tasks"_s, QJsonArray{task}}}}}}};
        const QJsonObject accept{{u"offer_ids"_s, ids},
                                 {u"operations"_s, QJsonArray{launch}},
                                 {u"filters"_s, json("{'refuse_seconds':0}")}};
        const QString taskId = id(task, "task_id"_L1);
        return offered && call({{u"type"_s, u"ACCEPT"_s}, {u"accept"_s, accept}})
            && waitFor([&] { return states.value(taskId) == state; });
    }

    /// Keeps what is offered from now on to both its roles, all there is, and wants no more.
    bool holdOffers(double cpus)
    {
        call("{'type':'REVIVE'}");
        const bool offered = waitFor([&] {
            double sum = 0;
            for (const QJsonObject &offer : m_offers) {
                for (const QJsonValue &resource : offer.value("resources"_L1).toArray()) {
                    if (resource.toObject().value("name"_L1).toString() == u"cpus"_s)
                        sum +=
                            member(resource.toObject(), "scalar"_L1).value("value"_L1).toDouble();
                }
            }
            return sum > cpus - 0.01;
        });
        return offered && call("{'type':'SUPPRESS'}");
    }

    bool waitFor(const std::function<bool()> &done)
    {
        return QTest::qWaitFor(
            [&] {
                poll();
                return done();
            },
            30000);
    }

    QByteArray name = "golden";
    QString frameworkId;
    QHash<QString, QString> states;

private:
    QJsonObject defaultExecutor(const QString &executorId) const
    {
        QJsonObject executor =
            json("{'type':'DEFAULT','resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':"
                 "0.1}},{'name':'mem','type':'SCALAR','scalar':{'value':32}},{'name':'disk',"
                 "'type':'SCALAR','scalar':{'value':10}}]}");
        executor.insert("executor_id"_L1, QJsonObject{{u"value"_s, executorId}});
        executor.insert("framework_id"_L1, QJsonObject{{u"value"_s, frameworkId}});
        return executor;
    }

    void poll()
    {
        if (!m_stream)
            return;
        m_stream->poll();
        for (const QJsonObject &event : std::exchange(m_stream->events, {}))
            take(event);
    }

    void take(const QJsonObject &event)
    {
        if (event.contains("subscribed"_L1)) {
            frameworkId = id(member(event, "subscribed"_L1), "framework_id"_L1);
            m_subscribed = true;
        }
        for (const QJsonValue &offer : member(event, "offers"_L1).value("offers"_L1).toArray())
            m_offers.push_back(offer.toObject());
        const QString rescinded = id(member(event, "rescind"_L1), "offer_id"_L1);
        std::erase_if(m_offers, [&rescinded](const QJsonObject &offer) {
            return id(offer, "id"_L1) == rescinded;
        });
        const QJsonObject status = member(member(event, "update"_L1), "status"_L1);
        if (status.isEmpty())
            return;
        states.insert(id(status, "task_id"_L1), status.value("state"_L1).toString());
        if (!status.contains("uuid"_L1))
            return;
        QJsonObject body;
        for (const auto field : {"agent_id"_L1, "task_id"_L1, "uuid"_L1})
            body.insert(field, status.value(field));
        call({{u"type"_s, u"ACKNOWLEDGE"_s}, {u"acknowledge"_s, body}});
    }

    Cluster &m_cluster;
    std::unique_ptr<EventStream> m_stream;
    std::vector<QJsonObject> m_offers;
    bool m_subscribed = false;
};

} // namespace meseta::test
