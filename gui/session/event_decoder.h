#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <variant>

#include <QObject>

#include "gui/model/snapshot_reader.h"

namespace meseta::console {

/// The end of a snapshot, with all of it as one record of a recording (a meseta.v1.Event).
struct SnapshotEnd
{
    std::string record;
};

/// The stream of a master came to its end after what was told before.
struct StreamEnd
{
    QString reason;
};

/// A record that cannot be read.
struct BadRecord
{ };

/// What a master told, as the replica takes it. A snapshot is a head, pieces, an end.
struct Told
{
    int stream = 0; ///< which one it came by: the number that was given with the record
    std::variant<::meseta::v1::Event, SnapshotHead, SnapshotPiece, SnapshotEnd, StreamEnd,
                 BadRecord>
        what;
    bool again = false; ///< set by who takes it: it is not done with it, and wants it once more
};

/// The snapshot in a record, as the bytes of a meseta.v1.Event.Subscribed; nothing: it holds none.
std::optional<std::string_view> snapshotIn(std::string_view record);

/// Reads the records of a master's stream on a thread of its own and hands over what they say, in
/// their order. Bounded: it waits while little of that is fetched, and says when it is full.
class EventDecoder : public QObject
{
    Q_OBJECT
public:
    enum class Form {
        Ours, ///< a meseta.v1.Event
        Mesos, ///< a mesos.v1.master.Event
        State, ///< a mesos.v1.master.Response with a GetState: a snapshot
        End, ///< no record: the reason why the stream ended
    };

    explicit EventDecoder(QObject *parent = nullptr);
    ~EventDecoder() override;

    void add(std::string record, Form form, int stream);
    /// Whether no more should be added until something has been taken.
    bool isFull() const;
    /// Nothing is being read, and nothing is there to be taken.
    bool isIdle() const;

    std::deque<Told> take(); ///< what is there now; `ready` comes when there is more
    void clear(); ///< forgets all that was added

Q_SIGNALS:
    void ready();

private:
    struct Record
    {
        std::string bytes;
        Form form;
        int stream;
    };

    void work();
    void decode(Record record, int round);
    void decodeSnapshot(std::string record, double time, int stream, int round);
    void announce(); ///< with the lock held
    bool tell(Told told, int round);

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Record> m_records;
    std::size_t m_bytes = 0; // of the records
    std::deque<Told> m_told;
    bool m_readyTold = false;
    bool m_working = false;
    bool m_stopped = false;
    int m_round = 0; // of `clear`
    std::thread m_thread;
};

} // namespace meseta::console
