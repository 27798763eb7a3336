#include <QtTest>

#include "common/base/simulated_clock.h"
#include "daemons/execute/run/status_text.h"
#include "daemons/execute/run/task_run.h"

using namespace meseta;
using namespace meseta::execute;
using namespace std::chrono_literals;
using mesos::v1::TaskStatus;
using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

/// The run as a master sees it: events in, calls out.
class TestTaskRun : public QObject
{
    Q_OBJECT

    std::unique_ptr<SimulatedClock> m_clock;
    std::unique_ptr<TaskRun> m_run;
    std::vector<Call> m_calls;
    std::string m_printed;
    std::string m_hints;
    int m_asked = 0;
    std::optional<int> m_exitCode;

    void beginGroup()
    {
        begin();
        TaskOrder order;
        order.framework.set_user("root");
        order.framework.set_name("mesos-execute instance");
        order.framework.set_role("*");
        order.group.emplace();
        for (const char *id : {"a", "b"}) {
            mesos::v1::TaskInfo &task = *order.group->add_tasks();
            task.set_name(id);
            task.mutable_task_id()->set_value(id);
            *task.mutable_resources() = Resources::parse("cpus:1;mem:64")->proto();
        }
        m_run = std::make_unique<TaskRun>(order, *m_clock, effects());
    }

    void begin(std::optional<Duration> killAfter = {}, const char *role = "*")
    {
        TaskOrder order;
        order.framework.set_user("root");
        order.framework.set_name("mesos-execute instance");
        order.framework.set_role(role);
        order.task.set_name("test");
        order.task.mutable_task_id()->set_value("test");
        *order.task.mutable_resources() = Resources::parse("cpus:1;mem:128")->proto();
        order.killAfter = killAfter;
        m_run = std::make_unique<TaskRun>(order, *m_clock, effects());
    }

    TaskRunEffects effects()
    {
        TaskRunEffects effects;
        effects.send = [this](const Call &call) { m_calls.push_back(call); };
        effects.print = [this](const std::string &text) { m_printed += text; };
        effects.hint = [this](const std::string &text) { m_hints += text; };
        effects.askWhyNoOffer = [this] { ++m_asked; };
        effects.finish = [this](int code) { m_exitCode = code; };
        return effects;
    }

    void subscribed()
    {
        Event event;
        event.set_type(Event::SUBSCRIBED);
        event.mutable_subscribed()->mutable_framework_id()->set_value("M1-0000");
        m_run->onEvent(event);
    }

    void offer(const char *resources, const char *id = "M1-O0")
    {
        Event event;
        event.set_type(Event::OFFERS);
        mesos::v1::Offer *offer = event.mutable_offers()->add_offers();
        offer->mutable_id()->set_value(id);
        offer->mutable_framework_id()->set_value("M1-0000");
        offer->mutable_agent_id()->set_value("M1-S0");
        offer->set_hostname("agent.example");
        *offer->mutable_resources() = Resources::parse(resources)->proto();
        m_run->onEvent(event);
    }

    void update(mesos::v1::TaskState state, const char *uuid = "0123456789abcdef",
                const char *task = "test")
    {
        Event event;
        event.set_type(Event::UPDATE);
        TaskStatus *status = event.mutable_update()->mutable_status();
        status->mutable_task_id()->set_value(task);
        status->mutable_agent_id()->set_value("M1-S0");
        status->set_state(state);
        if (uuid != nullptr)
            status->set_uuid(uuid);
        m_run->onEvent(event);
    }

    std::vector<std::string> callNames() const
    {
        std::vector<std::string> names;
        for (const Call &call : m_calls)
            names.push_back(Call::Type_Name(call.type()));
        return names;
    }

private Q_SLOTS:
    void init()
    {
        m_run.reset();
        m_clock = std::make_unique<SimulatedClock>();
        m_calls.clear();
        m_printed.clear();
        m_hints.clear();
        m_asked = 0;
        m_exitCode.reset();
    }

    void aGroupStartsTogetherUnderTheDefaultExecutor()
    {
        beginGroup();
        subscribed();
        offer("cpus:2;mem:2048;disk:100"); // too little for both and their executor
        offer("cpus:4;mem:2048;disk:100");
        QCOMPARE(callNames(), (std::vector<std::string>{"DECLINE", "ACCEPT", "SUPPRESS"}));
        const auto &operation = m_calls[1].accept().operations(0);
        QCOMPARE(operation.type(), mesos::v1::Offer::Operation::LAUNCH_GROUP);
        const auto &launch = operation.launch_group();
        QCOMPARE(launch.executor().type(), mesos::v1::ExecutorInfo::DEFAULT);
        QCOMPARE(launch.executor().framework_id().value(), std::string("M1-0000"));
        QCOMPARE(Resources(launch.executor().resources()).scalar("mem"), 32.0);
        QCOMPARE(launch.task_group().tasks_size(), 2);
        QCOMPARE(launch.task_group().tasks(1).agent_id().value(), std::string("M1-S0"));
        QCOMPARE(Resources(launch.task_group().tasks(1).resources()).scalar("mem"), 64.0);
        QVERIFY(m_printed.find("Submitted task group with tasks [ a, b ] to agent 'M1-S0'")
                != std::string::npos);
        update(mesos::v1::TASK_RUNNING, "0123456789abcdef", "a");
        update(mesos::v1::TASK_FINISHED, "0123456789abcdef", "a");
        QVERIFY(!m_exitCode);
        update(mesos::v1::TASK_FINISHED, "0123456789abcdef", "b");
        QCOMPARE(m_exitCode.value(), TaskRun::finished);
    }

