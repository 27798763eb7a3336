#pragma once

#include <functional>

#include <QJsonObject>
#include <QList>
#include <QString>

#include "common/base/result.h"

class QObject;

namespace meseta::console {

class EventFile;

/// What stands at the head of an incident file, apart from its events.
struct IncidentHead
{
    struct Note
    {
        double time = 0;
        QString text;
    };

    QString cluster;
    double from = 0; ///< seconds since the epoch: what it is about
    double until = 0;
    QString words; ///< of the person who wrote it
    QList<Note> notes; ///< what the console told meanwhile
    QList<Note> failovers; ///< how the leader changed, phase by phase

    QJsonObject toJson() const;
    static IncidentHead fromJson(const QJsonObject &json);
    QString text() const; ///< for a person
};

/// How much of a recording a span takes: what is before its first event, back to the snapshot that
/// it builds on, goes with it.
struct IncidentExtent
{
    int first = 0; ///< of the recording's events
    int count = 0;
    double begin = 0;
};
Result<IncidentExtent> incidentExtent(const EventFile &recording, double from, double until);
Result<IncidentExtent> incidentExtent(const QString &recording, double from, double until);

/// Writes the span of a recording, with its head, to one file that opens like a recording:
/// "meseta-incident 1\n", length of the head (u32, little-endian), the head as JSON, then the
/// events as in a recording. Secrets are taken out of all of it.
Result<> writeIncident(const QString &recording, const QString &target, const IncidentHead &head);

/// The same on another thread: it takes seconds where much is recorded. `done` is called on this
/// one, unless `context` is gone by then; the file is written all the same.
void writeIncidentSoon(const QString &recording, const QString &target, const IncidentHead &head,
                       QObject *context, std::function<void(Result<>)> done);

} // namespace meseta::console
