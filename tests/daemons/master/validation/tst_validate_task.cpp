#include <QtTest>

#include "samples.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::samples;
using namespace mesos::v1;

namespace {

/// A task like every other, with some JSON merged in.
TaskInfo taskWith(const std::string &json)
{
    TaskInfo whole = task("t");
    TaskInfo part;
    if (codec::findJsonError(json, part) && part.ByteSizeLong() == 0)
        qFatal("bad JSON: %s", json.c_str());
    whole.MergeFrom(part);
    return whole;
}

TaskInfo taskWithExecutor(const ExecutorInfo &executor)
{
    TaskInfo whole = task("t");
    whole.clear_command();
    *whole.mutable_executor() = executor;
    return whole;
}

Resource volume(const std::string &id, const std::string &role)
{
    return read<Resource>(
        R"({"name":"disk","type":"SCALAR","scalar":{"value":10},"reservations":[{"type":"DYNAMIC","role":")"
        + role + R"("}],"disk":{"persistence":{"id":")" + id
        + R"("},"volume":{"mode":"RW","container_path":"v"}},"allocation_info":{"role":"*"}})");
}

} // namespace

class TestTask : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ordinaryTasks();
    void ids();
    void agent();
    void times();
    void checks();
    void healthChecks();
    void resourcesAreNeeded();
    void resourcesAreWellFormed();
    void disks();
    void oneRole();
    void revocableApart();
    void commandEnvironment();
    void containers();
    void limits();
    void exactlyOneOfCommandAndExecutor();
    void executorDescription();
    void executorOfTheSameId();
    void runningExecutorIsNotCountedTwice();
    void resourcesOfTaskAndExecutorTogether();
    void fitsTheOffer();
    void shareCgroups();
    void firstRuleCounts();

private:
    Bench m_bench;
};

void TestTask::ordinaryTasks()
{
    ACCEPTED(m_bench.refusal(task("t")));
    ACCEPTED(m_bench.refusal(task("a b c")));
    ACCEPTED(m_bench.refusal(taskWithExecutor(customExecutor("e"))));
    TaskInfo everything = task("t");
    *everything.mutable_resources() = resources("cpus:4;mem:2048;disk:4096;ports:[31000-32000]");
    ACCEPTED(m_bench.refusal(everything));
}

void TestTask::ids()
{
    Bench bench;
    bench.active = {"running"};
    bench.unreachable = {"lost"};
    for (const std::string &id :
         {std::string(), std::string("."), std::string(".."), std::string("a/b"),
          std::string("a\\b"), std::string("a\tb"), std::string("a\x7F"), std::string(256, 'x')})
        REFUSED(bench.refusal(task(id)), "task_id");
    ACCEPTED(bench.refusal(task(std::string(255, 'x'))));
    REFUSED(bench.refusal(task("running")), "The id is taken");
    REFUSED(bench.refusal(task("lost")), "The id is taken by a task that is unreachable");
}

void TestTask::agent()
{
    TaskInfo elsewhere = task("t");
    elsewhere.mutable_agent_id()->set_value("M1-S7");
    REFUSED(m_bench.refusal(elsewhere), "'agent_id' is 'M1-S7'");
}

void TestTask::times()
{
    ACCEPTED(m_bench.refusal(taskWith(
        R"({"kill_policy":{"grace_period":{"nanoseconds":0}},"max_completion_time":{"nanoseconds":1}})")));
    REFUSED(m_bench.refusal(taskWith(R"({"kill_policy":{"grace_period":{"nanoseconds":-1}}})")),
            "kill_policy.grace_period");
    REFUSED(m_bench.refusal(taskWith(R"({"max_completion_time":{"nanoseconds":-1}})")),
            "max_completion_time");
}

