#include <QtTest>

#include "samples.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::samples;
using namespace mesos::v1;

namespace {

const std::string Unreserved =
    R"({"name":"disk","type":"SCALAR","scalar":{"value":10},"allocation_info":{"role":"r"}})";

/// A disk of 10 with more JSON before its end.
std::string disk(const std::string &more)
{
    return R"({"name":"disk","type":"SCALAR","scalar":{"value":10})" + more + "}";
}

const std::string Allocated = R"(,"allocation_info":{"role":"r"})";
const std::string Dynamic = R"(,"reservations":[{"type":"DYNAMIC","role":"r"}])";
const std::string Static = R"(,"reservations":[{"type":"STATIC","role":"r"}])";
const std::string VolumeInfo =
    R"(,"disk":{"persistence":{"id":"v"},"volume":{"mode":"RW","container_path":"p"}})";

class Operator
{
public:
    Operator()
    {
        info.clear_roles();
        info.add_roles("r");
        context.agentCapabilities = Bench().agentCapabilities;
    }

    Operator &asFramework()
    {
        context.framework = &info;
        return *this;
    }

    std::string refusal(const std::string &type, const std::string &member) const
    {
        std::string name = type;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        const auto operation =
            read<Offer::Operation>(R"({"type":")" + type + "\",\"" + name + "\":" + member + "}");
        const auto valid = validateOperation(operation, context);
        return valid ? std::string() : valid.error().message;
    }

    FrameworkInfo info = framework();
    OperationContext context;
};

std::string reserve(const Operator &by, const std::string &resource)
{
    return by.refusal("RESERVE", R"({"resources":[)" + resource + "]}");
}

std::string create(const Operator &by, const std::string &volume)
{
    return by.refusal("CREATE", R"({"volumes":[)" + volume + "]}");
}

Resources one(const std::string &json)
{
    return read<Resource>(json);
}

std::string formRefusal(const std::string &json)
{
    const auto valid = validateOperationForm(read<Offer::Operation>(json));
    return valid ? std::string() : valid.error().message;
}

} // namespace

class TestOperations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void form();
    void feedback();
    void reserveByFramework();
    void reserveByOperator();
    void reserveOnOldAgent();
    void reservePrincipal();
    void reserveFromSource();
    void unreserve();
    void createVolume();
    void createIsUnique();
    void createShared();
    void createPrincipal();
    void destroyVolume();
    void growVolume();
    void shrinkVolume();
    void createDisk();
    void destroyDisk();
    void agentInfo();
    void masterCalls();
};

void TestOperations::form()
{
    ACCEPTED(formRefusal(R"({"type":"LAUNCH","launch":{}})"));
    REFUSED(formRefusal(R"({"type":"LAUNCH"})"), "'launch'");
    REFUSED(formRefusal("{}"), "no type");
    REFUSED(formRefusal(R"({"type":"RESERVE"})"), "'reserve'");
    REFUSED(formRefusal(R"({"type":"LAUNCH","id":{"value":"o"},"launch":{}})"),
            "'id' is of no use on LAUNCH");
    REFUSED(
        formRefusal(
            R"({"type":"LAUNCH","launch":{"task_infos":[{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},
        "resources":[{"name":"cpus","type":"SCALAR"}]}]}})"),
        "Task 't'");
    REFUSED(
        formRefusal(
            R"({"type":"LAUNCH","launch":{"task_infos":[{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},
        "executor":{"executor_id":{"value":"e"},"resources":[{"name":"cpus","type":"SCALAR"}]}}]}})"),
        "Executor 'e'");
    REFUSED(
        formRefusal(
            R"({"type":"CREATE","create":{"volumes":[{"name":"disk","type":"SCALAR","scalar":{"value":-1}}]}})"),
        "'disk'");
    ACCEPTED(formRefusal(R"({"type":"CREATE","id":{"value":"o"},"create":{}})"));
}

