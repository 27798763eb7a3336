#include "tests/system/golden/operator_expectations.h"

namespace meseta::test {

using namespace Qt::StringLiterals;

namespace {

QRegularExpression where(const char *pattern)
{
    return QRegularExpression(QLatin1String(pattern));
}

/// Of metrics of these names (a regular expression) the value is not compared; that they are
/// there, is.
Expected metrics(const char *names, const QString &reason)
{
    return {{},
            QRegularExpression(u"(body\\.|metrics\\[)(%1)(\\]\\.value)?: recorded [-+0-9.e]+, ours "
                               u"[-+0-9.e]+$"_s.arg(QLatin1String(names))),
            reason};
}

} // namespace

const std::vector<Expected> &operatorExpectations()
{
    const QString shares = u"how free resources are shared out among the offers to two roles is "
                           u"chance; their sums are "
                           u"compared (sumsOfRoles)"_s;
    const QString noProcess = u"the default executor is an object in the agent: no process"_s;
    static const std::vector<Expected> all{
        {{},
         where("git_sha: recorded"),
         u"we are not built from that revision: an optional member"_s},
        {{},
         where("Task: bad"),
         u"the recorded task ended at once; ours takes a moment, so that each of its states is seen"_s},
        {{}, where("roles\\[(\\*|r1)\\]\\.(resources|offered)[.:\\[]"), shares},
        {{}, where("\\.offers(: recorded 4 elements|\\[)"), shares},
        {{},
         where("tasks\\[run2\\]\\.statuses\\[0\\]\\.container_status.network_infos: not recorded"),
         u"Mesos' agent had not asked yet how the container is"_s},
        {u"operator/agent-reads"_s,
         where("containers\\[1\\]\\.resource_statistics\\.[a-z_]+: not recorded"),
         u"Mesos' posix isolators do not measure a container inside another"_s},
        {{}, where("\\.offered_resources(_full)?(: recorded [0-9]+ elements|\\[)"), shares},
        {u"operator/agent-reads"_s, where("executor_pid: recorded [0-9]+, ours has none"),
         noProcess},
        {u"legacy/agent"_s, where("executor_pid: recorded [0-9]+, ours has none"), noProcess},
        {u"legacy/agent"_s, where("flags\\.[a-z_]+: not recorded"),
         u"flags of isolators that the recorded build was made without"_s},
        {u"legacy/agent"_s, where("browse.*recorded 3 elements, ours 2"),
         u"the recorded task had the volume in its sandbox, ours does not use it"_s},
        {u"operator/master-subscribe"_s,
         where("^line 20 TASK_UPDATED.*container_status.network_infos: not recorded"),
         u"Mesos' agent had not asked yet how the container is"_s},
        {u"legacy/agent"_s, where("master_hostname"),
         u"the recorder's machine gave the master the name localhost"_s},
        {{},
         where("statistics\\.(processes|threads): not recorded"),
         u"told always; Mesos counts them for cgroups only"_s},
        {{},
         where("file_infos.*\\.size: recorded|files/browse.*\\.size: recorded"),
         u"the executor's own log lines in stderr are worded otherwise"_s},
        metrics("[^\\]]*_ms(/[a-z0-9]+)?|(master|slave)/uptime_secs|slave/recovery_time_secs|"
                "system/(load|mem_free)[^\\]]*|registrar/registry_size_bytes",
                u"times and sizes of another run and machine"_s),
        metrics("slave/executor_directory_max_allowed_age_secs",
                u"of how full the recorder's disk was"_s),
        metrics("[a-z/]*event_queue_[a-z_]+|allocator/mesos/allocation_runs",
                u"what waited, and how often it was looked at, is chance"_s),
        metrics("allocator/mesos/roles/[^/]+/shares/dominant|allocator/mesos/quota/roles/[^/]+/"
                "resources/[a-z]+/offered_or_allocated|master/outstanding_offers",
                shares),
        metrics("master/messages_(suppress|revive|decline)_offers|master/frameworks/.*/(calls|"
                "calls/(suppress|revive|decline)|events|events/(offers|rescind|heartbeat)|offers/"
                "(sent|declined|rescinded))",
                u"how the recorder's scheduler came to offers of the right role"_s),
        metrics("containerizer/fetcher/task_fetches_succeeded",
                u"Mesos counts containers for which there is nothing to fetch"_s),
        metrics("gc/path_removals_pending", u"a folder of a run is one path here, four there"_s),
        {{},
         where("metrics.*(resource_provider|provisioner).*ours has none"),
         u"of capabilities that are not there"_s},
        {{},
         where("metrics.*registrar/state_store_ms/.*ours has none"),
         u"told from the second storing on"_s},
    };
    return all;
}

} // namespace meseta::test
