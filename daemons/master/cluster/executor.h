#pragma once

#include <string>

#include "common/resources/resources.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

/// An executor on an agent. The master knows of custom and default executors only: command tasks
/// have none of their own.
struct Executor
{
    std::string bytes; ///< serialized mesos.v1.ExecutorInfo
    Resources resources; ///< allocated form

    explicit Executor(const mesos::v1::ExecutorInfo &info);
    mesos::v1::ExecutorInfo toProto() const;
};

} // namespace meseta::master
