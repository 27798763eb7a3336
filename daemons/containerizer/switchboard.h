#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "daemons/containerizer/attachment.h"
#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

/// Joins the streams of a command that may be attached to with those who are: copies of its output
/// to each reader, one writer to its input. It lives in the container's helper, so streams (and the
/// terminal) go on while the agent is away. Source: Mesos I/O switchboard.
///
/// Nothing piles up here: while a reader has not taken a packet, the caller reads no more of the
/// command. For a session that is flow control; a reader of any other container that takes nothing
/// for `patience` is let go, so that the command is not held up.
class Switchboard
{
public:
    using Time = std::chrono::steady_clock::time_point;

    Switchboard(const LaunchSpec &spec, FileDescriptor input);

    void attachOutput(FileDescriptor reader);
    /// Takes the place of an earlier writer.
    void attachInput(FileDescriptor writer);

    /// Whether the command's output is to stay unread for now: a reader is behind, or the first one
    /// of a session has not come.
    bool holdsBack() const;
    /// Bytes that the command wrote; at most `maxPacketBytes`.
    void tell(Packet stream, std::string_view bytes);

    /// What to wait for, in addition; `look` wants to see exactly these afterwards.
    void addWaits(std::vector<pollfd> &waits) const;
    void look(const pollfd *waits);
    std::optional<Time> deadline() const;
    void handleDeadline(Time now);
    /// Nobody is waited for any more: readers that are behind are let go.
    void letGo();

    static constexpr auto patience = std::chrono::seconds(2);
    /// How long a session's output waits for its first reader.
    static constexpr auto firstReaderPatience = std::chrono::seconds(5);

private:
    struct Reader
    {
        FileDescriptor socket;
        std::string pending; ///< a packet that did not go in
        Time since; ///< when it did not
    };

    void send(Reader &reader, const std::string &packet);
    void takeInput();
    void handlePacket(Packet kind, std::string_view bytes);
    void writePending();
    void refuse(Packet kind, int error);

    bool m_session;
    bool m_terminal;
    bool m_expectsReader;
    Time m_start;
    std::vector<Reader> m_readers;
    FileDescriptor m_input; ///< of the command
    FileDescriptor m_writer;
    std::string m_pending; ///< input that the command has not taken
    bool m_writerOver = false; ///< it says no more
};

} // namespace meseta::containerizer
