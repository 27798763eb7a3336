#include "gui/session/event_file.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QStandardPaths>
#include <QtEndian>

namespace meseta::console {

namespace {

constexpr char magic[] = "meseta-events 1\n";
constexpr char incidentMagic[] = "meseta-incident 1\n"; // see incident_file.h
constexpr quint32 longestHead = 8U * 1024 * 1024;
constexpr qint64 magicSize = sizeof magic - 1;
constexpr qint64 headSize = sizeof(quint32) + sizeof(double);
constexpr quint32 longestEvent = 1024U * 1024 * 1024;
constexpr std::size_t mostRecords = 20'000'000;

struct FileText
{
    Q_DECLARE_TR_FUNCTIONS(EventFile)
};

/// Of an incident file; what cannot be read is empty.
QByteArray readIncidentHead(QFile &file)
{
    char length[sizeof(quint32)];
    if (file.read(length, sizeof length) != sizeof length)
        return {};
    const auto size = qFromLittleEndian<quint32>(length);
    return size > longestHead ? QByteArray() : file.read(size);
}

double now()
{
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

} // namespace

EventRecorder::EventRecorder(QObject *parent) : QObject(parent), m_folder(defaultFolder()) { }

EventRecorder::~EventRecorder()
{
    stop();
}

QString EventRecorder::defaultFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)
        + QLatin1String("/recordings");
}

void EventRecorder::stop()
{
    m_file.close();
    m_full = false;
}

bool EventRecorder::begin()
{
    const QString last = m_file.fileName();
    m_file.close();
    if (!m_previous.isEmpty())
        QFile::remove(m_previous);
    m_previous = last;
    m_full = false;
    QDir().mkpath(m_folder);
    const QString name =
        QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss-zzz"));
    m_file.setFileName(QStringLiteral("%1/%2.events").arg(m_folder, name));
    if (!m_file.open(QIODevice::WriteOnly) || m_file.write(magic, magicSize) != magicSize) {
        m_problem = m_file.errorString();
        return false;
    }
    m_problem.clear();
    return true;
}

void EventRecorder::record(const ::meseta::v1::Event &event)
{
    if (event.type() == ::meseta::v1::Event::HEARTBEAT)
        return;
    const double time = event.has_time() ? event.time() : now();
    if (event.type() == ::meseta::v1::Event::SUBSCRIBED)
        return recordSnapshot(event.SerializeAsString(), time);
    if (m_file.isOpen()) // events before a snapshot say nothing
        write(event.SerializeAsString(), time);
}

void EventRecorder::recordSnapshot(std::string &&event, double time)
{
    // A file has room for as much again as its snapshot takes: one that was full with it alone
    // would ask for the next at once, and so on without an end.
    const auto size = static_cast<qint64>(event.size());
    if (size > 2 * m_maxBytes) {
        stop();
        m_problem = FileText::tr("The cluster is too large to be recorded: a snapshot of it takes "
                                 "%1 MiB.")
                        .arg(size >> 20);
        return;
    }
    if (!(m_file.isOpen() && !m_full) && !begin())
        return;
    m_limit = std::max(m_maxBytes, 2 * size);
    write(event, time);
}

void EventRecorder::write(const std::string &bytes, double time)
{
    char head[headSize];
    qToLittleEndian(static_cast<quint32>(bytes.size()), head);
    qToLittleEndian(time, head + sizeof(quint32));
    const auto length = static_cast<qint64>(bytes.size());
    if (m_file.write(head, headSize) != headSize || m_file.write(bytes.data(), length) != length) {
        m_problem = m_file.errorString(); // a full disk ends the recording, not the session
        return m_file.close();
    }
    if (m_file.size() >= m_limit && !m_full) {
        m_full = true;
        Q_EMIT snapshotWanted();
    }
    if (m_file.size() >= 2 * m_limit)
        m_file.close(); // no snapshot came: rather a gap than a full disk
}

Result<std::unique_ptr<EventFile>> EventFile::open(const QString &path)
{
    auto opened = std::make_unique<EventFile>();
    QFile &file = opened->m_file;
    file.setFileName(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(
            FileText::tr("%1 cannot be read: %2").arg(path, file.errorString()).toStdString());
    const QByteArray kind = file.readLine(32);
    if (kind == QByteArrayView(incidentMagic))
        opened->m_incident = readIncidentHead(file);
    else if (kind != QByteArrayView(magic))
        return fail(FileText::tr("%1 is no recording of the console.").arg(path).toStdString());
    const qint64 size = file.size();
    qint64 at = file.pos();
    double last = 0;
    while (at + headSize <= size && opened->m_records.size() < mostRecords) {
        char head[headSize];
        if (!file.seek(at) || file.read(head, headSize) != headSize)
            break;
        const auto length = qFromLittleEndian<quint32>(head);
        double time = qFromLittleEndian<double>(head + sizeof(quint32));
        if (length > longestEvent || at + headSize + length > size || !std::isfinite(time))
            break;
        time = std::max(time, last); // a clock that was set back does not turn the order around
        last = time;
        opened->m_records.push_back({time, at + headSize, length});
        at += headSize + length;
    }
    if (opened->m_records.empty())
        return fail(FileText::tr("%1 holds no event.").arg(path).toStdString());
    return opened;
}

int EventFile::countUntil(double time) const
{
    const auto after =
        std::upper_bound(m_records.begin(), m_records.end(), time,
                         [](double t, const Record &record) { return t < record.time; });
    return static_cast<int>(after - m_records.begin());
}

Result<::meseta::v1::Event> EventFile::read(int index) const
{
    const Record &record = m_records[static_cast<std::size_t>(index)];
    m_file.seek(record.offset);
    const QByteArray bytes = m_file.read(record.length);
    ::meseta::v1::Event event;
    if (bytes.size() != static_cast<qsizetype>(record.length)
        || !event.ParseFromArray(bytes.constData(), static_cast<int>(bytes.size())))
        return fail(FileText::tr("Event %1 of the recording is damaged.").arg(index).toStdString());
    event.set_time(record.time);
    return event;
}

std::vector<int> EventFile::density(int stretches) const
{
    std::vector<int> counts(static_cast<std::size_t>(stretches), 0);
    const double length = std::max(1e-9, end() - begin());
    for (const Record &record : m_records) {
        const auto at = static_cast<int>((record.time - begin()) / length * stretches);
        ++counts[static_cast<std::size_t>(std::clamp(at, 0, stretches - 1))];
    }
    return counts;
}

} // namespace meseta::console
