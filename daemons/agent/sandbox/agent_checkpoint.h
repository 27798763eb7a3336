#pragma once

#include <string>

#include "common/base/result.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::agent {

/// Writes `slave.info` as Mesos does: the byte count (uint32, host order), then the SlaveInfo; by
/// way of a temporary file in the same folder, so that a reader finds the old or the new one.
Result<> writeAgentInfo(const std::string &path, const mesos::v1::AgentInfo &info);

/// Holds a work_dir for one agent as long as it lives.
class WorkDirLock
{
public:
    /// The error says who holds it.
    static Result<WorkDirLock> take(const std::string &workDir);
    ~WorkDirLock();
    WorkDirLock(WorkDirLock &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) { }
    WorkDirLock &operator=(WorkDirLock &&) = delete;

private:
    explicit WorkDirLock(int fd) : m_fd(fd) { }
    int m_fd;
};

} // namespace meseta::agent
