#pragma once

#include <QFile>
#include <QObject>
#include <QTimer>

#include "common/base/result.h"
#include "gui/session/record_writer.h"
#include "meseta/v1/meseta.pb.h"

namespace meseta::console {

/// Writes the events of a session to files, so that any moment of it can be looked at later. The
/// first record of a file is a snapshot; when a file has reached its size, a fresh snapshot is
/// asked for and the next file begins with it. The newest two files of a session are kept; those of
/// earlier sessions go, oldest first, when all together take more than sixteen full files. Writing
/// is done on a thread of its own.
///
/// Format: "meseta-events 1\n", then records: length of the event (u32), seconds since the epoch
/// (f64), the event (meseta.v1.Event); numbers little-endian.
class EventRecorder : public QObject
{
    Q_OBJECT
public:
    explicit EventRecorder(QObject *parent = nullptr);
    ~EventRecorder() override;

    /// Where files go, and how large one may grow, in bytes.
    void setFolder(const QString &folder) { m_folder = folder; }
    void setMaxBytes(qint64 bytes) { m_maxBytes = bytes; }
    static QString defaultFolder();

    void record(const ::meseta::v1::Event &event);
    /// A SUBSCRIBED event as its bytes, for large ones.
    void recordSnapshot(std::string &&event, double time);
    void stop();
    QString path() const { return m_path; } ///< of the file being written; may be empty
    void flush(); ///< whoever reads the file then finds all of it
    QString problem() const { return m_problem; }

Q_SIGNALS:
    void snapshotWanted();

private:
    bool begin();
    void write(std::string &&bytes, double time);
    void send();
    void give(std::string &&bytes);
    void giveUp(const QString &problem);

    RecordWriter m_writer;
    QString m_folder;
    qint64 m_maxBytes = 64LL * 1024 * 1024;
    qint64 m_limit = 0; ///< of this file: more where the snapshot takes much of it
    qint64 m_size = 0; ///< of this file, with what is to be written
    QString m_path;
    std::string m_gathered; ///< records that the writer has not been given yet
    QTimer m_soon; ///< when it is
    QString m_previous;
    QString m_problem;
    bool m_open = false;
    bool m_full = false;
};

/// A file of recorded events, open for reading. What is after a torn record is left out.
class EventFile
{
public:
    static Result<std::unique_ptr<EventFile>> open(const QString &path);

    /// The same on another thread, for the window's: a large file takes a tenth of a second. `done`
    /// is called on this thread, unless `context` is gone by then.
    using Opened = Result<std::unique_ptr<EventFile>>;
    static void openSoon(const QString &path, QObject *context, std::function<void(Opened)> done);

    int count() const { return static_cast<int>(m_records.size()); }
    double time(int index) const { return m_records[static_cast<std::size_t>(index)].time; }
    double begin() const { return time(0); }
    double end() const { return time(count() - 1); }
    int countUntil(double time) const; ///< records that happened at or before it
    Result<::meseta::v1::Event> read(int index) const;
    quint32 length(int index) const { return at(index).length; } ///< bytes of an event
    bool isSnapshot(int index) const { return at(index).snapshot; }
    /// Some of an event's bytes; fewer than asked for where the file has become shorter.
    QByteArray bytes(int index, qint64 from, qint64 most) const;
    QString path() const { return m_file.fileName(); }
    QByteArray incidentHead() const { return m_incident; } ///< JSON; empty: a plain recording

    /// How many events fall into each of so many equal stretches of time.
    std::vector<int> density(int stretches) const;

private:
    struct Record
    {
        double time;
        qint64 offset;
        quint32 length;
        bool snapshot;
    };

    const Record &at(int index) const { return m_records[static_cast<std::size_t>(index)]; }
    void scan();

    mutable QFile m_file;
    QByteArray m_incident;
    std::vector<Record> m_records;
};

} // namespace meseta::console
