#pragma once

#include <string>

#include "common/base/result.h"

namespace meseta::agent {

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