void TestOperations::feedback()
{
    const auto with = [](const std::string &json, bool http,
                         const std::set<std::string> &capabilities) {
        const auto valid =
            validateOperationFeedback(read<Offer::Operation>(json), http, capabilities);
        return valid ? std::string() : valid.error().message;
    };
    const std::string plain =
        R"({"type":"RESERVE","id":{"value":"o"},"reserve":{"resources":[)" + Unreserved + "]}}";
    const std::string provided = R"({"type":"RESERVE","id":{"value":"o"},"reserve":{"resources":[)"
        + disk(R"(,"provider_id":{"value":"p"})") + "]}}";
    ACCEPTED(with(R"({"type":"RESERVE","reserve":{}})", false, {}));
    ACCEPTED(with(plain, true, {"RESOURCE_PROVIDER", "AGENT_OPERATION_FEEDBACK"}));
    ACCEPTED(with(provided, true, {"RESOURCE_PROVIDER"}));
    REFUSED(with(plain, false, {"RESOURCE_PROVIDER", "AGENT_OPERATION_FEEDBACK"}), "HTTP API");
    REFUSED(with(plain, true, {"RESOURCE_PROVIDER"}), "AGENT_OPERATION_FEEDBACK");
    REFUSED(with(provided, true, {}), "RESOURCE_PROVIDER");
}

void TestOperations::reserveByFramework()
{
    Operator by;
    by.asFramework();
    ACCEPTED(reserve(by, disk(Dynamic + Allocated)));
    REFUSED(reserve(by, disk(Static + Allocated)), "not dynamically reserved");
    REFUSED(reserve(by, disk(Allocated)), "not dynamically reserved");
    REFUSED(reserve(by, disk(Dynamic)), "not allocated");
    REFUSED(reserve(by, disk(Dynamic + R"(,"allocation_info":{"role":"other"})")),
            "allocated to role 'other'");
    REFUSED(
        reserve(
            by,
            disk(
                R"(,"reservations":[{"type":"DYNAMIC","role":"q"}],"allocation_info":{"role":"q"})")),
        "framework's roles");
    REFUSED(reserve(by, disk(Dynamic + Allocated + R"(,"revocable":{})")), "revocable");
    REFUSED(reserve(by,
                    disk(Dynamic + Allocated) + ","
                        + disk(Dynamic + Allocated + R"(,"provider_id":{"value":"p"})")),
            "resource provider");
    REFUSED(reserve(by, ""), "no resources");
    REFUSED(by.refusal("RESERVE",
                       R"({"resources":[)" + disk(Dynamic + Allocated) + R"(],"source":[)"
                           + Unreserved + "]}"),
            "A reservation is changed by an operator's call; a scheduler unreserves and reserves "
            "again.");
}

void TestOperations::reserveByOperator()
{
    const Operator by;
    ACCEPTED(reserve(by, disk(Dynamic)));
    ACCEPTED(reserve(by, disk(R"(,"role":"r","reservation":{})"))); // the older form
    REFUSED(reserve(by, disk(Dynamic + Allocated)), "'allocation_info'");
}

void TestOperations::reserveOnOldAgent()
{
    Operator by;
    const std::string hierarchical = disk(R"(,"reservations":[{"type":"DYNAMIC","role":"a/b"}])");
    const std::string refined =
        disk(R"(,"reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"a/b"}])");
    ACCEPTED(reserve(by, hierarchical));
    ACCEPTED(reserve(by, refined));
    by.context.agentCapabilities = {"HIERARCHICAL_ROLE"};
    REFUSED(reserve(by, refined), "RESERVATION_REFINEMENT");
    by.context.agentCapabilities = {"RESERVATION_REFINEMENT"};
    REFUSED(reserve(by, hierarchical), "HIERARCHICAL_ROLE");
}

