#include "daemons/agent/operator_api/input_link.h"

#include <cerrno>
#include <cstdlib>

#include <sys/socket.h>

namespace meseta::agent {

using containerizer::Packet;

InputLink::InputLink(containerizer::FileDescriptor socket, Events events)
    : m_socket(std::move(socket))
    , m_events(std::move(events))
    , m_readable(m_socket.get(), QSocketNotifier::Read)
    , m_writable(m_socket.get(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    QObject::connect(&m_readable, &QSocketNotifier::activated, this, [this] { read(); });
    QObject::connect(&m_writable, &QSocketNotifier::activated, this, [this] {
        flush();
        if (m_queue.empty() && m_events.drained)
            m_events.drained();
    });
}

void InputLink::send(Packet kind, std::string_view bytes)
{
    do {
        const std::string_view part = bytes.substr(0, containerizer::maxPacketBytes);
        m_queue.push_back(static_cast<char>(kind) + std::string(part));
        bytes.remove_prefix(part.size());
    } while (!bytes.empty());
    flush();
}

void InputLink::end()
{
    m_ended = true;
    flush();
}

void InputLink::flush()
{
    while (!m_queue.empty()) {
        const std::string &packet = m_queue.front();
        if (::send(m_socket.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0
            && (errno == EAGAIN || errno == EINTR)) {
            m_writable.setEnabled(true);
            return;
        }
        m_queue.pop_front(); // of a helper that is gone `read` tells
    }
    m_writable.setEnabled(false);
    if (m_ended)
        ::shutdown(m_socket.get(), SHUT_WR);
}

void InputLink::read()
{
    char answer[32] = {};
    const auto count = ::recv(m_socket.get(), answer, sizeof answer - 1, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    const Events events = m_events;
    if (count > 0 && events.refused)
        events.refused(static_cast<Packet>(answer[0]), std::atoi(answer + 1));
    else if (count <= 0 && events.over)
        events.over();
}

void InputLink::close()
{
    m_events = {};
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_socket.reset();
    deleteLater();
}

} // namespace meseta::agent