void TestTask::checks()
{
    const auto check = [this](const std::string &json) {
        return m_bench.refusal(taskWith(R"({"check":)" + json + "}"));
    };
    ACCEPTED(check(
        R"({"type":"COMMAND","command":{"command":{"value":"true"}},"delay_seconds":0,"interval_seconds":1,"timeout_seconds":2})"));
    ACCEPTED(check(R"({"type":"HTTP","http":{"port":80,"path":"/x"}})"));
    ACCEPTED(check(R"({"type":"TCP","tcp":{"port":80}})"));
    REFUSED(check(R"({"tcp":{"port":80}})"), "'type' must be set");
    REFUSED(check(R"({"type":"UNKNOWN"})"), "'type' must be");
    REFUSED(check(R"({"type":"COMMAND"})"), "'command' is missing");
    REFUSED(check(R"({"type":"COMMAND","command":{"command":{}}})"), "'command.value' must be set");
    REFUSED(
        check(
            R"({"type":"COMMAND","command":{"command":{"value":"x","environment":{"variables":[{"name":"A"}]}}}})"),
        "variable 'A'");
    REFUSED(check(R"({"type":"HTTP"})"), "'http' is missing");
    REFUSED(check(R"({"type":"HTTP","http":{"port":80,"path":"x"}})"), "'http.path'");
    REFUSED(check(R"({"type":"TCP"})"), "'tcp' is missing");
    for (const std::string field : {"delay_seconds", "interval_seconds", "timeout_seconds"})
        REFUSED(check(R"({"type":"TCP","tcp":{"port":80},")" + field + "\":-1}"), field);
}

void TestTask::healthChecks()
{
    const auto check = [this](const std::string &json) {
        return m_bench.refusal(taskWith(R"({"health_check":)" + json + "}"));
    };
    ACCEPTED(check(R"({"type":"COMMAND","command":{"value":"true"}})"));
    ACCEPTED(check(R"({"type":"HTTP","http":{"port":80,"path":"/x","scheme":"https"}})"));
    ACCEPTED(check(R"({"type":"TCP","tcp":{"port":80}})"));
    REFUSED(check(R"({"command":{"value":"true"}})"), "'type' must be set");
    REFUSED(check(R"({"type":"UNKNOWN"})"), "'type' must be");
    REFUSED(check(R"({"type":"COMMAND"})"), "'command' is missing");
    REFUSED(check(R"({"type":"COMMAND","command":{"shell":false}})"), "path of the executable");
    REFUSED(check(R"({"type":"HTTP"})"), "'http' is missing");
    REFUSED(check(R"({"type":"HTTP","http":{"port":80,"scheme":"ftp"}})"), "'http.scheme'");
    REFUSED(check(R"({"type":"HTTP","http":{"port":80,"path":"x"}})"), "'http.path'");
    REFUSED(check(R"({"type":"TCP"})"), "'tcp' is missing");
    for (const std::string field :
         {"delay_seconds", "grace_period_seconds", "interval_seconds", "timeout_seconds"})
        REFUSED(check(R"({"type":"TCP","tcp":{"port":80},")" + field + "\":-1}"), field);
}

void TestTask::resourcesAreNeeded()
{
    TaskInfo without = task("t");
    without.clear_resources();
    REFUSED(m_bench.refusal(without), "'resources' is empty");
    TaskInfo zeroCpus = task("t");
    zeroCpus.mutable_resources(0)->mutable_scalar()->set_value(0); // beside mem this is fine
    ACCEPTED(m_bench.refusal(zeroCpus));
}

void TestTask::resourcesAreWellFormed()
{
    const auto with = [this](const std::string &json) {
        TaskInfo whole = task("t");
        *whole.add_resources() = read<Resource>(json);
        return m_bench.refusal(whole);
    };
    const std::string allocation = R"(,"allocation_info":{"role":"*"}})";
    ACCEPTED(with(R"({"name":"cpus","type":"SCALAR","scalar":{"value":1})" + allocation));
    REFUSED(with(R"({"name":"cpus","type":"SCALAR","scalar":{"value":-1})" + allocation), "'cpus'");
    REFUSED(with(R"({"name":"cpus","type":"SCALAR","scalar":{"value":0.0001})" + allocation),
            "below 0.001");
    REFUSED(with(R"({"name":"cpus","type":"SCALAR")" + allocation), "'cpus'");
    REFUSED(with(R"({"name":"gpus","type":"SCALAR","scalar":{"value":0.5})" + allocation),
            "'gpus'");
    REFUSED(with(R"({"name":"ports","type":"RANGES","ranges":{"range":[{"begin":2,"end":1}]})"
                 + allocation),
            "'ports'");
}

