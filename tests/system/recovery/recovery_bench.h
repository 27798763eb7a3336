#pragma once

#include <memory>

#include "fake_master.h"

namespace meseta::agent {

/// A real agent with real containers under a pretended master, that dies and comes back.
class RecoveryBench
{
public:
    RecoveryBench();
    ~RecoveryBench();

    /// Starts an agent of this bench's work_dir, always on the same port; with these variables in
    /// its environment beside the test's own.
    bool start(const QStringList &environment = {});
    /// Waits until the master has it (back).
    bool isRegistered();
    /// Starts an agent that registers and runs this task.
    bool startWith(const mesos::v1::TaskInfo &task);
    /// kill -9.
    void kill();
    /// The states of a task that the master heard of, without what was sent again because its
    /// acknowledgement did not reach an agent that was killed.
    QString states(const std::string &taskId) const;
    /// It ended; the exit code, -1 when it was killed or does not end.
    int waitForExit();

    /// A file for a task's command to see, and to write.
    QString path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QByteArray read(const char *name) const;
    void touch(const char *name) const;

    /// A task that notes that it started, waits for the file `go` and ends with this exit code.
    mesos::v1::TaskInfo waiter(const std::string &id, int exitCode) const;
    /// A task of an executor of its own, a test_executor.
    mesos::v1::TaskInfo executorTask(const std::string &id, const std::string &executorId) const;

    /// Processes that have this bench's folder in their command line or environment, the agent
    /// apart.
    QStringList processes() const;
    /// What a later agent would take up, beside the agent itself, and of running containers.
    QStringList leftovers() const;
    /// For the message of a failed test: what the master saw, what is left, what the agent said.
    QByteArray account() const;
    QString metaPath(const QString &end) const; ///< of the first file below meta that ends so

    FakeMaster master;
    std::unique_ptr<AgentProcess> agent;
    QStringList flags;

private:
    QString cgroups() const; ///< the root of this bench's control groups

    QTemporaryDir m_folder;
    quint16 m_port = 0;
    int m_starts = 0;
    std::size_t m_known = 0; ///< starts that were seen to register before the last one
};

} // namespace meseta::agent