    void aGroupFailsWithOneOfItsTasks()
    {
        beginGroup();
        subscribed();
        offer("cpus:4;mem:2048;disk:100");
        update(mesos::v1::TASK_FAILED, "0123456789abcdef", "a");
        QVERIFY(!m_exitCode); // the other one is being killed
        m_calls.clear();
        m_run->interrupt();
        QCOMPARE(callNames(), (std::vector<std::string>{"KILL"}));
        QCOMPARE(m_calls[0].kill().task_id().value(), std::string("b"));
        update(mesos::v1::TASK_KILLED, "0123456789abcdef", "b");
        QCOMPARE(m_exitCode.value(), TaskRun::failed);
    }

    void theWholeStory()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        update(mesos::v1::TASK_STARTING);
        update(mesos::v1::TASK_RUNNING);
        update(mesos::v1::TASK_FINISHED);
        QCOMPARE(callNames(),
                 (std::vector<std::string>{"ACCEPT", "SUPPRESS", "ACKNOWLEDGE", "ACKNOWLEDGE",
                                           "ACKNOWLEDGE"}));
        QCOMPARE(m_printed,
                 std::string("Subscribed with ID M1-0000\n"
                             "Submitted task 'test' to agent 'M1-S0'\n"
                             "Received status update TASK_STARTING for task 'test'\n"
                             "Received status update TASK_RUNNING for task 'test'\n"
                             "Received status update TASK_FINISHED for task 'test'\n"));
        QCOMPARE(m_exitCode, std::optional(0));

