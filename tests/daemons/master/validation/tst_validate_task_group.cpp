#include <QtTest>

#include "samples.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::samples;
using namespace mesos::v1;

namespace {

TaskGroupInfo groupOf(const std::vector<TaskInfo> &tasks)
{
    TaskGroupInfo group;
    for (const TaskInfo &one : tasks)
        *group.add_tasks() = one;
    return group;
}

TaskInfo taskWithCgroups(const std::string &id, bool shared)
{
    TaskInfo whole = task(id);
    whole.mutable_container()->set_type(ContainerInfo::MESOS);
    whole.mutable_container()->mutable_linux_info()->set_share_cgroups(shared);
    return whole;
}

} // namespace

class TestTaskGroup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ordinaryGroup();
    void badTaskIsNamed();
    void sameIdTwice();
    void healthCheckOnOwnNetwork();
    void dockerTask();
    void limitsNeedOwnCgroups();
    void executorKind();
    void executorOfATask();
    void executorSize();
    void resourcesTogether();
    void fitsTheOffer();
    void cgroupsAreAlike();
    void taskThatNeedsNoCommand();

private:
    std::string refusalOfExecutor(const std::function<void(ExecutorInfo &)> &change) const
    {
        ExecutorInfo executor = defaultExecutor("dx");
        change(executor);
        return m_bench.refusal(groupOf({task("t")}), executor);
    }

    Bench m_bench;
};

void TestTaskGroup::ordinaryGroup()
{
    ACCEPTED(m_bench.refusal(groupOf({task("a"), task("b")}), defaultExecutor("dx")));
    ExecutorInfo custom = customExecutor("cx");
    custom.set_type(ExecutorInfo::CUSTOM);
    *custom.mutable_resources() = resources("cpus:0.1;mem:32;disk:1");
    ACCEPTED(m_bench.refusal(groupOf({task("a")}), custom));
}

void TestTaskGroup::badTaskIsNamed()
{
    REFUSED(m_bench.refusal(groupOf({task("a"), task("b/c")}), defaultExecutor("dx")),
            "Task 'b/c' is invalid");
}

void TestTaskGroup::sameIdTwice()
{
    REFUSED(m_bench.refusal(groupOf({task("a"), task("a")}), defaultExecutor("dx")),
            "the id is that of another task of the group");
}

void TestTaskGroup::healthCheckOnOwnNetwork()
{
    TaskInfo own = task("a");
    own.mutable_container()->set_type(ContainerInfo::MESOS);
    own.mutable_container()->add_network_infos()->set_name("n");
    own.mutable_health_check()->set_type(HealthCheck::COMMAND);
    own.mutable_health_check()->mutable_command()->set_value("true");
    ACCEPTED(m_bench.refusal(groupOf({own}), defaultExecutor("dx")));
    own.mutable_health_check()->set_type(HealthCheck::TCP);
    own.mutable_health_check()->mutable_tcp()->set_port(80);
    REFUSED(m_bench.refusal(groupOf({own}), defaultExecutor("dx")), "HTTP and TCP health checks");
    own.mutable_container()->clear_network_infos();
    ACCEPTED(m_bench.refusal(groupOf({own}), defaultExecutor("dx")));
}

void TestTaskGroup::dockerTask()
{
    TaskInfo docker = task("a");
    docker.mutable_container()->set_type(ContainerInfo::DOCKER);
    docker.mutable_container()->mutable_docker()->set_image("x");
    REFUSED(m_bench.refusal(groupOf({docker}), defaultExecutor("dx")), "DOCKER");
}

void TestTaskGroup::limitsNeedOwnCgroups()
{
    TaskInfo limited = task("a");
    (*limited.mutable_limits())["cpus"].set_value(1);
    REFUSED(m_bench.refusal(groupOf({limited}), defaultExecutor("dx")), "share_cgroups");
    TaskInfo own = taskWithCgroups("a", false);
    (*own.mutable_limits())["cpus"].set_value(1);
    ACCEPTED(m_bench.refusal(groupOf({own}), defaultExecutor("dx")));
}

