#pragma once

#include <functional>
#include <list>

#include <QTimer>

#include <sys/types.h>

namespace meseta::agent {

/// Waits for children that are about to end (their socket is closed already), without blocking.
class ChildReaper
{
public:
    ChildReaper();

    /// Calls `done` with the wait status, at once when the child is over. It must not destroy this
    /// object.
    void reap(pid_t pid, std::function<void(int waitStatus)> done);

private:
    struct Child
    {
        pid_t pid;
        std::function<void(int)> done;
    };
    void look();

    std::list<Child> m_children;
    QTimer m_timer;
};

} // namespace meseta::agent
