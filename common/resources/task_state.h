#pragma once

#include "mesos/v1/task.pb.h"

namespace meseta {

/// Whether nothing comes after this state: the task holds no resources any more. TASK_UNREACHABLE
/// and TASK_UNKNOWN are none of them. Source: Mesos, protobuf::isTerminalState; mesos.proto.
inline bool isTerminalState(mesos::v1::TaskState state)
{
    switch (state) {
    case mesos::v1::TASK_FINISHED:
    case mesos::v1::TASK_FAILED:
    case mesos::v1::TASK_KILLED:
    case mesos::v1::TASK_ERROR:
    case mesos::v1::TASK_LOST:
    case mesos::v1::TASK_DROPPED:
    case mesos::v1::TASK_GONE:
    case mesos::v1::TASK_GONE_BY_OPERATOR:
        return true;
    default:
        return false;
    }
}

} // namespace meseta
