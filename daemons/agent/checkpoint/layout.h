#pragma once

#include <string>

namespace meseta::agent::layout {

// Where the agent keeps what a later one reads, below `<work_dir>/meta`. Source: Mesos agent
// recovery documentation and its work_dir layout.

inline constexpr const char *bootId = "boot_id";
inline constexpr const char *latestAgent = "slaves/latest";

std::string agent(const std::string &agentId);
std::string agentInfo(const std::string &agentId);
std::string drainConfig(const std::string &agentId);

/// What a framework's files are found by.
struct FrameworkPath
{
    std::string agentId;
    std::string frameworkId;

    std::string folder() const;
    std::string info() const { return folder() + "/framework.info"; }
    std::string pid() const { return folder() + "/framework.pid"; }
    std::string executors() const { return folder() + "/executors"; }
};

struct ExecutorPath
{
    FrameworkPath framework;
    std::string executorId;

    std::string folder() const { return framework.executors() + "/" + executorId; }
    std::string info() const { return folder() + "/executor.info"; }
    std::string forCommandTask() const { return folder() + "/executor_generated_for_command_task"; }
    std::string runs() const { return folder() + "/runs"; }
};

struct RunPath
{
    ExecutorPath executor;
    std::string containerId;

    std::string folder() const { return executor.runs() + "/" + containerId; }
    std::string latest() const { return executor.runs() + "/latest"; }
    std::string forkedPid() const { return folder() + "/pids/forked.pid"; }
    std::string driverPid() const { return folder() + "/pids/libprocess.pid"; }
    /// Beyond Mesos: the same as a record with a checksum.
    std::string driverRecord() const { return folder() + "/pids/libprocess.record"; }
    std::string httpMarker() const { return folder() + "/http.marker"; }
    /// Ours: the executor has exited, and the master was told or is about to be.
    std::string exitMarker() const { return folder() + "/exited.marker"; }
    /// It is over, and all of its updates are acknowledged. Ours holds when that was.
    std::string sentinel() const { return folder() + "/executor.sentinel"; }
    std::string tasks() const { return folder() + "/tasks"; }
    std::string task(const std::string &taskId) const { return tasks() + "/" + taskId; }
    std::string taskInfo(const std::string &taskId) const;
    std::string taskUpdates(const std::string &taskId) const;
    /// Beyond Mesos, whose built-in executors are processes: how far a task's kill has got.
    std::string taskKill(const std::string &taskId) const;
};

} // namespace meseta::agent::layout
