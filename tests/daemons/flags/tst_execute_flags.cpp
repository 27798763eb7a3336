#include <QtTest>

#include "daemons/execute/flags/execute_flags.h"

using namespace meseta;
using namespace meseta::execute;
using namespace std::chrono_literals;

namespace {

Result<ExecuteFlags> load(const std::vector<std::string> &arguments)
{
    const Result<FlagValues> values =
        loadFlags(executeFlagTable(), arguments, {{"MESOS_NAME", "ignored"}});
    return values ? executeFlags(*values) : Result<ExecuteFlags>(fail(values.error()));
}

std::string errorOf(const std::vector<std::string> &arguments)
{
    const Result<ExecuteFlags> flags = load(arguments);
    return flags ? std::string("no error") : flags.error().message;
}

std::set<int> capabilities(const ExecuteFlags &flags)
{
    std::set<int> types;
    for (const auto &capability : flags.framework.capabilities())
        types.insert(capability.type());
    return types;
}

} // namespace

class TestExecuteFlags : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theDocumentedLineWorks()
    {
        const auto flags =
            load({"--master=127.0.0.1:5050", "--name=test", "--docker_image=library/redis",
                  "--containerizer=docker", "--shell=false"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->masterHost, std::string("127.0.0.1"));
        QCOMPARE(flags->masterPort, 5050);
        QCOMPARE(flags->task.task_id().value(), std::string("test"));
        QCOMPARE(flags->task.name(), std::string("test"));
        QCOMPARE(flags->task.container().type(), mesos::v1::ContainerInfo::DOCKER);
        QCOMPARE(flags->task.container().docker().image(), std::string("library/redis"));
        QVERIFY(!flags->task.command().shell());
        QVERIFY(!flags->task.command().has_value());
        QCOMPARE(flags->task.resources_size(), 2);
        QVERIFY(!flags->json);
        using Capability = mesos::v1::FrameworkInfo::Capability;
        QCOMPARE(capabilities(*flags),
                 (std::set<int>{Capability::RESERVATION_REFINEMENT, Capability::TASK_KILLING_STATE,
                                Capability::REVOCABLE_RESOURCES, Capability::PARTITION_AWARE}));
    }

    void aCommandWithEverything()
    {
        const auto flags =
            load({"--master=host:1", "--name=n", "--command=echo $A", R"(--env={"A":"1","B":"2"})",
                  "--resources=cpus:0.1;mem:32", "--role=ads", "--checkpoint", "--kill_after=5secs",
                  "--no-partition_aware", "--framework_capabilities=GPU_RESOURCES",
                  "--content_type=json", "--principal=p", "--secret=s"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->task.command().value(), std::string("echo $A"));
        QVERIFY(flags->task.command().shell());
        QCOMPARE(flags->task.command().environment().variables_size(), 2);
        QVERIFY(!flags->task.has_container());
        QCOMPARE(flags->framework.role(), std::string("ads"));
        QVERIFY(flags->framework.checkpoint());
        QCOMPARE(flags->killAfter, std::optional<Duration>(5s));
        QVERIFY(flags->json);
        QCOMPARE(flags->authorization.value(), std::string("Basic cDpz"));
        QVERIFY(
            !capabilities(*flags).contains(mesos::v1::FrameworkInfo::Capability::PARTITION_AWARE));
        QVERIFY(capabilities(*flags).contains(mesos::v1::FrameworkInfo::Capability::GPU_RESOURCES));
    }

    void networksAndVolumesOfADockerTask()
    {
        const auto flags =
            load({"--master=host:1", "--name=n", "--command=ls", "--containerizer=docker",
                  "--docker_image=i", "--networks=mine",
                  R"(--volumes=[{"container_path":"/d","host_path":"/s","mode":"RO"}])"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        const mesos::v1::ContainerInfo &container = flags->task.container();
        QCOMPARE(container.docker().network(), mesos::v1::ContainerInfo::DockerInfo::USER);
        QCOMPARE(container.network_infos(0).name(), std::string("mine"));
        QCOMPARE(container.volumes(0).container_path(), std::string("/d"));
        QCOMPARE(container.volumes(0).mode(), mesos::v1::Volume::RO);
    }

    void aWholeTaskInJson()
    {
        const auto flags =
            load({"--master=host",
                  R"(--task={"name":"n","task_id":{"value":"t"},"command":{"value":"true"},
            "resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}}]})"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->task.task_id().value(), std::string("t"));
        QCOMPARE(flags->masterPort, 5050);
        QVERIFY(!flags->task.has_agent_id());
    }

    void aTaskGroup()
    {
        const auto flags = load(
            {"--master=host",
             R"(--task_group={"tasks":[{"name":"a","task_id":{"value":"a"},"command":{"value":"true"}},
            {"name":"b","task_id":{"value":"b"},"command":{"value":"true"}}]})"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->group->tasks_size(), 2);
        QCOMPARE(flags->group->tasks(1).task_id().value(), std::string("b"));
        QVERIFY(!flags->group->tasks(1).has_agent_id());
    }

    void anImageGoesToTheMesosContainerizer()
    {
        const auto flags =
            load({"--master=127.0.0.1:5050", "--name=test", "--docker_image=library/redis",
                  "--shell=false", "--networks=a,b", "--rlimits={\"rlimits\":[]}", "--tty",
                  R"(--effective_capabilities={"capabilities":["NET_RAW"]})"});
        QVERIFY2(flags, flags ? "" : flags.error().message.c_str());
        const mesos::v1::TaskInfo &task = flags->task;
        QCOMPARE(task.container().type(), mesos::v1::ContainerInfo::MESOS);
        QCOMPARE(task.container().mesos().image().docker().name(), std::string("library/redis"));
        QCOMPARE(task.container().network_infos_size(), 2);
        QCOMPARE(task.container().linux_info().effective_capabilities().capabilities_size(), 1);
        QVERIFY(!task.command().shell() && !task.command().has_value());
    }

    void anAppcImageIsFoundByItsLabels()
    {
        const auto flags = load({"--master=127.0.0.1:5050", "--name=test", "--shell=false",
                                 "--appc_image=example.com/tool"});
        QVERIFY(flags);
        const auto &appc = flags->task.container().mesos().image().appc();
        QCOMPARE(appc.name(), std::string("example.com/tool"));
        QCOMPARE(appc.labels().labels_size(), 2);
    }

    void aPlainCommandHasNoContainer()
    {
        const auto flags = load({"--master=127.0.0.1:5050", "--name=test", "--command=ls"});
        QVERIFY(!flags->task.has_container());
    }

    void refusals_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *title, QStringList arguments, const char *part) {
            QTest::newRow(title) << arguments << QString::fromLatin1(part);
        };
        const auto s = [](const char *text) { return QString::fromLatin1(text); };
        row("no name", {s("--command=ls")}, "--name");
        row("no command", {s("--name=n")}, "--command");
        row("nothing to run", {s("--name=n"), s("--shell=false")}, "--docker_image");
        row("two images",
            {s("--name=n"), s("--docker_image=i"), s("--appc_image=a"), s("--shell=false")},
            "exclude each other");
        row("limits of Docker",
            {s("--name=n"), s("--command=l"), s("--containerizer=docker"), s("--docker_image=i"),
             s("--rlimits={}")},
            "--containerizer=mesos");
        row("docker without image", {s("--name=n"), s("--command=ls"), s("--containerizer=docker")},
            "--docker_image");
        row("unknown containerizer", {s("--name=n"), s("--command=ls"), s("--containerizer=rkt")},
            "mesos or docker");
        row("task and name",
            {s("--name=n"), s("--task={\"name\":\"n\",\"task_id\":{\"value\":\"t\"}}")}, "--task");
        row("bad task", {s("--task={\"name\":\"n\"}")}, "task_id");
        row("empty group", {s("--task_group={\"tasks\":[]}")}, "'tasks'");
        row("no group", {s("--task_group={\"tasks\":[{\"name\":1}]}")}, "TaskGroupInfo");
        row("group and task", {s("--task_group={\"tasks\":[]}"), s("--task={\"name\":\"n\"}")},
            "--task_group");
        row("group and name", {s("--task_group={\"tasks\":[]}"), s("--name=n")}, "--task_group");
        row("same id twice",
            {s("--task_group={\"tasks\":[{\"name\":\"a\",\"task_id\":{\"value\":\"x\"}},"
               "{\"name\":\"b\",\"task_id\":{\"value\":\"x\"}}]}")},
            "'x'");
        row("two networks",
            {s("--name=n"), s("--command=l"), s("--containerizer=docker"), s("--docker_image=i"),
             s("--networks=a,b")},
            "a,b");
        row("bad resources", {s("--name=n"), s("--command=l"), s("--resources=cpus:x")},
            "--resources");
        row("bad volumes", {s("--name=n"), s("--command=l"), s("--volumes=[1]")}, "--volumes");
        row("bad env", {s("--name=n"), s("--command=l"), s("--env={\"A\":1}")}, "'A'");
        row("secret alone", {s("--name=n"), s("--command=l"), s("--secret=s")}, "--principal");
        row("capability", {s("--name=n"), s("--command=l"), s("--framework_capabilities=X")},
            "GPU_RESOURCES");
        row("terminal in Docker",
            {s("--name=n"), s("--command=l"), s("--containerizer=docker"), s("--docker_image=i"),
             s("--tty")},
            "--tty");
    }

    void refusals()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, part);
        std::vector<std::string> all{"--master=127.0.0.1:5050"};
        for (const QString &argument : arguments)
            all.push_back(argument.toStdString());
        const std::string message = errorOf(all);
        QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
    }

    void badMasters()
    {
        for (const char *master : {"zk://h:2181", "host:x", ":5050"}) {
            const std::string message =
                errorOf({std::string("--master=") + master, "--name=n", "--command=l"});
            QVERIFY2(message.find("--master") != std::string::npos, message.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestExecuteFlags)
#include "tst_execute_flags.moc"