void TestTask::disks()
{
    const auto with = [this](const std::string &json) {
        TaskInfo whole = task("t");
        *whole.add_resources() = read<Resource>(json);
        return m_bench.refusal(whole);
    };
    const auto disk = [&with](const std::string &info, const std::string &more = {}) {
        return with(
            R"({"name":"disk","type":"SCALAR","scalar":{"value":1},"allocation_info":{"role":"*"},"disk":)"
            + info + more + "}");
    };
    const std::string reserved = R"(,"reservations":[{"type":"DYNAMIC","role":"r"}])";
    const std::string volumeInfo = R"("volume":{"mode":"RW","container_path":"v"})";
    REFUSED(disk("{}"), "set but empty");
    REFUSED(disk("{" + volumeInfo + "}"), "without 'disk.persistence'");
    REFUSED(disk(R"({"persistence":{"id":"v"},)" + volumeInfo + "}"), "unreserved");
    REFUSED(disk(R"({"persistence":{"id":"v"}})", reserved), "'disk.volume' is missing");
    REFUSED(disk(R"({"persistence":{"id":"a/b"},)" + volumeInfo + "}", reserved),
            "disk.persistence.id");
    REFUSED(
        disk(
            R"({"persistence":{"id":"v"},"volume":{"mode":"RW","container_path":"v","host_path":"/x"}})",
            reserved),
        "host_path");
    REFUSED(
        disk(R"({"persistence":{"id":"v"},)" + volumeInfo + "}", reserved + R"(,"revocable":{})"),
        "revocable");

    TaskInfo twice = task("t");
    *twice.add_resources() = volume("v", "r");
    *twice.add_resources() = volume("v", "r");
    REFUSED(m_bench.refusal(twice), "Persistence ID 'v' is not unique");
}

void TestTask::oneRole()
{
    TaskInfo unallocated = task("t");
    unallocated.mutable_resources(1)->clear_allocation_info();
    REFUSED(m_bench.refusal(unallocated), "'allocation_info.role'");
    TaskInfo two = task("t");
    two.mutable_resources(1)->mutable_allocation_info()->set_role("other");
    REFUSED(m_bench.refusal(two), "different roles");
}

void TestTask::revocableApart()
{
    TaskInfo mixed = task("t");
    *mixed.add_resources() = mixed.resources(0);
    mixed.mutable_resources(2)->mutable_revocable();
    REFUSED(m_bench.refusal(mixed), "Revocable and other 'cpus'");
}

void TestTask::commandEnvironment()
{
    const auto variable = [this](const std::string &json) {
        return m_bench.refusal(
            taskWith(R"({"command":{"environment":{"variables":[)" + json + "]}}}"));
    };
    ACCEPTED(variable(R"({"name":"A","value":""})"));
    ACCEPTED(variable(
        R"({"name":"A","type":"SECRET","secret":{"type":"VALUE","value":{"data":"eA=="}}})"));
    REFUSED(variable(R"({"name":"A"})"), "'value' must be set");
    REFUSED(variable(R"({"name":"A","value":"x","secret":{}})"), "'secret' must not be set");
    REFUSED(variable(R"({"name":"A","type":"UNKNOWN","value":"x"})"), "UNKNOWN");
    REFUSED(variable(R"({"name":"A","type":"SECRET"})"), "'secret' must be set");
    REFUSED(variable(R"({"name":"A","type":"SECRET","value":"x","secret":{}})"),
            "'value' must not be set");
    REFUSED(variable(R"({"name":"A","type":"SECRET","secret":{"type":"VALUE"}})"),
            "'value' is missing");
    REFUSED(
        variable(
            R"({"name":"A","type":"SECRET","secret":{"type":"VALUE","value":{"data":"eA=="},"reference":{"name":"r"}}})"),
        "leave 'reference' out");
    REFUSED(variable(R"({"name":"A","type":"SECRET","secret":{"type":"REFERENCE"}})"),
            "'reference' is missing");
    REFUSED(
        variable(
            R"({"name":"A","type":"SECRET","secret":{"type":"REFERENCE","reference":{"name":"r"},"value":{"data":"eA=="}}})"),
        "'value' must not be set");
    REFUSED(
        variable(
            R"({"name":"A","type":"SECRET","secret":{"type":"VALUE","value":{"data":"AA=="}}})"),
        "null byte");
}