void TestOperations::reservePrincipal()
{
    Operator by;
    by.context.principal = "p";
    ACCEPTED(
        reserve(by, disk(R"(,"reservations":[{"type":"DYNAMIC","role":"r","principal":"p"}])")));
    REFUSED(reserve(by, disk(Dynamic)), "names no principal");
    REFUSED(reserve(by, disk(R"(,"reservations":[{"type":"DYNAMIC","role":"r","principal":"q"}])")),
            "principal 'q'");
}

void TestOperations::reserveFromSource()
{
    const Operator by;
    const auto change = [&by](const std::string &source, const std::string &target) {
        return by.refusal("RESERVE",
                          R"({"source":[)" + source + R"(],"resources":[)" + target + "]}");
    };
    const std::string other = disk(R"(,"reservations":[{"type":"DYNAMIC","role":"q"}])");
    ACCEPTED(change(disk(Dynamic), other));
    REFUSED(
        change(
            disk(Dynamic),
            R"({"name":"disk","type":"SCALAR","scalar":{"value":9},"reservations":[{"type":"DYNAMIC","role":"q"}]})"),
        "same amounts");
    REFUSED(change(disk(Dynamic) + "," + other, other), "mixes reservations");
    REFUSED(change(disk(Dynamic), disk(Dynamic) + "," + other), "mixes reservations");
}

void TestOperations::unreserve()
{
    const Operator by;
    const auto refusal = [&by](const std::string &resource) {
        return by.refusal("UNRESERVE", R"({"resources":[)" + resource + "]}");
    };
    ACCEPTED(refusal(disk(Dynamic)));
    REFUSED(refusal(disk(Static)), "not dynamically reserved");
    REFUSED(refusal(disk("")), "not dynamically reserved");
    REFUSED(refusal(disk(Dynamic + VolumeInfo)), "destroy the volume first");
}

void TestOperations::createVolume()
{
    Operator by;
    ACCEPTED(create(by, disk(Dynamic + VolumeInfo)));
    ACCEPTED(create(by, disk(Static + VolumeInfo)));
    REFUSED(create(by, disk(Dynamic)), "no persistent volume");
    REFUSED(create(by, disk(VolumeInfo)), "unreserved");
    REFUSED(create(by, disk(Dynamic + R"(,"disk":{"persistence":{"id":"v"}})")), "'disk.volume'");
    REFUSED(
        create(
            by,
            disk(
                Dynamic
                + R"(,"disk":{"persistence":{"id":"v"},"volume":{"mode":"RO","container_path":"p"}})")),
        "RO");
    by.asFramework();
    ACCEPTED(create(by, disk(Dynamic + VolumeInfo + Allocated)));
    REFUSED(create(by, disk(Dynamic + VolumeInfo)), "'allocation_info.role'");
}

void TestOperations::createIsUnique()
{
    Operator by;
    REFUSED(create(by, disk(Dynamic + VolumeInfo) + "," + disk(Dynamic + VolumeInfo)),
            "Persistence ID 'v' is not unique");
    by.context.checkpointed = one(disk(Dynamic + VolumeInfo));
    REFUSED(create(by, disk(Dynamic + VolumeInfo)), "Persistence ID 'v' is not unique");
    ACCEPTED(create(by,
                    disk(R"(,"reservations":[{"type":"DYNAMIC","role":"other"}])"
                         + VolumeInfo))); // ids are per role
}

void TestOperations::createShared()
{
    Operator by;
    by.asFramework();
    REFUSED(create(by, disk(Dynamic + VolumeInfo + Allocated + R"(,"shared":{})")),
            "SHARED_RESOURCES");
    by.info.add_capabilities()->set_type(FrameworkInfo::Capability::SHARED_RESOURCES);
    ACCEPTED(create(by, disk(Dynamic + VolumeInfo + Allocated + R"(,"shared":{})")));
}

