#include "gui/session/incident_file.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QtEndian>

#include "gui/model/formats.h"
#include "gui/session/background.h"
#include "gui/session/event_file.h"
#include "gui/session/secret_scrubber.h"

namespace meseta::console {

namespace {

struct IncidentText
{
    Q_DECLARE_TR_FUNCTIONS(IncidentFile)
};

constexpr qsizetype mostNotes = 1000;

QJsonArray toJson(const QList<IncidentHead::Note> &notes)
{
    QJsonArray list;
    for (const auto &note : notes.mid(0, mostNotes))
        list.append(QJsonObject{{QStringLiteral("time"), note.time},
                                {QStringLiteral("text"), withoutSecrets(note.text)}});
    return list;
}

QList<IncidentHead::Note> notesOf(const QJsonArray &list)
{
    QList<IncidentHead::Note> notes;
    for (const auto &entry : list) {
        if (notes.size() < mostNotes)
            notes.append({entry[u"time"].toDouble(), entry[u"text"].toString().left(4096)});
    }
    return notes;
}

template <typename Number> QByteArray littleEndian(Number number)
{
    QByteArray bytes(sizeof number, '\0');
    qToLittleEndian(number, bytes.data());
    return bytes;
}

Error cannotWrite(const QSaveFile &file)
{
    return Error{IncidentText::tr("%1 cannot be written: %2")
                     .arg(file.fileName(), file.errorString())
                     .toStdString()};
}

} // namespace

QJsonObject IncidentHead::toJson() const
{
    return {{QStringLiteral("cluster"), cluster},
            {QStringLiteral("from"), from},
            {QStringLiteral("until"), until},
            {QStringLiteral("words"), withoutSecrets(words)},
            {QStringLiteral("notes"), console::toJson(notes)},
            {QStringLiteral("failovers"), console::toJson(failovers)},
            {QStringLiteral("written"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}};
}

IncidentHead IncidentHead::fromJson(const QJsonObject &json)
{
    return {json[u"cluster"].toString().left(4096),
            json[u"from"].toDouble(),
            json[u"until"].toDouble(),
            json[u"words"].toString().left(65536),
            notesOf(json[u"notes"].toArray()),
            notesOf(json[u"failovers"].toArray())};
}

QString IncidentHead::text() const
{
    QStringList lines{IncidentText::tr("Cluster %1").arg(cluster),
                      IncidentText::tr("From %1 to %2").arg(timeText(from), timeText(until))};
    const auto list = [&lines](const QString &title, const QList<Note> &all) {
        if (all.isEmpty())
            return;
        lines << QString() << title;
        for (const Note &note : all)
            lines << timeText(note.time) + QStringLiteral("  ") + note.text;
    };
    if (!words.isEmpty())
        lines << QString() << words;
    list(IncidentText::tr("Changes of the leader"), failovers);
    list(IncidentText::tr("What the console told"), notes);
    return lines.join(QLatin1Char('\n'));
}

Result<IncidentExtent> incidentExtent(const EventFile &recording, double from, double until)
{
    int first = std::max(0, recording.countUntil(from) - 1);
    while (first > 0 && !recording.isSnapshot(first))
        --first;
    const int count = recording.countUntil(until) - first;
    if (count <= 0)
        return fail(IncidentText::tr("Nothing was recorded in that time.").toStdString());
    return IncidentExtent{first, count, recording.time(first)};
}

Result<IncidentExtent> incidentExtent(const QString &recording, double from, double until)
{
    const auto file = EventFile::open(recording);
    if (!file)
        return fail(file.error());
    return incidentExtent(**file, from, until);
}

Result<> writeIncident(const QString &recording, const QString &target, const IncidentHead &head)
{
    const auto source = EventFile::open(recording);
    if (!source)
        return fail(source.error());
    const auto extent = incidentExtent(**source, head.from, head.until);
    if (!extent)
        return fail(extent.error());
    QSaveFile file(target);
    const QByteArray json = QJsonDocument(head.toJson()).toJson(QJsonDocument::Compact);
    if (!file.open(QIODevice::WriteOnly))
        return fail(cannotWrite(file));
    file.write("meseta-incident 1\n");
    file.write(littleEndian(static_cast<quint32>(json.size())));
    file.write(json);
    for (int i = extent->first; i < extent->first + extent->count; ++i) {
        auto event = (*source)->read(i);
        if (!event)
            return fail(event.error());
        scrubSecrets(*event);
        const std::string bytes = event->SerializeAsString();
        file.write(littleEndian(static_cast<quint32>(bytes.size())));
        file.write(littleEndian((*source)->time(i)));
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
    }
    if (!file.commit())
        return fail(cannotWrite(file));
    return {};
}

void writeIncidentSoon(const QString &recording, const QString &target, const IncidentHead &head,
                       QObject *context, std::function<void(Result<>)> done)
{
    inBackground(
        context, [=] { return writeIncident(recording, target, head); }, std::move(done));
}

} // namespace meseta::console
