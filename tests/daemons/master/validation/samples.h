#pragma once

#include <string>
#include <utility>

#include "daemons/master/validation/validation.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/task.pb.h"

/// A framework, an agent and tasks that nobody would refuse; tests break one thing at a time.
namespace meseta::master::samples {

/// A message from its JSON; ends the program when the JSON is bad, for that is the test's own
/// fault.
template <typename M> M read(const std::string &json);

mesos::v1::FrameworkInfo framework();
mesos::v1::AgentInfo agent();

/// "cpus:1;mem:32" allocated to role *.
Resources::Proto resources(const std::string &text);

mesos::v1::TaskInfo task(const std::string &id);
mesos::v1::ExecutorInfo customExecutor(const std::string &id);
mesos::v1::ExecutorInfo defaultExecutor(const std::string &id);

/// Tests against an offer of cpus 4, mem 2048, disk 4096, ports 31000-32000.
struct Bench
{
    mesos::v1::FrameworkInfo info = framework();
    mesos::v1::AgentInfo onAgent = agent();
    std::set<std::string> active;
    std::set<std::string> unreachable;
    std::map<std::string, mesos::v1::ExecutorInfo> running;
    std::set<std::string> agentCapabilities = {
        "MULTI_ROLE",    "HIERARCHICAL_ROLE",        "RESERVATION_REFINEMENT", "RESOURCE_PROVIDER",
        "RESIZE_VOLUME", "AGENT_OPERATION_FEEDBACK", "TASK_RESOURCE_LIMITS"};

    TaskContext context() const;
    /// The error of a task or group, empty when it is fine.
    std::string refusal(const mesos::v1::TaskInfo &task) const;
    std::string refusal(const mesos::v1::TaskGroupInfo &group,
                        const mesos::v1::ExecutorInfo &executor) const;
};

} // namespace meseta::master::samples

/// Checks that a refusal names what is wrong.
#define REFUSED(expression, words)                                                                 \
    do {                                                                                           \
        const std::string refusalText = (expression);                                              \
        QVERIFY2(refusalText.find(words) != std::string::npos,                                     \
                 refusalText.empty() ? "accepted" : refusalText.c_str());                          \
    } while (false)

#define ACCEPTED(expression)                                                                       \
    do {                                                                                           \
        const std::string refusalText = (expression);                                              \
        QVERIFY2(refusalText.empty(), refusalText.c_str());                                        \
    } while (false)

#include "common/codec/json.h"

template <typename M> M meseta::master::samples::read(const std::string &json)
{
    M message;
    if (const auto result = codec::parseJson(json, message); !result)
        qFatal("%s in %s", result.error().message.c_str(), json.c_str());
    return message;
}
