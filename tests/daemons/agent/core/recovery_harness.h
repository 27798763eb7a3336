#pragma once

#include "agent_harness.h"

namespace meseta::agent {

/// An agent of a checkpointing framework, which may die and come back.
struct RecoveryHarness : Harness
{
    RecoveryHarness()
    {
        checkpoint = true;
        registerAgent();
    }

    void run(const mesos::v1::TaskInfo &task)
    {
        launch(task);
        plain.start(task.task_id().value());
    }

    /// The states of a task in the master's eyes so far.
    std::string states(const std::string &taskId) const
    {
        std::vector<std::string> seen;
        for (const auto &update : outbox.updates) {
            if (update.status().task_id().value() == taskId)
                seen.push_back(mesos::v1::TaskState_Name(update.status().state()));
        }
        return joined(seen);
    }

    void crashAndRestart()
    {
        crash();
        restart();
    }

    mesos::v1::TaskStatus last() const { return outbox.updates.back().status(); }
};

} // namespace meseta::agent
