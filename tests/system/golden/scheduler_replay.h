#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "tests/support/daemons.h"
#include "tests/system/golden/likeness.h"
#include "tests/system/golden/transcript.h"

namespace meseta::test {

/// A difference from the recording that is meant to be, or rows that are not played; and why.
struct Expected
{
    QString file; ///< "scheduler/decline"
    QRegularExpression where; ///< matched against "line 12 path: what"
    QString reason;
};

/// A streaming answer, split into chunks and records as they come.
class EventStream
{
public:
    /// `accept`: header lines that say what is wanted back.
    EventStream(quint16 port, const QByteArray &path, const QJsonObject &call,
                const QByteArray &accept = "Accept: application/json\r\n");

    /// Takes in what has come.
    void poll();
    bool hasHead() const { return !head.isEmpty(); }
    void close()
    {
        m_client.reset();
        m_closed = true;
    }

    QStringList head;
    QByteArray body; ///< of an answer that is no stream
    QByteArray streamId;
    QList<QByteArray> chunks; ///< all of them, as they were cut
    std::vector<QJsonObject> events; ///< not yet asked for
    bool ended = false; ///< by the server, with the last chunk
    bool badlyFramed = false; ///< a chunk was not exactly one record

private:
    void takeHead();

    RawClient m_client;
    bool m_closed = false;
};

/// Plays the schedulers of a recording against our master and compares what it says with what was
/// recorded.
class SchedulerReplay
{
public:
    SchedulerReplay(Cluster &cluster, Transcript transcript, const std::vector<Expected> &expected);

    /// Schedulers that acknowledge only where the recording does; the others acknowledge each
    /// update at once.
    QStringList manualStreams;

    /// Plays everything; the differences that are not expected.
    QStringList run();

private:
    struct Scheduler
    {
        std::unique_ptr<EventStream> stream;
        QString frameworkId;
        std::map<QString, QJsonArray> offers; ///< outstanding: id to resources
        std::map<QString, QJsonObject> offerObjects;
        QString lastError;
        bool tornDown = false;
        bool left = false; ///< closed its stream
        bool seenHeartbeat = false;
        int newOffers = 0; ///< since the last check
        int rescinds = 0;
    };

    void play(const Row &row);
    void playSubscribe(const Row &row);
    void playCall(const Row &row);
    void playRequest(const Row &row);
    void playHead(const Row &row);
    void playEvent(const Row &row, const QJsonObject &recorded);
    void playShortEvent(const Row &row);
    void playUpdate(const Row &row);
    void playOffers(const Row &row, const QJsonObject &recorded);
    void playClosed(const Row &row);
    void playStateNote(const Row &row);
    void playNothingHappened(const Row &row);

    Scheduler &scheduler(const Row &row);
    QJsonObject completeCall(const Row &row, Scheduler &from);
    QJsonObject expandOffers(QJsonObject call);
    void forgetUsedOffers(Scheduler &from, const QJsonObject &call);
    void pollAll();
    void take(Scheduler &by, const QJsonObject &event);
    void acknowledge(Scheduler &by, const QJsonObject &status);
    bool waitFor(const std::function<bool()> &done, int milliseconds = 9000);
    std::optional<QJsonObject> takeEvent(Scheduler &from,
                                         const std::function<bool(const QJsonObject &)> &wanted);
    void waitUntilGone(const QString &frameworkId, bool removed);
    void report(const Row &row, const QStringList &differences);
    void reportUnasked();
    Answer send(Scheduler &from, const QJsonObject &call);

    Cluster &m_cluster;
    Transcript m_transcript;
    std::vector<Expected> m_expected;
    Likeness m_likeness;
    std::map<QString, Scheduler> m_schedulers;
    QHash<QString, QStringList> m_offerIds; ///< recorded offer to our offers
    QStringList m_differences;
    int m_timeouts = 0;
    QString m_lastNote;
    bool m_expectsRemoved =
        false; ///< the stream of this row is told that its framework has been removed
};

} // namespace meseta::test
