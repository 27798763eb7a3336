#pragma once

#include "common/resources/resources.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

/// An operation on resources (RESERVE, CREATE, GROW_VOLUME …) that was sent to an agent, until its
/// last status is acknowledged.
struct AgentOperation
{
    mesos::v1::Operation proto; ///< as GET_OPERATIONS tells it; an operator's has no framework
    /// What it turns into something else, when the outcome is known only once the agent has carried
    /// it out; empty when master and agent took it for granted, or when it is over. Allocated form.
    Resources held;

    std::string frameworkId() const { return proto.framework_id().value(); }
    bool wantsFeedback() const { return proto.info().has_id(); }
};

inline bool isTerminal(mesos::v1::OperationState state)
{
    switch (state) {
    case mesos::v1::OPERATION_FINISHED:
    case mesos::v1::OPERATION_FAILED:
    case mesos::v1::OPERATION_ERROR:
    case mesos::v1::OPERATION_DROPPED:
    case mesos::v1::OPERATION_GONE_BY_OPERATOR:
        return true;
    default:
        return false;
    }
}

} // namespace meseta::master
