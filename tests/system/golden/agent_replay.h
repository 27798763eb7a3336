#pragma once

#include "tests/system/golden/message_replay.h"

namespace meseta::test {

/// Plays the master of a recording of tests/golden/daemon-messages against our agent: tells it what
/// the recorded master told, in that order, and holds what it says to the master against what was
/// recorded. What the recorded agent and its executors said to one another is not played: here the
/// built-in executors are objects in the agent.
class AgentReplay
{
public:
    AgentReplay(const QString &recording, const QString &folder);

    /// Starts the agent and plays the rows from this note on (its text contains `from`; empty: the
    /// first row) up to the note that contains `to` (empty: the last row). Differences.
    QStringList play(const QString &from, const QString &to);

    /// SIGKILL, and a new start with the same flags and work_dir.
    Result<> restart();
    Result<> start();

    /// Tells the agent by a ping that its master has lost it: it registers again without waiting
    /// until pings have been missing for as long as the recorded one waited.
    QStringList lose();

    Daemon &agent() { return *m_agent; }
    const Recording &recording() const { return m_recording; }

private:
    QStringList expectUpdate(const Row &row);
    QStringList expectOther(const Row &row);
    bool bringForward(const QString &task);
    bool awaitDrained();
    void awaitUnrecordedRegistration(const Row &answer);
    QStringList awaitUnrecordedStart(const Row &launch);
    bool acknowledgeFirst(const QString &task);
    bool acknowledgeEarlier(const QString &task, const QString &state);

    Recording m_recording;
    QString m_folder;
    MessagePeer m_master;
    std::unique_ptr<Daemon> m_agent;
    Likeness m_likeness;
};

} // namespace meseta::test