void TestOperations::createPrincipal()
{
    Operator by;
    by.context.principal = "p";
    const auto owned = [](const std::string &principal) {
        return disk(Dynamic + R"(,"disk":{"persistence":{"id":"v")" + principal
                    + R"(},"volume":{"mode":"RW","container_path":"p"}})");
    };
    ACCEPTED(create(by, owned(R"(,"principal":"p")")));
    REFUSED(create(by, owned("")), "'disk.persistence.principal' is not set");
    REFUSED(create(by, owned(R"(,"principal":"q")")), "'q'");
}

void TestOperations::destroyVolume()
{
    Operator by;
    const auto refusal = [&by] {
        return by.refusal("DESTROY",
                          R"({"volumes":[)" + disk(Dynamic + VolumeInfo + Allocated) + "]}");
    };
    REFUSED(refusal(), "not found");
    by.context.checkpointed = one(disk(Dynamic + VolumeInfo));
    ACCEPTED(refusal());
    by.context.used = one(disk(Dynamic + VolumeInfo + Allocated));
    REFUSED(refusal(), "in use");
    REFUSED(by.refusal("DESTROY", R"({"volumes":[)" + disk(Dynamic) + "]}"),
            "no persistent volume");
}

void TestOperations::growVolume()
{
    Operator by;
    const auto refusal = [&by](const std::string &volume, const std::string &addition) {
        return by.refusal("GROW_VOLUME",
                          R"({"volume":)" + volume + R"(,"addition":)" + addition + "}");
    };
    const std::string volume = disk(Dynamic + VolumeInfo);
    ACCEPTED(refusal(volume, disk(Dynamic)));
    REFUSED(
        refusal(
            volume,
            R"({"name":"disk","type":"SCALAR","scalar":{"value":0},"reservations":[{"type":"DYNAMIC","role":"r"}]})"),
        "above 0");
    REFUSED(refusal(volume, disk("")), "not of the same kind");
    REFUSED(refusal(disk(Dynamic), disk(Dynamic)), "no persistent volume");
    REFUSED(refusal(disk(Dynamic + VolumeInfo + R"(,"shared":{})"), disk(Dynamic)), "shared");
    REFUSED(refusal(disk(Dynamic + VolumeInfo + R"(,"provider_id":{"value":"p"})"), disk(Dynamic)),
            "resource provider");
    by.context.agentCapabilities.erase("RESIZE_VOLUME");
    REFUSED(refusal(volume, disk(Dynamic)), "RESIZE_VOLUME");
}

void TestOperations::shrinkVolume()
{
    Operator by;
    const auto refusal = [&by](const std::string &volume, const std::string &amount) {
        return by.refusal("SHRINK_VOLUME",
                          R"({"volume":)" + volume + R"(,"subtract":{"value":)" + amount + "}}");
    };
    const std::string volume = disk(Dynamic + VolumeInfo);
    ACCEPTED(refusal(volume, "9"));
    REFUSED(refusal(volume, "0"), "above 0");
    REFUSED(refusal(volume, "10"), "the whole volume");
    REFUSED(refusal(disk(Dynamic), "1"), "no persistent volume");
    REFUSED(
        refusal(
            disk(
                Dynamic
                + R"(,"disk":{"source":{"type":"MOUNT"},"persistence":{"id":"v"},"volume":{"mode":"RW","container_path":"p"}})"),
            "1"),
        "MOUNT");
    REFUSED(refusal(disk(Dynamic + VolumeInfo + R"(,"shared":{})"), "1"), "shared");
    by.context.agentCapabilities.erase("RESIZE_VOLUME");
    REFUSED(refusal(volume, "1"), "RESIZE_VOLUME");
}

