#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include <QObject>
#include <QSocketNotifier>

#include "daemons/containerizer/attachment.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// The agent's end of a container's input: packets go to its helper as fast as the command takes
/// them.
class InputLink : public QObject
{
public:
    /// Not called from inside the calls below. None comes after `close`.
    struct Events
    {
        std::function<void()> drained; ///< all that was given is on its way
        std::function<void(containerizer::Packet, int error)> refused; ///< by the container
        std::function<void()> over; ///< all is written, or the container has ended
    };

    InputLink(containerizer::FileDescriptor socket, Events events);

    /// Queues a packet; longer bytes become several.
    void send(containerizer::Packet kind, std::string_view bytes);
    /// No more comes: `over` follows when the command has taken it all.
    void end();
    /// Whether something still waits to be sent: the time not to give more.
    bool isBusy() const { return !m_queue.empty(); }

    /// Ends it at once; the object goes when the event loop runs.
    void close();

private:
    void flush();
    void read();

    containerizer::FileDescriptor m_socket;
    Events m_events;
    std::deque<std::string> m_queue;
    bool m_ended = false;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
};

} // namespace meseta::agent
