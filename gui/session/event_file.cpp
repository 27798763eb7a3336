#include "gui/session/event_file.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QStandardPaths>
#include <QThread>
#include <QtEndian>

#include "common/codec/field_count.h"
#include "gui/session/background.h"

namespace meseta::console {

namespace {

constexpr char magic[] = "meseta-events 1\n";
constexpr char incidentMagic[] = "meseta-incident 1\n"; // see incident_file.h
constexpr quint32 longestHead = 8U * 1024 * 1024;
constexpr qint64 magicSize = sizeof magic - 1;
constexpr qint64 headSize = sizeof(quint32) + sizeof(double);
constexpr quint32 longestEvent = 256U * 1024 * 1024; // as of a stream
constexpr qint64 mostFullFiles = 16; // of all sessions together
constexpr qint64 stillInUse = 3600; // seconds since a file was written: another console may be
constexpr std::size_t mostGathered = 64 * 1024; // bytes of records that go to the writer at once
constexpr std::chrono::milliseconds gatheredFor{100};
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

/// Removes what earlier sessions left, oldest first, where all together take more than `room`.
void makeRoom(const QString &folder, qint64 room)
{
    const QDateTime now = QDateTime::currentDateTime();
    const auto files = QDir(folder).entryInfoList({QStringLiteral("*.events")}, QDir::Files,
                                                  QDir::Time); // newest first
    for (const QFileInfo &file : files) {
        room -= file.size();
        if (room < 0 && file.lastModified().secsTo(now) > stillInUse)
            QFile::remove(file.filePath());
    }
}

} // namespace

EventRecorder::EventRecorder(QObject *parent) : QObject(parent), m_folder(defaultFolder())
{
    connect(&m_writer, &RecordWriter::failed, this, &EventRecorder::giveUp);
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatheredFor);
    connect(&m_soon, &QTimer::timeout, this, &EventRecorder::send);
}

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
    if (!m_open)
        return;
    send();
    m_writer.end();
    m_writer.flush();
    m_open = m_full = false;
}

void EventRecorder::flush()
{
    send();
    m_writer.flush();
}

void EventRecorder::giveUp(const QString &problem)
{
    m_problem = problem;
    m_gathered.clear();
    if (m_open)
        m_writer.end();
    m_open = m_full = false;
}

bool EventRecorder::begin()
{
    send();
    if (m_open)
        m_writer.end();
    m_open = m_full = false;
    const QString old = std::exchange(m_previous, std::exchange(m_path, {}));
    QDir().mkpath(m_folder);
    const QString name =
        QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss-zzz"));
    auto file = std::make_shared<QFile>();
    // Another console may begin its file in the same moment: none is written by two.
    for (int number = 1; number < 100 && !file->isOpen(); ++number) {
        const QString further = number > 1 ? QStringLiteral("-%1").arg(number) : QString();
        file->setFileName(QStringLiteral("%1/%2%3.events").arg(m_folder, name, further));
        (void)file->open(QIODevice::WriteOnly | QIODevice::NewOnly);
    }
    if (!file->isOpen()) {
        m_problem = file->errorString();
        return false;
    }
    m_path = file->fileName();
    m_problem.clear();
    m_open = true;
    m_size = magicSize;
    m_writer.begin(std::move(file), [old, folder = m_folder, room = mostFullFiles * m_maxBytes] {
        if (!old.isEmpty())
            QFile::remove(old);
        makeRoom(folder, room);
    });
    return m_writer.write(std::string(magic, magicSize), {});
}

void EventRecorder::record(const ::meseta::v1::Event &event)
{
    if (event.type() == ::meseta::v1::Event::HEARTBEAT)
        return;
    const double time = event.has_time() ? event.time() : now();
    if (event.type() == ::meseta::v1::Event::SUBSCRIBED)
        return recordSnapshot(event.SerializeAsString(), time);
    if (m_open) // events before a snapshot say nothing
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
    if (!(m_open && !m_full) && !begin())
        return;
    m_limit = std::max(m_maxBytes, 2 * size);
    write(std::move(event), time);
}

void EventRecorder::write(std::string &&bytes, double time)
{
    char head[headSize];
    qToLittleEndian(static_cast<quint32>(bytes.size()), head);
    qToLittleEndian(time, head + sizeof(quint32));
    m_size += headSize + static_cast<qint64>(bytes.size());
    m_gathered.append(head, headSize);
    if (bytes.size() >= mostGathered) { // a snapshot is not copied
        send();
        give(std::move(bytes));
    } else {
        m_gathered.append(bytes);
        if (m_gathered.size() >= mostGathered)
            send();
        else if (!m_soon.isActive())
            m_soon.start();
    }
    if (m_open && m_size >= m_limit && !m_full) {
        m_full = true;
        Q_EMIT snapshotWanted();
    }
    if (m_open && m_size >= 2 * m_limit)
        giveUp(FileText::tr("No snapshot came: the recording has ended.")); // no disk is filled
}

/// Many at once: waking the writer takes longer than what it has to do for one.
void EventRecorder::send()
{
    m_soon.stop();
    if (!m_gathered.empty())
        give(std::exchange(m_gathered, {}));
}

void EventRecorder::give(std::string &&bytes)
{
    if (m_open && !m_writer.write({}, std::move(bytes)))
        giveUp(FileText::tr("The disk is too slow for what happens: the recording has ended."));
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
    opened->scan();
    if (opened->m_records.empty())
        return fail(FileText::tr("%1 holds no event.").arg(path).toStdString());
    return opened;
}

void EventFile::openSoon(const QString &path, QObject *context, std::function<void(Opened)> done)
{
    inBackground(
        context,
        [path, here = QThread::currentThread()] {
            Opened opened = open(path);
            if (opened)
                (*opened)->m_file.moveToThread(here);
            return opened;
        },
        std::move(done));
}

/// Where the records are, in large reads: a file holds half a million of them.
void EventFile::scan()
{
    constexpr qint64 block = 1024 * 1024;
    constexpr qint64 wanted = headSize + 2; // of a record, to know what it is
    const qint64 size = m_file.size();
    QByteArray read;
    qint64 readAt = 0, at = m_file.pos();
    double last = 0;
    while (at + headSize <= size && m_records.size() < mostRecords) {
        if (at < readAt || at + std::min(wanted, size - at) > readAt + read.size()) {
            m_file.seek(at);
            read = m_file.read(block);
            readAt = at;
            if (read.size() < headSize)
                break;
        }
        const char *head = read.constData() + (at - readAt);
        const auto length = qFromLittleEndian<quint32>(head);
        double time = qFromLittleEndian<double>(head + sizeof(quint32));
        if (length > longestEvent || at + headSize + length > size || !std::isfinite(time))
            break;
        time = std::max(time, last); // a clock that was set back does not turn the order around
        last = time;
        constexpr char typeTag = ::meseta::v1::Event::kTypeFieldNumber << 3;
        const bool snapshot = length >= 2 && head[headSize] == typeTag
            && head[headSize + 1] == static_cast<char>(::meseta::v1::Event::SUBSCRIBED);
        m_records.push_back({time, at + headSize, length, snapshot});
        at += headSize + length;
    }
}

QByteArray EventFile::bytes(int index, qint64 from, qint64 most) const
{
    m_file.seek(at(index).offset + from);
    return m_file.read(std::min<qint64>(most, at(index).length - from));
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
        || !codec::parseBounded(event, {bytes.constData(), static_cast<std::size_t>(bytes.size())})
        || !event.IsInitialized())
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
