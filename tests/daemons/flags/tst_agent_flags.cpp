#include <QtTest>

#include "daemons/agent/flags/agent_flags.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

Result<AgentFlags> load(const std::vector<std::string> &arguments,
                        const Environment &environment = {})
{
    const Result<FlagValues> values = loadFlags(agentFlagTable(), arguments, environment);
    return values ? agentFlags(*values, environment) : Result<AgentFlags>(fail(values.error()));
}

std::string errorOf(std::vector<std::string> arguments)
{
    arguments.insert(arguments.end(), {"--work_dir=/w"});
    const Result<AgentFlags> flags = load(arguments);
    return flags ? std::string("no error") : flags.error().message;
}

} // namespace

class TestAgentFlags : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theDocumentedLineWorks()
    {
        const auto flags =
            load({"--master=192.0.2.1:5050", "--containerizers=docker,mesos",
                  "--work_dir=/tmp/mesos/agent", "--executor_environment_variables={}",
                  "--executor_registration_timeout=60mins", "--resources=ports:[40001-44000]"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->master, std::string("192.0.2.1:5050"));
        QCOMPARE(flags->containerizers, (std::vector<std::string>{"docker", "mesos"}));
        QVERIFY(flags->executorEnvironment.has_value() && flags->executorEnvironment->empty());
        QCOMPARE(flags->executorRegistrationTimeout, Duration(1h));
        QCOMPARE(flags->resources.value(), std::string("ports:[40001-44000]"));
        QCOMPARE(flags->address.port, 5051);
        QCOMPARE(flags->fetcherCacheBytes, std::uint64_t(2) << 30);
        QCOMPARE(flags->gcDelay, Duration(7 * 24h));
        QCOMPARE(flags->values.effective().at("executor_registration_timeout"),
                 std::string("1hrs"));
        QCOMPARE(flags->values.effective().at("executor_environment_variables"), std::string("{}"));
    }

    void nameServersOfDockerNetworks()
    {
        const std::string good = R"({"docker":[{"dns":{"nameservers":["10.0.0.1"]},)"
                                 R"("network_mode":"BRIDGE"}]})";
        const auto flags =
            load({"--master=localhost:5050", "--work_dir=/w", "--default_container_dns=" + good});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->defaultContainerDns.value(), good);
    }

    void nameServersThatAreNoGood_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("complaint");
        const auto row = [](const char *name, const QByteArray &json, const QByteArray &complaint) {
            QTest::newRow(name) << json << complaint;
        };
        row("a list", "[]", "not a ContainerDNSInfo");
        row("another kind", R"({"appc":[]})", "'appc' is refused");
        row("networks of CNI", R"({"mesos":[{"network_mode":"BRIDGE","dns":{}}]})",
            "mesos[0]: its network_mode is 'BRIDGE'");
        row("no mode", R"({"docker":[{"dns":{}}]})", "docker[0]: its network_mode is ''");
        row("no servers", R"({"docker":[{"network_mode":"HOST"}]})", "no object 'dns'");
        row("unknown field", R"({"docker":[{"network_mode":"HOST","dns":{"domain":"x"}}]})",
            "dns.domain is not known");
        row("no texts", R"({"docker":[{"network_mode":"USER","dns":{"search":[1]}}]})",
            "dns.search must be a list of texts");
    }

    void nameServersThatAreNoGood()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, complaint);
        const std::string error =
            errorOf({"--master=localhost:5050", "--default_container_dns=" + json.toStdString()});
        QVERIFY2(QByteArray::fromStdString(error).contains(complaint), error.c_str());
        QVERIFY2(QByteArray::fromStdString(error).contains("default_container_dns"), error.c_str());
    }

    void whatOthersPassIsAccepted()
    {
        const auto flags =
            load({"--ip=127.0.0.1", "--port=5061", "--master=localhost:5050", "--work_dir=/w",
                  "--runtime_dir=/r", "--systemd_enable_support=false", "--launcher_dir=/l",
                  "--launcher=posix", "--isolation=posix/cpu,posix/mem,filesystem/posix",
                  "--http_command_executor", "--recover=reconnect", "--docker=/usr/bin/docker"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->runtimeDir, std::string("/r"));
        QCOMPARE(flags->launcherDir, std::string("/l"));
    }

    void theMasterMayStandInAFile()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("master")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("master@127.0.0.1:5050\n");
        file.close();
        const std::string value = "file://" + file.fileName().toStdString();
        const auto flags = load({"--work_dir=/w", "--master=" + value});
        QCOMPARE(flags->master, std::string("127.0.0.1:5050"));
        QCOMPARE(flags->values.effective().at("master"), value);
    }

    void executorEnvironmentIsReplaced()
    {
        const auto flags = load({"--master=a:1", "--work_dir=/w",
                                 R"(--executor_environment_variables={"PATH":"/bin","A":""})"});
        QCOMPARE(flags->executorEnvironment.value(),
                 (std::map<std::string, std::string>{{"A", ""}, {"PATH", "/bin"}}));
    }

    void recoveryIsStrictUnlessToldOtherwise()
    {
        const auto usual = load({"--master=a:1", "--work_dir=/w"});
        QVERIFY(usual->strict && !usual->recoverByCleanup);
        QVERIFY(usual->reconfiguration == ReconfigurationPolicy::WhatFits);
        QVERIFY(!usual->executorReregistrationRetryInterval);
        const auto given = load({"--master=a:1", "--work_dir=/w", "--no-strict",
                                 "--recover=cleanup", "--reconfiguration_policy=equal",
                                 "--executor_reregistration_retry_interval=500ms"});
        QVERIFY(!given->strict && given->recoverByCleanup);
        QVERIFY(given->reconfiguration == ReconfigurationPolicy::Equal);
        QCOMPARE(given->executorReregistrationRetryInterval->count(), 500'000'000);
    }

    void environmentVariablesAreRead()
    {
        const Environment environment{{"MESOS_MASTER", "a:1"},
                                      {"MESOS_WORK_DIR", "/w"},
                                      {"MESOS_containerizers", "docker"},
                                      {"MESOS_EXECUTOR_ID", "not a flag"}};
        const auto flags = load({}, environment);
        QVERIFY(flags.has_value());
        QCOMPARE(flags->containerizers, (std::vector<std::string>{"docker"}));
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *argument, const char *part) {
            QTest::newRow(argument) << QString::fromLatin1(argument) << QString::fromLatin1(part);
        };
        row("--perf_events=cycles", "isolator");
        row("--recover=ask", "reconnect");
        row("--reconfiguration_policy=any", "additive");
        row("--launcher=systemd", "posix or linux");
        row("--credential=/etc/credential", "authentication");
        row("--containerizers=docker,rkt", "mesos or docker");
        row("--executor_reregistration_timeout=16secs", "15secs");
        row("--executor_environment_variables={\"A\":1}", "'A'");
        row("--executor_environment_variables=A=1", "JSON");
        row("--gc_disk_headroom=1.5", "between 0 and 1");
        row("--resource_estimator=x", "modules");
        row("--xfs_project_range=[1-2]", "disk");
    }

    void refusals()
    {
        QFETCH(QString, argument);
        QFETCH(QString, part);
        const std::string message = errorOf({"--master=127.0.0.1:5050", argument.toStdString()});
        QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
        const std::string name = argument.left(argument.indexOf(u'=')).toStdString();
        QVERIFY2(message.find(name) != std::string::npos, message.c_str());
    }

    void badMasters()
    {
        for (const char *master :
             {"zk://127.0.0.1:2181", "127.0.0.1", "127.0.0.1:x", ":5050", "host:70000", ""}) {
            const std::string message = errorOf({std::string("--master=") + master});
            QVERIFY2(message.find("--master") != std::string::npos, message.c_str());
        }
        QVERIFY(errorOf({}).find("--master is required") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestAgentFlags)
#include "tst_agent_flags.moc"
