// The figure with which Mesos is always explained, over the real HTTP API: an agent with 4 CPUs and
// 4 GB is offered whole to the first framework, which runs two tasks on it; what they leave is
// offered to the second.

#include <QtTest>

#include "tests/system/framework.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

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
    QJsonObject info = json("{'name':'" + name + "','task_id':{'value':'" + name
                            + "'},'command':{'value':'sleep 1000'},'resources':["
                              "{'name':'cpus','type':'SCALAR','scalar':{'value':"
                            + QByteArray::number(cpus)
                            + "}},"
                              "{'name':'mem','type':'SCALAR','scalar':{'value':"
                            + QByteArray::number(mem) + "}}]}");
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

        Framework first(cluster, u"framework 1"_s);
        QVERIFY(!first.await("SUBSCRIBED").isEmpty());
        const QJsonArray toFirst = offersOf(first.await("OFFERS"));
        QCOMPARE(toFirst.size(), 1);
        const QJsonObject whole = toFirst.first().toObject();
        QCOMPARE(scalar(whole, u"cpus"_s), 4.0);
        QCOMPARE(scalar(whole, u"mem"_s), 4096.0);

        const QJsonObject launch{{u"type"_s, u"LAUNCH"_s},
                                 {u"launch"_s,
                                  QJsonObject{{u"task_infos"_s,
                                               QJsonArray{task("task 1", 2, 1024, whole),
                                                          task("task 2", 1, 2048, whole)}}}}};
        const QJsonObject accept{{u"offer_ids"_s, QJsonArray{whole.value("id"_L1)}},
                                 {u"operations"_s, QJsonArray{launch}},
                                 {u"filters"_s, json("{'refuse_seconds':60}")}};
        QCOMPARE(first.call({{u"type"_s, u"ACCEPT"_s}, {u"accept"_s, accept}}), 202);
        QVERIFY(!first.await("UPDATE").isEmpty());

        Framework second(cluster, u"framework 2"_s);
        QVERIFY(!second.await("SUBSCRIBED").isEmpty());
        const QJsonArray toSecond = offersOf(second.await("OFFERS"));
        QCOMPARE(toSecond.size(), 1);
        const QJsonObject rest = toSecond.first().toObject();
        QCOMPARE(scalar(rest, u"cpus"_s), 1.0);
        QCOMPARE(scalar(rest, u"mem"_s), 1024.0);
        QCOMPARE(rest.value("agent_id"_L1), whole.value("agent_id"_L1));
        QVERIFY2(first.next("OFFERS").isEmpty(),
                 "the first framework refused the rest for a minute");
    }
};

QTEST_GUILESS_MAIN(TestOfferFigure)
#include "tst_offer_figure.moc"
