#pragma once

#include "tests/system/golden/message_peer.h"
#include "tests/system/golden/scheduler_replay.h"

namespace meseta::test {

/// The messages between processes in a recording of tests/golden/daemon-messages. Rows carry whole
/// PIDs in "from" and "to".
class Recording
{
public:
    /// A recording that cannot be read has no rows.
    explicit Recording(const QString &name);

    const std::vector<Row> &rows() const { return m_rows; }

    /// The nth message of this name; an empty row if there are fewer.
    Row row(const QString &name, int nth = 0) const;

    /// The nth event of this type that a scheduler was told.
    QJsonObject event(const QString &type, int nth = 0) const;

    /// The body of the nth call of this type that came over HTTP.
    QJsonObject call(const QString &type, int nth = 0) const;

private:
    std::vector<Row> m_rows;
};

/// The same row with other words, in keys and values alike.
Row replaced(Row row, const QList<std::pair<QByteArray, QByteArray>> &words);

/// Sends a recorded message with our ids and ports, and holds the answer against the recorded one;
/// the differences.
QStringList tell(MessagePeer &peer, const Likeness &likeness, const Row &row, quint16 to);

/// Waits for a recorded message and compares request line, headers, framing, content and length.
/// `slack`: by how many bytes the lengths may differ, where ports and process ids are in it.
QStringList expect(MessagePeer &peer, Likeness &likeness, const Row &row, int slack = 0);

} // namespace meseta::test