void TestTaskGroup::executorKind()
{
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) { e.clear_type(); }),
            "'ExecutorInfo.type' is missing");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) { e.set_type(ExecutorInfo::UNKNOWN); }),
            "DEFAULT or CUSTOM");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) { e.clear_framework_id(); }),
            "'ExecutorInfo.framework_id' is missing");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) { e.mutable_command()->set_value("x"); }),
            "'ExecutorInfo.command' is set");
    REFUSED(refusalOfExecutor(
                [](ExecutorInfo &e) { e.mutable_container()->set_type(ContainerInfo::DOCKER); }),
            "has to be MESOS");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) {
                e.mutable_container()->set_type(ContainerInfo::MESOS);
                e.mutable_container()->mutable_mesos()->mutable_image()->set_type(Image::DOCKER);
            }),
            "image");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) {
                e.set_type(ExecutorInfo::CUSTOM);
                e.mutable_command()->set_value("x");
                e.mutable_container()->set_type(ContainerInfo::DOCKER);
                e.mutable_container()->mutable_docker()->set_image("x");
            }),
            "DOCKER");
}

void TestTaskGroup::executorOfATask()
{
    TaskInfo same = task("a");
    *same.mutable_executor() = defaultExecutor("dx");
    ACCEPTED(m_bench.refusal(groupOf({same}), defaultExecutor("dx")));
    same.mutable_executor()->set_name("other");
    REFUSED(m_bench.refusal(groupOf({same}), defaultExecutor("dx")),
            "The 'executor' of task 'a' is not that");
}

void TestTaskGroup::executorSize()
{
    const auto with = [this](const std::string &text) {
        return refusalOfExecutor(
            [&](ExecutorInfo &e) { *e.mutable_resources() = resources(text); });
    };
    ACCEPTED(with("cpus:0.01;mem:32;disk:0.001"));
    REFUSED(with("cpus:0.009;mem:32;disk:10"), "0.009 cpus; the least is 0.01");
    REFUSED(with("mem:32;disk:10"), "0 cpus");
    REFUSED(with("cpus:0.01;mem:31;disk:10"), "31 MB of mem; the least is 32");
    REFUSED(with("cpus:0.01;mem:32"), "uses no disk");
}

void TestTaskGroup::resourcesTogether()
{
    TaskInfo a = task("a");
    *a.mutable_resources() = resources("cpus:0.1;ports:[31000-31000]");
    TaskInfo b = task("b");
    *b.mutable_resources() = resources("cpus:0.1;ports:[31000-31001]");
    REFUSED(m_bench.refusal(groupOf({a, b}), defaultExecutor("dx")), "31000");
    *b.mutable_resources() = resources("cpus:0.1;ports:[31001-31001]");
    ACCEPTED(m_bench.refusal(groupOf({a, b}), defaultExecutor("dx")));
    b.mutable_resources(0)->mutable_revocable();
    REFUSED(m_bench.refusal(groupOf({a, b}), defaultExecutor("dx")), "Revocable");
}

void TestTaskGroup::fitsTheOffer()
{
    TaskInfo half = task("a");
    *half.mutable_resources() = resources("cpus:2;mem:32");
    TaskInfo other = half;
    other.mutable_task_id()->set_value("b");
    REFUSED(m_bench.refusal(groupOf({half, other}), defaultExecutor("dx")), "more than available");
    Bench bench;
    bench.running["dx"] = defaultExecutor("dx");
    ACCEPTED(bench.refusal(groupOf({half, other}), defaultExecutor("dx")));
}

void TestTaskGroup::cgroupsAreAlike()
{
    ACCEPTED(m_bench.refusal(groupOf({taskWithCgroups("a", false), taskWithCgroups("b", false)}),
                             defaultExecutor("dx")));
    ACCEPTED(
        m_bench.refusal(groupOf({taskWithCgroups("a", true), task("b")}), defaultExecutor("dx")));
    REFUSED(
        m_bench.refusal(groupOf({taskWithCgroups("a", false), task("b")}), defaultExecutor("dx")),
        "'b' differs");
    REFUSED(refusalOfExecutor([](ExecutorInfo &e) {
                e.mutable_container()->set_type(ContainerInfo::MESOS);
                e.mutable_container()->mutable_linux_info()->set_share_cgroups(true);
            }),
            "share_cgroups");
    TaskContext context = m_bench.context();
    context.sharesCgroups = [](const std::string &) { return std::optional(false); };
    QVERIFY(!validateTaskGroup(groupOf({task("a")}), defaultExecutor("dx"), context));
    QVERIFY(
        validateTaskGroup(groupOf({taskWithCgroups("a", false)}), defaultExecutor("dx"), context)
            .has_value());
}

void TestTaskGroup::taskThatNeedsNoCommand()
{
    TaskInfo silent = task("a");
    silent.clear_command();
    ACCEPTED(m_bench.refusal(groupOf({silent}), defaultExecutor("dx")));
}

QTEST_GUILESS_MAIN(TestTaskGroup)
#include "tst_validate_task_group.moc"
