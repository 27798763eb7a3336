#include <QtTest>

#include "common/resources/attributes.h"
#include "common/resources/resources.h"
#include "daemons/agent/checkpoint/compatibility.h"

using namespace meseta;
using namespace meseta::agent;

/// Which agent may go on as the earlier one of its work_dir.
class TestReconfiguration : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void changes_data();
    void changes();
    void refusalNamesTheTask();
    void withNothingRunningItBecomesANewAgent();
    void afterARebootItBecomesANewAgent();
    void portMattersToExecutorsOnly();
    void endedTasksNeedNoRoom();
};

namespace {

mesos::v1::AgentInfo agentOf(const char *resources, const char *attributes,
                             const char *hostname = "h")
{
    mesos::v1::AgentInfo info;
    info.set_hostname(hostname);
    info.set_port(5051);
    *info.mutable_resources() = Resources::parse(resources)->proto();
    if (*attributes != '\0') {
        const auto parsed = parseAttributes(attributes);
        info.mutable_attributes()->Assign(parsed->begin(), parsed->end());
    }
    return info;
}

/// An agent with four CPUs, ports and a rack, and a task of two CPUs and a port.
RecoveredAgent running()
{
    RecoveredAgent earlier;
    earlier.info = agentOf("cpus:4;mem:1024;ports:[31000-32000]", "rack:a;zones:[1-10]");
    earlier.info->mutable_id()->set_value("S1");
    RecoveredFramework framework;
    framework.info.mutable_id()->set_value("F");
    RecoveredRun run;
    run.isCommand = true;
    run.info.mutable_executor_id()->set_value("web");
    RecoveredTask task;
    task.kept.task.mutable_task_id()->set_value("web");
    *task.kept.task.mutable_resources() =
        Resources::parse("cpus:2;mem:512;ports:[31005-31005]")->allocated("*").proto();
    run.tasks.push_back(task);
    framework.runs.push_back(run);
    earlier.frameworks.push_back(framework);
    return earlier;
}

} // namespace

void TestReconfiguration::changes_data()
{
    QTest::addColumn<QByteArray>("resources");
    QTest::addColumn<QByteArray>("attributes");
    QTest::addColumn<QByteArray>("accepting"); // f what fits, e equal, a additive
    const auto row = [](const char *name, const char *resources, const char *attributes,
                        const char *accepting) {
        QTest::newRow(name) << QByteArray(resources) << QByteArray(attributes)
                            << QByteArray(accepting);
    };
    const char *before = "cpus:4;mem:1024;ports:[31000-32000]";
    const char *marks = "rack:a;zones:[1-10]";
    row("nothing", before, marks, "fea");
    row("more memory", "cpus:4;mem:2048;ports:[31000-32000]", marks, "fa");
    row("more ports", "cpus:4;mem:1024;ports:[30000-33000]", marks, "fa");
    row("another resource", "cpus:4;mem:1024;ports:[31000-32000];gpus:1", marks, "fa");
    row("less, but enough", "cpus:2;mem:512;ports:[31005-31005]", marks, "f");
    row("too few cpus", "cpus:1;mem:1024;ports:[31000-32000]", marks, "");
    row("its port is gone", "cpus:4;mem:1024;ports:[31006-32000]", marks, "");
    row("another rack", before, "rack:b;zones:[1-10]", "f");
    row("one more attribute", before, "rack:a;zones:[1-10];os:x", "fa");
    row("wider range", before, "rack:a;zones:[1-20]", "fa");
    row("narrower range", before, "rack:a;zones:[1-5]", "f");
    row("no attributes", before, "", "f");
}

void TestReconfiguration::changes()
{
    QFETCH(QByteArray, resources);
    QFETCH(QByteArray, attributes);
    QFETCH(QByteArray, accepting);
    const auto now = agentOf(resources.constData(), attributes.constData());
    const std::map<char, ReconfigurationPolicy> policies{{'f', ReconfigurationPolicy::WhatFits},
                                                         {'e', ReconfigurationPolicy::Equal},
                                                         {'a', ReconfigurationPolicy::Additive}};
    for (const auto &[letter, policy] : policies) {
        const auto answer = continuation(running(), now, policy);
        QVERIFY2(answer.has_value() == accepting.contains(letter),
                 answer ? "accepted" : answer.error().message.c_str());
        if (answer)
            QCOMPARE(*answer, Continuation::SameAgent);
    }
}

void TestReconfiguration::refusalNamesTheTask()
{
    const auto answer =
        continuation(running(), agentOf("cpus:1;mem:1024", ""), ReconfigurationPolicy::WhatFits);
    QVERIFY(!answer);
    const QString words = QString::fromStdString(answer.error().message);
    QVERIFY2(words.contains(QLatin1String("task 'web' of framework 'F'")), qPrintable(words));
    QVERIFY2(words.contains(QLatin1String("--recover=cleanup")), qPrintable(words));
    QVERIFY2(!words.contains(QLatin1String("rm ")), qPrintable(words));
}

void TestReconfiguration::withNothingRunningItBecomesANewAgent()
{
    RecoveredAgent idle = running();
    std::swap(idle.frameworks[0].runs, idle.frameworks[0].history); // all of it is over
    const auto renamed = agentOf("cpus:4;mem:1024;ports:[31000-32000]", "", "another");
    QCOMPARE(*continuation(idle, renamed, ReconfigurationPolicy::WhatFits), Continuation::NewAgent);
    QVERIFY(!continuation(running(), renamed, ReconfigurationPolicy::WhatFits));
}

void TestReconfiguration::afterARebootItBecomesANewAgent()
{
    RecoveredAgent earlier = running();
    earlier.rebooted = true;
    QCOMPARE(*continuation(earlier, agentOf("cpus:1", ""), ReconfigurationPolicy::WhatFits),
             Continuation::SameAgent);
    QCOMPARE(*continuation(earlier, agentOf("cpus:1", ""), ReconfigurationPolicy::Equal),
             Continuation::NewAgent);
}

void TestReconfiguration::portMattersToExecutorsOnly()
{
    auto now = agentOf("cpus:4;mem:1024;ports:[31000-32000]", "rack:a;zones:[1-10]");
    now.set_port(6000);
    RecoveredAgent earlier = running();
    QVERIFY(continuation(earlier, now, ReconfigurationPolicy::WhatFits).has_value());
    earlier.frameworks[0].runs[0].isCommand = false;
    const auto answer = continuation(earlier, now, ReconfigurationPolicy::WhatFits);
    QVERIFY(!answer);
    QVERIFY(answer.error().message.find("--port") != std::string::npos);
}

void TestReconfiguration::endedTasksNeedNoRoom()
{
    RecoveredAgent earlier = running();
    mesos::internal::StatusUpdate update;
    update.mutable_status()->set_state(mesos::v1::TASK_FINISHED);
    earlier.frameworks[0].runs[0].tasks[0].updates.push_back(update);
    QVERIFY(
        continuation(earlier, agentOf("cpus:1", ""), ReconfigurationPolicy::WhatFits).has_value());
}

QTEST_GUILESS_MAIN(TestReconfiguration)
#include "tst_reconfiguration.moc"
