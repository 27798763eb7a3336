#pragma once

#include <memory>

#include <QByteArray>

#include "common/base/result.h"

namespace meseta::http {

/// The bytes as a gzip member (RFC 1952). Large input is packed fast rather than tight.
QByteArray gzip(const QByteArray &bytes);

/// Unpacks gzip input that arrives in pieces, never holding more than `limit` bytes of the result.
class Gunzip
{
public:
    explicit Gunzip(qint64 limit);
    ~Gunzip();

    enum class State { More, Done, Malformed, TooLarge };

    /// Unpacks a piece and appends what it gives to `out`.
    State feed(const char *data, qsizetype size, QByteArray &out);
    State state() const { return m_state; }

private:
    struct Stream;
    std::unique_ptr<Stream> m_stream;
    qint64 m_limit;
    qint64 m_produced = 0;
    State m_state = State::More;
};

/// Unpacks a whole body; the error says whether it is malformed, cut short or larger than `limit`
/// bytes.
Result<QByteArray> gunzip(const QByteArray &bytes, qint64 limit);

} // namespace meseta::http