void TestTask::containers()
{
    const auto container = [this](const std::string &json) {
        return m_bench.refusal(taskWith(R"({"container":)" + json + "}"));
    };
    ACCEPTED(container(
        R"({"type":"MESOS","volumes":[{"mode":"RW","container_path":"p","host_path":"/x"}]})"));
    ACCEPTED(container(
        R"({"type":"DOCKER","docker":{"image":"x","parameters":[{"key":"label","value":"l"}]}})"));
    REFUSED(container(R"({"type":"DOCKER"})"), "'docker' must be set");
    REFUSED(
        container(
            R"({"type":"DOCKER","docker":{"image":"x","parameters":[{"key":"name","value":"n"}]}})"),
        "'name'");
    REFUSED(container(R"({"type":"MESOS","volumes":[{"mode":"RW","container_path":"p"}]})"),
            "exactly one");
    REFUSED(
        container(
            R"({"type":"MESOS","volumes":[{"mode":"RW","container_path":"p","host_path":"/x","image":{"type":"DOCKER","docker":{"name":"i"}}}]})"),
        "exactly one");
    for (const std::string type :
         {"DOCKER_VOLUME", "HOST_PATH", "SANDBOX_PATH", "SECRET", "CSI_VOLUME"})
        REFUSED(
            container(
                R"({"type":"MESOS","volumes":[{"mode":"RW","container_path":"p","source":{"type":")"
                + type + "\"}}]}"),
            type);
    REFUSED(
        container(R"({"type":"MESOS","volumes":[{"mode":"RW","container_path":"p","source":{}}]})"),
        "'source.type'");
}

void TestTask::limits()
{
    const auto limit = [this](const std::string &json) {
        return m_bench.refusal(taskWith(R"({"limits":)" + json + "}"));
    };
    ACCEPTED(limit(R"({"cpus":{"value":0.1},"mem":{"value":"Infinity"}})"));
    REFUSED(limit(R"({"cpus":{"value":0.05}})"), "limits.cpus");
    REFUSED(limit(R"({"mem":{"value":31}})"), "limits.mem");
    REFUSED(limit(R"({"disk":{"value":5}})"), "only cpus and mem");
    TaskInfo noCpus = taskWith(R"({"limits":{"cpus":{"value":1}}})");
    *noCpus.mutable_resources() = resources("mem:32");
    REFUSED(m_bench.refusal(noCpus), "asks for none");
    Bench older;
    older.agentCapabilities.erase("TASK_RESOURCE_LIMITS");
    REFUSED(older.refusal(taskWith(R"({"limits":{"cpus":{"value":1}}})")), "TASK_RESOURCE_LIMITS");
}

void TestTask::exactlyOneOfCommandAndExecutor()
{
    TaskInfo neither = task("t");
    neither.clear_command();
    REFUSED(m_bench.refusal(neither), "not neither");
    TaskInfo both = taskWithExecutor(customExecutor("e"));
    both.mutable_command()->set_value("x");
    REFUSED(m_bench.refusal(both), "not both");
}

void TestTask::executorDescription()
{
    const auto with = [this](const std::function<void(ExecutorInfo &)> &change) {
        ExecutorInfo executor = customExecutor("e");
        change(executor);
        return m_bench.refusal(taskWithExecutor(executor));
    };
    ACCEPTED(with([](ExecutorInfo &e) { e.set_type(ExecutorInfo::CUSTOM); }));
    ACCEPTED(with(
        [](ExecutorInfo &e) { e.clear_resources(); })); // small executors are only frowned upon
    REFUSED(with([](ExecutorInfo &e) {
                e.set_type(ExecutorInfo::DEFAULT);
                e.clear_command();
            }),
            "has to be CUSTOM");
    REFUSED(with([](ExecutorInfo &e) { e.clear_command(); }), "'ExecutorInfo.command' is missing");
    REFUSED(with([](ExecutorInfo &e) {
                e.set_type(ExecutorInfo::CUSTOM);
                e.clear_command();
            }),
            "'ExecutorInfo.command' is missing");
    REFUSED(with([](ExecutorInfo &e) { e.mutable_executor_id()->set_value("a/b"); }),
            "executor_id");
    REFUSED(with([](ExecutorInfo &e) { e.mutable_framework_id()->set_value("other"); }),
            "'ExecutorInfo.framework_id' is 'other'");
    REFUSED(with([](ExecutorInfo &e) { e.clear_framework_id(); }),
            "'ExecutorInfo.framework_id' is missing");
    REFUSED(with([](ExecutorInfo &e) { e.mutable_shutdown_grace_period()->set_nanoseconds(-1); }),
            "shutdown_grace_period");
    REFUSED(with([](ExecutorInfo &e) {
                e.mutable_command()->mutable_environment()->add_variables()->set_name("A");
            }),
            "variable 'A'");
    REFUSED(with([](ExecutorInfo &e) { e.mutable_container()->set_type(ContainerInfo::DOCKER); }),
            "'ExecutorInfo.container'");
    REFUSED(with([](ExecutorInfo &e) { e.mutable_resources(0)->clear_allocation_info(); }),
            "executor's resources");
    REFUSED(with([](ExecutorInfo &e) {
                *e.add_resources() = volume("v", "r");
                e.mutable_resources(2)->mutable_shared();
            }),
            "shared resources");
    REFUSED(with([](ExecutorInfo &e) {
                e.mutable_container()->set_type(ContainerInfo::MESOS);
                e.mutable_container()->mutable_linux_info()->set_share_cgroups(true);
            }),
            "share_cgroups");
}

