#include <QtTest>

#include "common/codec/json.h"
#include "common/validation/calls.h"

using namespace meseta;

namespace {

std::string refusal(const std::string &json)
{
    mesos::v1::agent::Call call;
    if (const auto parsed = codec::parseJson(json, call); !parsed)
        return "bad test: " + parsed.error().message;
    const auto valid = validateAgentCall(call);
    return valid ? "accepted" : valid.error().message;
}

std::string lowered(std::string type)
{
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return type;
}

/// A call of a type without its member.
std::string bare(const std::string &type)
{
    return refusal(R"({"type":")" + type + "\"}");
}

/// A call of a type with its member.
std::string call(const std::string &type, const std::string &member)
{
    return refusal(R"({"type":")" + type + "\",\"" + lowered(type) + "\":" + member + "}");
}

/// A launch of a container with more fields.
std::string launch(const std::string &more = {}, const std::string &id = R"({"value":"c"})")
{
    return call("LAUNCH_CONTAINER", R"({"container_id":)" + id + more + "}");
}

bool says(const std::string &text, const std::string &words)
{
    if (text.find(words) == std::string::npos)
        qWarning("%s", text.c_str());
    return text.find(words) != std::string::npos;
}

const std::string Nested = R"({"value":"c","parent":{"value":"p"}})";
const std::string Deep = R"({"value":"c","parent":{"value":"p","parent":{"value":"q"}}})";
const std::string OwnCgroups =
    R"(,"container":{"type":"MESOS","linux_info":{"share_cgroups":false}})";

} // namespace

class TestValidateAgentCall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void membersOfCalls();
    void containerIds();
    void nestedCallsNeedAParent();
    void standaloneResources();
    void launchedCommandAndContainer();
    void cgroups();
    void secondLevel();
    void attachInput();
    void resourceProviderConfigs();
};

void TestValidateAgentCall::membersOfCalls()
{
    QCOMPARE(refusal("{}"), std::string("'type' is missing"));
    for (const std::string type :
         {"UNKNOWN", "GET_HEALTH", "GET_STATE", "GET_CONTAINERS", "GET_AGENT", "PRUNE_IMAGES"})
        QCOMPARE(bare(type), std::string("accepted"));
    for (const std::string type :
         {"GET_METRICS", "SET_LOGGING_LEVEL", "LIST_FILES", "READ_FILE", "LAUNCH_CONTAINER",
          "WAIT_CONTAINER", "KILL_CONTAINER", "REMOVE_CONTAINER", "LAUNCH_NESTED_CONTAINER",
          "LAUNCH_NESTED_CONTAINER_SESSION", "WAIT_NESTED_CONTAINER", "KILL_NESTED_CONTAINER",
          "REMOVE_NESTED_CONTAINER", "ATTACH_CONTAINER_INPUT", "ATTACH_CONTAINER_OUTPUT",
          "ADD_RESOURCE_PROVIDER_CONFIG", "MARK_RESOURCE_PROVIDER_GONE"})
        QCOMPARE(bare(type), "'" + lowered(type) + "' is missing");
}

void TestValidateAgentCall::containerIds()
{
    for (const std::string type : {"WAIT_CONTAINER", "KILL_CONTAINER", "REMOVE_CONTAINER",
                                   "ATTACH_CONTAINER_OUTPUT", "LAUNCH_CONTAINER"}) {
        QCOMPARE(call(type, R"({"container_id":{"value":"c"}})"), std::string("accepted"));
        QVERIFY(says(call(type, R"({"container_id":{"value":"a.b"}})"),
                     lowered(type) + ".container_id: 'a.b'"));
    }
}

void TestValidateAgentCall::nestedCallsNeedAParent()
{
    for (const std::string type :
         {"LAUNCH_NESTED_CONTAINER", "LAUNCH_NESTED_CONTAINER_SESSION", "WAIT_NESTED_CONTAINER",
          "KILL_NESTED_CONTAINER", "REMOVE_NESTED_CONTAINER"}) {
        QCOMPARE(call(type, R"({"container_id":)" + Nested + "}"), std::string("accepted"));
        QCOMPARE(call(type, R"({"container_id":{"value":"c"}})"),
                 "'" + lowered(type) + ".container_id.parent' is missing");
        QVERIFY(says(call(type, R"({"container_id":{"value":"c","parent":{"value":""}}})"),
                     ".parent: an id must not be empty"));
    }
}

