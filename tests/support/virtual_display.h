#pragma once

#include <sys/types.h>

#include <QString>

namespace meseta::test {

/// An X server without a screen (Xvfb) of a test's own, for what needs a real window system: drags.
/// It starts before the application does, on a display number that it finds free by itself, takes
/// no TCP connections, and ends with the test even when that is killed.
class VirtualDisplay
{
public:
    VirtualDisplay() = default;
    ~VirtualDisplay() { stop(); }
    VirtualDisplay(const VirtualDisplay &) = delete;
    VirtualDisplay &operator=(const VirtualDisplay &) = delete;

    /// Starts it and points DISPLAY and QT_QPA_PLATFORM at it; what is missing, else empty.
    QString start();
    void stop();

private:
    pid_t m_pid = 0;
};

} // namespace meseta::test
