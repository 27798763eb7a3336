#include <QtTest>

#include "daemons/master/flags/master_flags.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;

namespace {

Result<MasterFlags> load(const std::vector<std::string> &arguments,
                         const Environment &environment = {})
{
    const Result<FlagValues> values = loadFlags(masterFlagTable(), arguments, environment);
    return values ? masterFlags(*values, environment) : Result<MasterFlags>(fail(values.error()));
}

std::string errorOf(const std::vector<std::string> &arguments)
{
    const Result<MasterFlags> flags = load(arguments);
    return flags ? std::string("no error") : flags.error().message;
}

} // namespace

class TestMasterFlags : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theDocumentedLineWorks()
    {
        const auto flags = load({"--work_dir=/tmp/mesos/master", "--hostname=cloud.example.com"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->workDir, std::string("/tmp/mesos/master"));
        QCOMPARE(flags->hostname.value(), std::string("cloud.example.com"));
        QCOMPARE(flags->address.port, 5050);
        QCOMPARE(flags->agentPingTimeout, Duration(15s));
        QCOMPARE(flags->maxAgentPingTimeouts, 5u);
        QCOMPARE(flags->agentReregisterTimeout, Duration(10min));
        QCOMPARE(flags->registryMaxAgentAge, Duration(14 * 24h));
        QCOMPARE(
            flags->minAllocatable,
            (std::vector<std::map<std::string, std::int64_t>>{{{"cpus", 10}}, {{"mem", 32000}}}));
        QCOMPARE(flags->offerConstraintsMaxMemory, 4096u);
        QVERIFY(!flags->offerTimeout.has_value());
    }

    void flagsAreToldAsARunningMesosTellsThem()
    {
        const auto flags =
            load({"--work_dir=/w", "--ip=127.0.0.1", "--port=15250", "--hostname=127.0.0.1"});
        // GET_FLAGS of a Mesos master started the same way.
        const std::map<std::string, std::string> told{
            {"agent_ping_timeout", "15secs"},
            {"agent_reregister_timeout", "10mins"},
            {"allocation_interval", "1secs"},
            {"allocator", "hierarchical"},
            {"allocator_agent_recovery_factor", "0.8"},
            {"allocator_recovery_timeout", "10mins"},
            {"authenticate_agents", "false"},
            {"authenticate_frameworks", "false"},
            {"authenticate_http_frameworks", "false"},
            {"authenticate_http_readonly", "false"},
            {"authenticate_http_readwrite", "false"},
            {"authentication_v0_timeout", "15secs"},
            {"authenticators", "crammd5"},
            {"authorizers", "local"},
            {"filter_gpu_resources", "true"},
            {"framework_sorter", "drf"},
            {"help", "false"},
            {"hostname", "127.0.0.1"},
            {"hostname_lookup", "true"},
            {"http_authenticators", "basic"},
            {"initialize_driver_logging", "true"},
            {"ip", "127.0.0.1"},
            {"log_auto_initialize", "true"},
            {"logbufsecs", "0"},
            {"logging_level", "INFO"},
            {"max_agent_ping_timeouts", "5"},
            {"max_completed_frameworks", "50"},
            {"max_completed_tasks_per_framework", "1000"},
            {"max_operator_event_stream_subscribers", "1000"},
            {"max_unreachable_tasks_per_framework", "1000"},
            {"memory_profiling", "false"},
            {"min_allocatable_resources", "cpus:0.01|mem:32"},
            {"offer_constraints_re2_max_mem", "4KB"},
            {"offer_constraints_re2_max_program_size", "100"},
            {"port", "15250"},
            {"publish_per_framework_metrics", "true"},
            {"quiet", "false"},
            {"recovery_agent_removal_limit", "100%"},
            {"registry", "replicated_log"},
            {"registry_fetch_timeout", "1mins"},
            {"registry_gc_interval", "15mins"},
            {"registry_max_agent_age", "2weeks"},
            {"registry_max_agent_count", "102400"},
            {"registry_store_timeout", "20secs"},
            {"registry_strict", "false"},
            {"require_agent_domain", "false"},
            {"role_sorter", "drf"},
            {"root_submissions", "true"},
            {"version", "false"},
            {"webui_dir", "/usr/local/share/mesos/webui"},
            {"work_dir", "/w"},
            {"zk_session_timeout", "10secs"}};
        QCOMPARE(flags->values.effective(), told);
    }

    void everyMemberIsFilled()
    {
        const auto flags = load(
            {"--registry=in_memory", "--cluster=north", "--offer_timeout=5mins", "--roles=ads,web",
             "--weights=ads=2.5,web=1", "--whitelist=file:///etc/agents", "--role_sorter=random",
             "--fair_sharing_excluded_resource_names=gpus,disk",
             R"(--firewall_rules={"disabled_endpoints":{"paths":["/master/state","/files/browse"]}})",
             R"(--domain={"fault_domain":{"region":{"name":"eu"},"zone":{"name":"eu-1"}}})",
             "--no-filter_gpu_resources", "--min_allocatable_resources=cpus:0.1;mem:64|disk:1000",
             "--slave_ping_timeout=5secs"});
        QVERIFY2(flags.has_value(), flags ? "" : flags.error().message.c_str());
        QCOMPARE(flags->cluster.value(), std::string("north"));
        QCOMPARE(flags->offerTimeout, std::optional<Duration>(5min));
        QCOMPARE(flags->roles, (std::set<std::string>{"*", "ads", "web"}));
        QCOMPARE(flags->weights, (std::map<std::string, double>{{"ads", 2.5}, {"web", 1}}));
        QCOMPARE(flags->whitelistFile.value(), std::string("/etc/agents"));
        QVERIFY(flags->randomRoleSorter && !flags->randomFrameworkSorter
                && !flags->filterGpuResources);
        QCOMPARE(flags->fairSharingExcluded, (std::set<std::string>{"disk", "gpus"}));
        QCOMPARE(flags->disabledEndpoints,
                 (std::vector<std::string>{"/master/state", "/files/browse"}));
        QCOMPARE(flags->domain->fault_domain().zone().name(), std::string("eu-1"));
        QCOMPARE(flags->minAllocatable,
                 (std::vector<std::map<std::string, std::int64_t>>{{{"cpus", 100}, {"mem", 64000}},
                                                                   {{"disk", 1000000}}}));
        QCOMPARE(flags->agentPingTimeout, Duration(5s));
        QCOMPARE(flags->values.warnings().size(), 1u);
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *argument, const char *part) {
            QTest::newRow(argument) << QString::fromLatin1(argument) << QString::fromLatin1(part);
        };
        row("--zk=zk://127.0.0.1:2181", "'/'");
        row("--zk=127.0.0.1:2181/mesos", "zk://");
        row("--zk=file:///nowhere/url", "cannot read");
        row("--zk_session_timeout=1ms", "1secs");
        row("--quorum=0", "1");
        row("--authenticate_frameworks", "authentication");
        row("--authenticate", "authentication");
        row("--credentials=/etc/credentials", "authentication");
        row("--acls={}", "authorization");
        row("--rate_limits={}", "rate");
        row("--modules={}", "modules");
        row("--hooks=a", "modules");
        row("--registry_strict=true", "registry_strict");
        row("--agent_reregister_timeout=5mins", "at least 10mins");
        row("--agent_ping_timeout=16mins", "15mins");
        row("--max_agent_ping_timeouts=0", "1");
        row("--weights=ads", "ads=2.5");
        row("--min_allocatable_resources=cpus", "cpus:0.01");
        row("--domain={}", "fault_domain");
        row("--ip=example", "IPv4");
        row("--logging_level=DEBUG", "INFO, WARNING or ERROR");
    }

    void refusals()
    {
        QFETCH(QString, argument);
        QFETCH(QString, part);
        const std::string message = errorOf({"--work_dir=/w", argument.toStdString()});
        QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
        const std::string name = argument.left(argument.indexOf(u'=')).toStdString();
        QVERIFY2(message.find(name) != std::string::npos, message.c_str());
    }

    void harmlessValuesOfTheseAreTaken()
    {
        QVERIFY(load({"--work_dir=/w", "--quorum=1", "--registry=log_storage", "--no-authenticate"})
                    .has_value());
    }

    void theWorkDirIsRequiredUnlessNothingIsKept()
    {
        QVERIFY(errorOf({}).find("--work_dir") != std::string::npos);
        QVERIFY(load({"--registry=in_memory"}).has_value());
    }
};

QTEST_APPLESS_MAIN(TestMasterFlags)
#include "tst_master_flags.moc"