void TestValidateAgentCall::standaloneResources()
{
    const auto with = [](const std::string &resource, const std::string &id = R"({"value":"c"})") {
        return launch(R"(,"resources":[)" + resource + "]", id);
    };
    const std::string reserved =
        R"({"name":"cpus","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"STATIC","role":"r"}]})";
    QCOMPARE(with(R"({"name":"cpus","type":"SCALAR","scalar":{"value":1}})"),
             std::string("accepted"));
    QCOMPARE(with(reserved, Nested), std::string("accepted"));
    QVERIFY(says(with(reserved), "hold a reservation"));
    QVERIFY(says(with(R"({"name":"cpus","type":"SCALAR","scalar":{"value":1},"revocable":{}})"),
                 "are revocable"));
    QVERIFY(says(with(R"({"name":"cpus","type":"SCALAR"})"), "'cpus'"));
    QVERIFY(says(with(R"({"name":"gpus","type":"SCALAR","scalar":{"value":0.5}})"), "gpus"));
}

void TestValidateAgentCall::launchedCommandAndContainer()
{
    const std::string badCommand = R"(,"command":{"environment":{"variables":[{"name":"A"}]}}})";
    const std::string badContainer = R"(,"container":{"type":"DOCKER"}})";
    for (const std::string type :
         {"LAUNCH_CONTAINER", "LAUNCH_NESTED_CONTAINER", "LAUNCH_NESTED_CONTAINER_SESSION"}) {
        QVERIFY(says(call(type, R"({"container_id":)" + Nested + badCommand),
                     "'" + lowered(type) + ".command' is invalid"));
        QVERIFY(says(call(type, R"({"container_id":)" + Nested + badContainer),
                     "'" + lowered(type) + ".container' is invalid"));
    }
}

void TestValidateAgentCall::cgroups()
{
    QCOMPARE(launch(OwnCgroups), std::string("accepted"));
    QCOMPARE(launch(OwnCgroups, Nested), std::string("accepted"));
    QVERIFY(says(launch(R"(,"container":{"type":"MESOS","linux_info":{"share_cgroups":true}})"),
                 "is true"));
    QCOMPARE(call("LAUNCH_NESTED_CONTAINER", R"({"container_id":)" + Nested + OwnCgroups + "}"),
             std::string("accepted"));
    QVERIFY(says(call("LAUNCH_NESTED_CONTAINER", R"({"container_id":)" + Deep + OwnCgroups + "}"),
                 "must not be false"));
    QVERIFY(says(
        call("LAUNCH_NESTED_CONTAINER_SESSION", R"({"container_id":)" + Nested + OwnCgroups + "}"),
        "must not be false"));
}

void TestValidateAgentCall::secondLevel()
{
    QCOMPARE(launch("", Deep), std::string("accepted"));
    QVERIFY(
        says(launch(R"(,"resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1}}])", Deep),
             "launch_container.resources"));
    QVERIFY(says(launch(R"(,"limits":{"cpus":{"value":1}})", Deep), "launch_container.limits"));
    QVERIFY(says(launch(OwnCgroups, Deep), "must not be false"));
}

void TestValidateAgentCall::attachInput()
{
    QVERIFY(says(call("ATTACH_CONTAINER_INPUT", "{}"), "'attach_container_input.type' is missing"));
    QVERIFY(says(call("ATTACH_CONTAINER_INPUT", R"({"type":"UNKNOWN"})"),
                 "CONTAINER_ID or PROCESS_IO"));
    QCOMPARE(call("ATTACH_CONTAINER_INPUT", R"({"type":"PROCESS_IO"})"), std::string("accepted"));
    QCOMPARE(
        call("ATTACH_CONTAINER_INPUT", R"({"type":"CONTAINER_ID","container_id":{"value":"c"}})"),
        std::string("accepted"));
    QVERIFY(
        says(call("ATTACH_CONTAINER_INPUT", R"({"type":"CONTAINER_ID"})"), "must not be empty"));
}

void TestValidateAgentCall::resourceProviderConfigs()
{
    for (const std::string type :
         {"ADD_RESOURCE_PROVIDER_CONFIG", "UPDATE_RESOURCE_PROVIDER_CONFIG"}) {
        QCOMPARE(call(type, R"({"info":{"type":"t","name":"n"}})"), std::string("accepted"));
        QVERIFY(says(call(type, R"({"info":{"type":"t","name":"n","id":{"value":"x"}}})"),
                     lowered(type) + ".info.id' is set"));
    }
}

QTEST_GUILESS_MAIN(TestValidateAgentCall)
#include "tst_validate_agent_call.moc"