void TestOperations::createDisk()
{
    const Operator by;
    const auto refusal = [&by](const std::string &source, const std::string &rest) {
        return by.refusal("CREATE_DISK", R"({"source":)" + source + rest + "}");
    };
    const std::string provider = R"(,"provider_id":{"value":"p"})";
    const std::string raw =
        disk(provider + R"(,"disk":{"source":{"type":"RAW","profile":"fast"}})");
    const std::string bare = disk(provider + R"(,"disk":{"source":{"type":"RAW"}})");
    ACCEPTED(refusal(raw, R"(,"target_type":"MOUNT")"));
    ACCEPTED(refusal(bare, R"(,"target_type":"BLOCK","target_profile":"fast")"));
    REFUSED(refusal(raw, R"(,"target_type":"PATH")"), "MOUNT or BLOCK");
    REFUSED(refusal(raw, R"(,"target_type":"MOUNT","target_profile":"fast")"),
            "leave out 'target_profile'");
    REFUSED(refusal(bare, R"(,"target_type":"MOUNT")"), "give 'target_profile'");
    REFUSED(refusal(disk(R"(,"disk":{"source":{"type":"RAW"}})"), R"(,"target_type":"MOUNT")"),
            "resource provider");
    REFUSED(refusal(disk(provider + R"(,"disk":{"source":{"type":"PATH"}})"),
                    R"(,"target_type":"MOUNT")"),
            "RAW");
}

void TestOperations::destroyDisk()
{
    const Operator by;
    const auto refusal = [&by](const std::string &source) {
        return by.refusal("DESTROY_DISK", R"({"source":)" + source + "}");
    };
    const std::string provider = R"(,"provider_id":{"value":"p"})";
    ACCEPTED(refusal(disk(provider + R"(,"disk":{"source":{"type":"MOUNT","id":"c"}})")));
    REFUSED(refusal(disk(R"(,"disk":{"source":{"type":"MOUNT","id":"c"}})")), "resource provider");
    REFUSED(refusal(disk(provider + R"(,"disk":{"source":{"type":"PATH","id":"c"}})")),
            "MOUNT, BLOCK or RAW");
    REFUSED(refusal(disk(provider + R"(,"disk":{"source":{"type":"MOUNT"}})")), "CSI volume");
    REFUSED(refusal(disk(provider + Dynamic
                         + R"(,"disk":{"source":{"type":"MOUNT","id":"c"},"persistence":{"id":"v"},
        "volume":{"mode":"RW","container_path":"p"}})")),
            "destroy the volume first");
}

void TestOperations::agentInfo()
{
    QVERIFY(validateAgentInfo(samples::agent()).has_value());
    QVERIFY(!validateAgentInfo(read<AgentInfo>(R"({"hostname":"h","id":{"value":"a/b"}})")));
    QVERIFY(!validateAgentInfo(
        read<AgentInfo>(R"({"hostname":"h","resources":[{"name":"cpus","type":"SCALAR"}]})")));
}

void TestOperations::masterCalls()
{
    const auto refusal = [](const std::string &json) {
        const auto valid = validateMasterCall(read<mesos::v1::master::Call>(json));
        return valid ? std::string() : valid.error().message;
    };
    ACCEPTED(refusal(R"({"type":"GET_STATE"})"));
    ACCEPTED(refusal(R"({"type":"SUBSCRIBE"})"));
    ACCEPTED(refusal(R"({"type":"GET_QUOTA"})"));
    REFUSED(refusal("{}"), "'type' is missing");
    REFUSED(refusal(R"({"type":"GET_METRICS"})"), "'get_metrics' is missing");
    REFUSED(refusal(R"({"type":"TEARDOWN"})"), "'teardown' is missing");
    REFUSED(refusal(R"({"type":"UPDATE_QUOTA"})"), "'update_quota' is missing");
    REFUSED(
        refusal(
            R"({"type":"GROW_VOLUME","grow_volume":{"volume":{"name":"disk","type":"SCALAR"},"addition":{"name":"disk","type":"SCALAR"}}})"),
        "'agent_id' is missing");
    REFUSED(
        refusal(
            R"({"type":"RESERVE_RESOURCES","reserve_resources":{"agent_id":{"value":"a"},"resources":[{"name":"cpus","type":"SCALAR"}]}})"),
        "'cpus'");
}

QTEST_GUILESS_MAIN(TestOperations)
#include "tst_validate_operations.moc"