void TestTask::executorOfTheSameId()
{
    Bench bench;
    bench.running["e"] = customExecutor("e");
    ExecutorInfo same = customExecutor("e");
    std::swap(*same.mutable_resources(0), *same.mutable_resources(1));
    same.mutable_labels()->add_labels()->set_key("not compared");
    ACCEPTED(bench.refusal(taskWithExecutor(same)));
    ExecutorInfo other = customExecutor("e");
    other.mutable_command()->set_value("./another");
    REFUSED(bench.refusal(taskWithExecutor(other)),
            "differs from that of the running executor 'e'");
}

void TestTask::runningExecutorIsNotCountedTwice()
{
    ExecutorInfo executor = customExecutor("e");
    *executor.mutable_resources() = resources("cpus:3;mem:32");
    TaskInfo whole = taskWithExecutor(executor);
    *whole.mutable_resources() = resources("cpus:2;mem:32");
    REFUSED(m_bench.refusal(whole), "more than available");
    Bench bench;
    bench.running["e"] = executor;
    ACCEPTED(bench.refusal(whole));
}

void TestTask::resourcesOfTaskAndExecutorTogether()
{
    ExecutorInfo executor = customExecutor("e");
    *executor.mutable_resources() = resources("cpus:0.1;mem:32;ports:[31000-31001]");
    TaskInfo whole = taskWithExecutor(executor);
    *whole.mutable_resources() = resources("cpus:0.1;mem:32;ports:[31001-31002]");
    REFUSED(m_bench.refusal(whole), "overlap");
    *whole.mutable_resources() = resources("cpus:0.1;mem:32;ports:[31002-31003]");
    ACCEPTED(m_bench.refusal(whole));
    whole.mutable_executor()->mutable_resources(0)->mutable_revocable();
    REFUSED(m_bench.refusal(whole), "Revocable and other");
}

void TestTask::fitsTheOffer()
{
    TaskInfo large = task("t");
    *large.mutable_resources() = resources("cpus:4.001;mem:32");
    REFUSED(m_bench.refusal(large), "more than available");
    TaskInfo port = task("t");
    *port.mutable_resources() = resources("cpus:1;ports:[80-80]");
    REFUSED(m_bench.refusal(port), "more than available");
    TaskInfo reserved = task("t");
    *reserved.mutable_resources() = resources("cpus(r):1");
    REFUSED(m_bench.refusal(reserved), "more than available");
}

void TestTask::shareCgroups()
{
    ACCEPTED(m_bench.refusal(
        taskWith(R"({"container":{"type":"MESOS","linux_info":{"share_cgroups":true}}})")));
    REFUSED(m_bench.refusal(
                taskWith(R"({"container":{"type":"MESOS","linux_info":{"share_cgroups":false}}})")),
            "share_cgroups");
}

void TestTask::firstRuleCounts()
{
    TaskInfo broken =
        taskWith(R"({"max_completion_time":{"nanoseconds":-1},"limits":{"disk":{"value":1}}})");
    broken.mutable_agent_id()->set_value("other");
    broken.clear_resources();
    REFUSED(m_bench.refusal(broken), "'agent_id' is");
    broken.mutable_agent_id()->set_value("M1-S0");
    REFUSED(m_bench.refusal(broken), "max_completion_time");
    broken.clear_max_completion_time();
    REFUSED(m_bench.refusal(broken), "'resources' is empty");
    *broken.mutable_resources() = resources("cpus:100");
    REFUSED(m_bench.refusal(broken), "only cpus and mem");
}

QTEST_GUILESS_MAIN(TestTask)
#include "tst_validate_task.moc"
