#pragma once

#include <deque>
#include <functional>
#include <memory>

#include <QByteArray>

#include "common/base/clock.h"
#include "common/codec/media_type.h"
#include "common/http/server.h"

namespace meseta::master {

/// The stream of one subscriber: records in order, one HTTP chunk each. A first record too big for
/// the connection's buffer is fed in slices as the reader takes it, and what happens meanwhile
/// waits behind it, up to a bound.
class OperatorStream : public std::enable_shared_from_this<OperatorStream>
{
public:
    static constexpr qint64 wholeBytes =
        32LL * 1024 * 1024; ///< a record up to this size is one chunk
    static constexpr qint64 waitingBytes =
        64LL * 1024 * 1024; ///< behind the first record; more ends the stream

    OperatorStream(std::shared_ptr<http::ResponseStream> stream, codec::MediaType form,
                   Clock &clock);
    ~OperatorStream();

    codec::MediaType form() const { return m_form; }

    /// Called once when the reader is gone; not after `end`.
    void onClosed(std::function<void()> callback) { m_stream->onClosed = std::move(callback); }

    /// Sends the first record.
    void begin(QByteArray record);
    /// Sends a record. False when the stream has ended, or was cut because its reader is too slow.
    bool send(const QByteArray &record);
    /// Ends in order.
    void end();

private:
    void pump();

    std::shared_ptr<http::ResponseStream> m_stream;
    codec::MediaType m_form;
    Clock &m_clock;
    QByteArray m_first;
    qint64 m_sentOfFirst = 0;
    std::deque<QByteArray> m_waiting;
    qint64 m_waitingBytes = 0;
    Clock::TimerId m_timer = 0;
};

} // namespace meseta::master
