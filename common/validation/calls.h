#pragma once

#include <string>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"

namespace google::protobuf {
class Message;
}

namespace mesos::v1 {
class CheckInfo;
class CheckStatusInfo;
class CommandInfo;
class ContainerInfo;
class Environment;
class HealthCheck;
class Resource;
class Secret;
class Volume;
namespace agent {
class Call;
}
namespace executor {
class Call;
}
} // namespace mesos::v1

namespace meseta {

/// What the agent asks of an agent API call. The error goes after "This agent::Call is refused:
/// ".
Result<> validateAgentCall(const mesos::v1::agent::Call &call);

/// What the agent asks of an executor API call. The error goes after "This
/// Executor::Call is refused: ".
Result<> validateExecutorCall(const mesos::v1::executor::Call &call);

/// Rules of parts of TaskInfo and ExecutorInfo, shared by master and agent.
Result<> validateCommand(const mesos::v1::CommandInfo &command);
Result<> validateEnvironment(const mesos::v1::Environment &environment);
Result<> validateSecret(const mesos::v1::Secret &secret);
Result<> validateContainer(const mesos::v1::ContainerInfo &container);
Result<> validateVolume(const mesos::v1::Volume &volume);
Result<> validateHealthCheck(const mesos::v1::HealthCheck &check);
Result<> validateCheck(const mesos::v1::CheckInfo &check);
Result<> validateCheckStatus(const mesos::v1::CheckStatusInfo &status);

/// GPUs are whole. Summed over the list.
Result<> validateGpus(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources);

/// "'kill' is missing" unless the call has the member that its type, "KILL", is named
/// for.
Result<> requireMember(const google::protobuf::Message &call, const std::string &typeName);

/// 16 bytes with a version of RFC 4122; "Not a valid UUID …" otherwise.
Result<> validateUuid(const std::string &bytes, const std::string &what);

} // namespace meseta