        const Call &accept = m_calls.front();
        QCOMPARE(accept.framework_id().value(), std::string("M1-0000"));
        QCOMPARE(accept.accept().offer_ids(0).value(), std::string("M1-O0"));
        const mesos::v1::TaskInfo &task = accept.accept().operations(0).launch().task_infos(0);
        QCOMPARE(task.agent_id().value(), std::string("M1-S0"));
        QVERIFY(Resources(task.resources()) == *Resources::parse("cpus:1;mem:128"));
        const Call &acknowledge = m_calls[2];
        QCOMPARE(acknowledge.acknowledge().uuid(), std::string("0123456789abcdef"));
        QCOMPARE(acknowledge.acknowledge().task_id().value(), std::string("test"));
    }

    void anyOtherEndIsAFailure_data()
    {
        QTest::addColumn<int>("state");
        for (const auto state :
             {mesos::v1::TASK_FAILED, mesos::v1::TASK_KILLED, mesos::v1::TASK_LOST,
              mesos::v1::TASK_ERROR, mesos::v1::TASK_DROPPED, mesos::v1::TASK_GONE,
              mesos::v1::TASK_GONE_BY_OPERATOR})
            QTest::addRow("%s", TaskState_Name(state).c_str()) << static_cast<int>(state);
    }

    void anyOtherEndIsAFailure()
    {
        QFETCH(int, state);
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        update(static_cast<mesos::v1::TaskState>(state));
        QCOMPARE(m_exitCode, std::optional(1));
    }

    void unreachableIsNotTheEnd()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        update(mesos::v1::TASK_UNREACHABLE, nullptr);
        QVERIFY(!m_exitCode.has_value());
        QCOMPARE(callNames().back(),
                 std::string("SUPPRESS")); // without a uuid nothing is acknowledged
    }

    void statusLinesTellWhatIsSet()
    {
        TaskStatus status;
        status.mutable_task_id()->set_value("test");
        status.set_state(mesos::v1::TASK_FAILED);
        status.set_message("Memory limit exceeded");
        status.set_source(TaskStatus::SOURCE_AGENT);
        status.set_reason(TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY);
        status.set_healthy(false);
        *status.mutable_limitation()->mutable_resources() = Resources::parse("mem:64")->proto();
        QCOMPARE(statusText(status),
                 std::string("Received status update TASK_FAILED for task 'test'\n"
                             "  message: 'Memory limit exceeded'\n"
                             "  source: SOURCE_AGENT\n"
                             "  reason: REASON_CONTAINER_LIMITATION_MEMORY\n"
                             "  healthy?: 0\n"
                             "  resource limit violation: mem:64\n"));
    }

    void offersThatAreTooSmallAreDeclinedAndLaterOnesTaken()
    {
        begin();
        subscribed();
        offer("cpus:0.5;mem:2048", "M1-O0");
        QCOMPARE(callNames(), (std::vector<std::string>{"DECLINE"}));
        offer("cpus:1;mem:128", "M1-O1");
        QCOMPARE(callNames(), (std::vector<std::string>{"DECLINE", "ACCEPT", "SUPPRESS"}));
        offer("cpus:9;mem:999", "M1-O2");
        QCOMPARE(callNames().back(), std::string("DECLINE"));
    }

    void whoWaitsIsToldForWhatAndWhy()
    {
        begin();
        subscribed();
        m_clock->advance(4s);
        QVERIFY(m_hints.empty());
        m_clock->advance(1s);
        QVERIFY2(m_hints.find("cpus:1; mem:128") != std::string::npos, m_hints.c_str());
        QVERIFY2(m_hints.find("no offer has come yet") != std::string::npos, m_hints.c_str());
        QCOMPARE(m_asked, 1);

        m_hints.clear();
        offer("cpus:0.5;mem:2048");
        m_clock->advance(60s);
        QVERIFY2(
            m_hints.find("1 offer was too small, the last one cpus:0.5; mem:2048 on agent.example")
                != std::string::npos,
            m_hints.c_str());

        m_hints.clear();
        std::vector<meseta::v1::OfferDecision> decisions(4);
        decisions[3].set_gate(
            meseta::v1::OfferDecision::FILTER); // that offer was declined here: no news
        decisions[0].set_gate(meseta::v1::OfferDecision::NOTHING_LEFT);
        decisions[1].set_gate(meseta::v1::OfferDecision::NOTHING_LEFT);
        decisions[2].set_gate(meseta::v1::OfferDecision::AGENT_INACTIVE);
        decisions[2].set_detail("draining");
        m_run->onDecisions(decisions);
        QCOMPARE(
            m_hints,
            std::string("  1 agent: the agent is disconnected, deactivated or draining (draining)\n"
                        "  2 agents: nothing is free for the role\n"));
        offer("cpus:1;mem:128");
        m_clock->advance(10min);
        QCOMPARE(m_asked, 2); // nobody waits any more
    }

    void ctrlCKillsAndWaits()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        update(mesos::v1::TASK_RUNNING);
        m_run->interrupt();
        QCOMPARE(callNames().back(), std::string("KILL"));
        QCOMPARE(m_calls.back().kill().task_id().value(), std::string("test"));
        QCOMPARE(m_calls.back().kill().agent_id().value(), std::string("M1-S0"));
        QVERIFY(m_printed.ends_with("Asked to kill task 'test' on agent 'M1-S0'\n"));
        QVERIFY(!m_exitCode.has_value());
        update(mesos::v1::TASK_KILLED);
        QCOMPARE(m_exitCode, std::optional(1));
    }

    void aSecondCtrlCDoesNotWait()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        m_run->interrupt();
        m_run->interrupt();
        QCOMPARE(m_exitCode, std::optional(1));
        m_run->interrupt();
    }

    void aKillThatNobodyAnswersIsNotWaitedForForever()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        m_run->interrupt();
        m_clock->advance(59s);
        QVERIFY(!m_exitCode.has_value());
        m_clock->advance(1s);
        QCOMPARE(m_exitCode, std::optional(1));
    }

    void ctrlCBeforeTheLaunchLeaves()
    {
        begin();
        m_run->interrupt();
        QCOMPARE(m_exitCode, std::optional(1));
        QVERIFY(m_calls.empty());
    }

    void killAfterCountsFromRunning()
    {
        begin(10s);
        subscribed();
        offer("cpus:4;mem:2048");
        update(mesos::v1::TASK_STARTING);
        m_clock->advance(1min);
        QVERIFY(callNames().back() != "KILL");
        update(mesos::v1::TASK_RUNNING);
        update(mesos::v1::TASK_RUNNING); // a health update does not start it again
        m_clock->advance(9s);
        QVERIFY(callNames().back() != "KILL");
        m_clock->advance(1s);
        QCOMPARE(callNames().back(), std::string("KILL"));
    }

    void aLostConnectionIsMadeUpFor()
    {
        begin();
        subscribed();
        offer("cpus:4;mem:2048");
        m_run->interrupt();
        m_calls.clear();
        QCOMPARE(m_run->framework().id().value(), std::string("M1-0000"));
        subscribed();
        QCOMPARE(callNames(), (std::vector<std::string>{"RECONCILE", "KILL"}));
        QCOMPARE(m_calls[0].reconcile().tasks(0).task_id().value(), std::string("test"));
    }

    void anErrorEndsIt()
    {
        begin();
        Event event;
        event.set_type(Event::ERROR);
        event.mutable_error()->set_message("Framework has been removed");
        m_run->onEvent(event);
        QCOMPARE(m_exitCode, std::optional(1));
        QVERIFY(m_hints.find("Framework has been removed") != std::string::npos);
    }

    void reservedResourcesOfTheRoleAreUsed()
    {
        begin({}, "ads");
        subscribed();
        offer("cpus(ads):1;mem:2048");
        const auto &task = m_calls.front().accept().operations(0).launch().task_infos(0);
        QVERIFY(Resources(task.resources()) == *Resources::parse("cpus(ads):1;mem:128"));
    }
};

QTEST_APPLESS_MAIN(TestTaskRun)
#include "tst_task_run.moc"
