#pragma once

#include <csignal>

#include <QtGlobal>

namespace meseta::test {

/// Sends a signal to one process. False, and nothing sent, when there is none: QProcess tells 0 for
/// a program that has just ended, and kill() takes 0 and -1 for groups of processes, of which the
/// test and whoever runs it are one.
inline bool signalProcess(qint64 pid, int number)
{
    return pid > 1 && ::kill(static_cast<pid_t>(pid), number) == 0;
}

} // namespace meseta::test
