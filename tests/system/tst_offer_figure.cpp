// The figure with which Mesos is always explained, over the real HTTP API: an agent with 4 CPUs and 4 GB is offered whole to the
// first framework, which runs two tasks on it; what they leave is offered to the second.

#include <QtTest>

#include "tests/system/golden/scheduler_replay.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

/// A framework on its event stream.
class Framework
{
public:
    Framework(Cluster &cluster, const QByteArray &name)
        : m_port(cluster.masterPort())
        , m_stream(m_port, "/api/v1/scheduler", json("{'type':'SUBSCRIBE','subscribe':{'framework_info':{'user':'root','name':'" + name + "'}}}"))
    {}

    /// The first event of this kind that has come and was not asked for before; empty when there is none.
    QJsonObject next(const QString &type)
    {
        m_stream.poll();
        auto &events = m_stream.events;
        const auto at = std::find_if(events.begin(), events.end(), [&](const QJsonObject &event) { return event.value("type"_L1).toString() == type; });
        if (at == events.end())
            return {};
        const QJsonObject event = *at;
        events.erase(at);
        if (type == u"SUBSCRIBED"_s)
            m_id = event.value("subscribed"_L1).toObject().value("framework_id"_L1).toObject();
        return event;
    }

    /// The same, waited for.
    QJsonObject await(const QString &type)
    {
        QJsonObject event;
        (void)QTest::qWaitFor([&] { return !(event = next(type)).isEmpty(); }, 10000);
        return event;
    }

    int call(QJsonObject body)
    {
        body.insert("framework_id"_L1, m_id);
        return postJson(m_port, "/api/v1/scheduler", body, {"Mesos-Stream-Id: " + m_stream.streamId}).status();
    }

private:
    quint16 m_port;
    EventStream m_stream;
    QJsonObject m_id;
};

QJsonArray offersOf(const QJsonObject &event)
{
    return event.value("offers"_L1).toObject().value("offers"_L1).toArray();
}

double scalar(const QJsonObject &offer, const QString &name)
{
    for (const QJsonValue &value : offer.value("resources"_L1).toArray()) {
        if (value.toObject().value("name"_L1).toString() == name)
            return value.toObject().value("scalar"_L1).toObject().value("value"_L1).toDouble();
    }
    return 0;
}

QJsonObject task(const QByteArray &name, double cpus, double mem, const QJsonObject &offer)
{
    QJsonObject info = json("{'name':'" + name + "','task_id':{'value':'" + name + "'},'command':{'value':'sleep 1000'},'resources':["
                            "{'name':'cpus','type':'SCALAR','scalar':{'value':" + QByteArray::number(cpus) + "}},"
                            "{'name':'mem','type':'SCALAR','scalar':{'value':" + QByteArray::number(mem) + "}}]}");
    info.insert("agent_id"_L1, offer.value("agent_id"_L1));
    return info;
}

} // namespace

class TestOfferFigure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatTheFirstLeavesIsOfferedToTheSecond()
    {
        Cluster cluster;
        const auto master = cluster.startMaster();
        QVERIFY2(master, master ? "" : master.error().message.c_str());
        const auto agent = cluster.startAgent({u"--resources=cpus:4;mem:4096;disk:0;ports:[]"_s});
        QVERIFY2(agent, agent ? "" : agent.error().message.c_str());

        Framework first(cluster, "framework 1");
        QVERIFY(!first.await(u"SUBSCRIBED"_s).isEmpty());
        const QJsonArray toFirst = offersOf(first.await(u"OFFERS"_s));
        QCOMPARE(toFirst.size(), 1);
        const QJsonObject whole = toFirst.first().toObject();
        QCOMPARE(scalar(whole, u"cpus"_s), 4.0);
        QCOMPARE(scalar(whole, u"mem"_s), 4096.0);

        const QJsonObject launch{{u"type"_s, u"LAUNCH"_s},
                                 {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{task("task 1", 2, 1024, whole), task("task 2", 1, 2048, whole)}}}}};
        const QJsonObject accept{{u"offer_ids"_s, QJsonArray{whole.value("id"_L1)}}, {u"operations"_s, QJsonArray{launch}}, {u"filters"_s, json("{'refuse_seconds':60}")}};
        QCOMPARE(first.call({{u"type"_s, u"ACCEPT"_s}, {u"accept"_s, accept}}), 202);
        QVERIFY(!first.await(u"UPDATE"_s).isEmpty());

        Framework second(cluster, "framework 2");
        QVERIFY(!second.await(u"SUBSCRIBED"_s).isEmpty());
        const QJsonArray toSecond = offersOf(second.await(u"OFFERS"_s));
        QCOMPARE(toSecond.size(), 1);
        const QJsonObject rest = toSecond.first().toObject();
        QCOMPARE(scalar(rest, u"cpus"_s), 1.0);
        QCOMPARE(scalar(rest, u"mem"_s), 1024.0);
        QCOMPARE(rest.value("agent_id"_L1), whole.value("agent_id"_L1));
        QVERIFY2(first.next(u"OFFERS"_s).isEmpty(), "the first framework refused the rest for a minute");
    }
};

QTEST_GUILESS_MAIN(TestOfferFigure)
#include "tst_offer_figure.moc"
