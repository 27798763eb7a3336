#pragma once

#include <cstdint>
#include <functional>

#include <QByteArray>

namespace meseta::agent {

/// Takes apart the engine's stream of a container's output: frames of an 8 byte head (which stream,
/// four bytes of length) and data. Source: Docker Engine API, ContainerAttach, "Stream format".
class DockerFrames
{
public:
    enum class Stream { Input = 0, Output = 1, Errors = 2 };

    /// `timed`: each frame begins with a time stamp and a space, which is given apart.
    explicit DockerFrames(bool timed) : m_timed(timed) { }

    struct Piece
    {
        Stream stream;
        QByteArray bytes;
        QByteArray time; ///< of its frame, when `timed`
        bool first; ///< of its frame
    };
    using Sink = std::function<void(const Piece &piece)>;
    /// False when the stream makes no sense; nothing may be fed after that.
    bool feed(const QByteArray &bytes, const Sink &sink);

private:
    bool readHead();
    bool readTime();

    bool m_timed;
    bool m_broken = false;
    QByteArray m_buffer;
    Stream m_stream = Stream::Output;
    std::uint32_t m_left = 0; ///< of the present frame
    bool m_timePending = false;
    bool m_first = true;
    QByteArray m_time;
};

} // namespace meseta::agent
