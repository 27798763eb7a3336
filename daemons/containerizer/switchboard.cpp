#include "daemons/containerizer/switchboard.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <sys/socket.h>

#include "daemons/containerizer/standard_streams.h"

namespace meseta::containerizer {

namespace {

using Steady = std::chrono::steady_clock;

bool wouldBlock()
{
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
}

} // namespace

Switchboard::Switchboard(const LaunchSpec &spec, FileDescriptor input)
    : m_session(spec.awaitReader)
    , m_terminal(spec.terminal.has_value())
    , m_expectsReader(spec.awaitReader)
    , m_start(Steady::now())
    , m_input(std::move(input))
{ }

void Switchboard::attachOutput(FileDescriptor reader)
{
    m_expectsReader = false;
    if (reader.valid() && m_readers.size() < maxOutputReaders)
        m_readers.push_back({std::move(reader), {}, {}});
}

void Switchboard::attachInput(FileDescriptor writer)
{
    m_writer = std::move(writer);
    m_writerOver = false;
}

bool Switchboard::holdsBack() const
{
    return m_expectsReader
        || std::any_of(m_readers.begin(), m_readers.end(),
                       [](const Reader &reader) { return !reader.pending.empty(); });
}

void Switchboard::tell(Packet stream, std::string_view bytes)
{
    if (m_readers.empty())
        return;
    std::string packet(1, static_cast<char>(stream));
    packet += bytes;
    for (Reader &reader : m_readers)
        send(reader, packet);
    std::erase_if(m_readers, [](const Reader &reader) { return !reader.socket.valid(); });
}

void Switchboard::send(Reader &reader, const std::string &packet)
{
    if (::send(reader.socket.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
        >= 0) {
        reader.pending.clear();
    } else if (!wouldBlock()) {
        reader.socket.reset(); // gone, or its agent is
    } else if (reader.pending.empty()) {
        reader.pending = packet;
        reader.since = Steady::now();
    }
}

void Switchboard::addWaits(std::vector<pollfd> &waits) const
{
    // poll skips negative descriptors.
    const bool listens = m_pending.empty() && !m_writerOver;
    waits.push_back({m_writer.get(), static_cast<short>(listens ? POLLIN : 0), 0});
    waits.push_back({m_pending.empty() ? -1 : m_input.get(), POLLOUT, 0});
    for (const Reader &reader : m_readers)
        waits.push_back(
            {reader.socket.get(), static_cast<short>(reader.pending.empty() ? 0 : POLLOUT), 0});
}

void Switchboard::look(const pollfd *waits)
{
    const short writer = waits[0].revents;
    const short input = waits[1].revents;
    for (std::size_t i = 0; i < m_readers.size(); ++i) {
        const short seen = waits[2 + i].revents;
        if ((seen & (POLLHUP | POLLERR)) != 0)
            m_readers[i].socket.reset();
        else if ((seen & POLLOUT) != 0)
            send(m_readers[i], std::string(m_readers[i].pending));
    }
    std::erase_if(m_readers, [](const Reader &reader) { return !reader.socket.valid(); });
    if (input != 0)
        writePending();
    if ((writer & POLLIN) != 0)
        takeInput();
    else if ((writer & (POLLHUP | POLLERR)) != 0)
        m_writer.reset(); // not even an answer is wanted
    if (m_writerOver && m_pending.empty())
        m_writer.reset(); // tells the agent that all is written
}

std::optional<Switchboard::Time> Switchboard::deadline() const
{
    std::optional<Time> next;
    if (m_expectsReader)
        next = m_start + firstReaderPatience;
    for (const Reader &reader : m_readers) {
        if (!m_session && !reader.pending.empty() && (!next || reader.since + patience < *next))
            next = reader.since + patience;
    }
    return next;
}

void Switchboard::handleDeadline(Time now)
{
    if (m_expectsReader && m_start + firstReaderPatience <= now)
        m_expectsReader = false;
    if (!m_session)
        std::erase_if(m_readers, [now](const Reader &reader) {
            return !reader.pending.empty() && reader.since + patience <= now;
        });
}

void Switchboard::letGo()
{
    m_expectsReader = false;
    std::erase_if(m_readers, [](const Reader &reader) { return !reader.pending.empty(); });
}

void Switchboard::takeInput()
{
    static char buffer[maxPacketBytes + 1];
    const auto count = ::recv(m_writer.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0)
        handlePacket(static_cast<Packet>(buffer[0]),
                     {buffer + 1, static_cast<std::size_t>(count) - 1});
    else if (count == 0 || !wouldBlock())
        m_writerOver = true;
}

void Switchboard::handlePacket(Packet kind, std::string_view bytes)
{
    if (kind == Packet::standardInput) {
        m_pending = bytes;
        if (!m_input.valid())
            refuse(kind, EPIPE);
        else
            writePending();
    } else if (kind == Packet::inputEnds) {
        if (!m_terminal) // whoever sits at a terminal types an end
            m_input.reset();
    } else if (kind == Packet::windowSize) {
        TerminalEntry size;
        const bool read =
            std::sscanf(std::string(bytes).c_str(), "%u %u", &size.rows, &size.columns) == 2;
        if (!read || !setWindowSize(m_input.get(), size))
            refuse(kind, read ? errno : EINVAL);
    }
}

void Switchboard::writePending()
{
    const auto count = ::write(m_input.get(), m_pending.data(), m_pending.size());
    if (count >= 0)
        m_pending.erase(0, static_cast<std::size_t>(count));
    else if (!wouldBlock())
        refuse(Packet::standardInput, errno);
}

void Switchboard::refuse(Packet kind, int error)
{
    m_pending.clear();
    const std::string answer = static_cast<char>(kind) + std::to_string(error);
    ::send(m_writer.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

} // namespace meseta::containerizer
