// What a replayed scheduler is told, held against what was recorded.

#include "tests/system/golden/scheduler_replay.h"

#include <algorithm>

#include <QJsonArray>
#include <QTest>

#include "tests/system/golden/json_parts.h"

namespace meseta::test {

using namespace Qt::StringLiterals;
using namespace parts;

namespace {

/// Several lists of resources as one, scalars of the same name added up; rounded as Mesos rounds.
QJsonArray sum(const std::map<QString, QJsonArray> &lists)
{
    std::map<QString, QJsonObject> byKey;
    for (const auto &[offer, list] : lists) {
        for (const QJsonValue &value : list) {
            const QJsonObject resource = value.toObject();
            QJsonObject key = resource;
            key.remove("scalar"_L1);
            const QString text =
                QString::fromUtf8(QJsonDocument(key).toJson(QJsonDocument::Compact));
            const auto [at, isNew] = byKey.try_emplace(text, resource);
            if (isNew || !resource.contains("scalar"_L1))
                continue;
            const double total = member(at->second, "scalar"_L1).value("value"_L1).toDouble()
                + member(resource, "scalar"_L1).value("value"_L1).toDouble();
            at->second.insert("scalar"_L1,
                              QJsonObject{{u"value"_s, double(qRound64(total * 1000)) / 1000}});
        }
    }
    QJsonArray all;
    for (const auto &[key, resource] : byKey)
        all.append(resource);
    return all;
}

} // namespace

std::optional<QJsonObject>
SchedulerReplay::takeEvent(Scheduler &from, const std::function<bool(const QJsonObject &)> &wanted)
{
    if (!from.stream)
        return std::nullopt;
    auto &events = from.stream->events;
    auto at = events.end();
    const bool came = waitFor([&] {
        at = std::find_if(events.begin(), events.end(), wanted);
        return at != events.end();
    });
    if (!came)
        return std::nullopt;
    const QJsonObject event = *at;
    events.erase(at);
    return event;
}

void SchedulerReplay::playEvent(const Row &row, const QJsonObject &recorded)
{
    Scheduler &one = scheduler(row);
    if (type(recorded) == "HEARTBEAT"_L1 && one.seenHeartbeat)
        return; // the regular ones, every 15 s: shown on a simulated clock by the master's own
                // tests
    if (type(recorded) == "OFFERS"_L1)
        return playOffers(row, recorded);
    one.seenHeartbeat |= type(recorded) == "HEARTBEAT"_L1;
    const QString task = id(member(member(recorded, "update"_L1), "status"_L1), "task_id"_L1);
    const auto event = takeEvent(one, [&](const QJsonObject &candidate) {
        return type(candidate) == type(recorded)
            && id(member(member(candidate, "update"_L1), "status"_L1), "task_id"_L1) == task;
    });
    if (!event)
        return report(row, {u"%1 %2 did not come"_s.arg(type(recorded), task)});
    report(row, m_likeness.compare(u"event"_s, recorded, *event));
    if (type(recorded) == "ERROR"_L1)
        one.lastError = member(*event, "error"_L1).value("message"_L1).toString();
}

void SchedulerReplay::playShortEvent(const Row &row)
{
    const QString wanted = row.text("event");
    if (!takeEvent(scheduler(row), [&](const QJsonObject &event) { return type(event) == wanted; }))
        report(row, {u"%1 did not come"_s.arg(wanted)});
}

void SchedulerReplay::playUpdate(const Row &row)
{
    Scheduler &one = m_schedulers.begin()->second;
    const QJsonObject recorded = row.value("update").toObject();
    const QString task = id(recorded, "task_id"_L1);
    const QString state = recorded.value("state"_L1).toString();
    const auto event = takeEvent(one, [&](const QJsonObject &candidate) {
        const QJsonObject status = member(member(candidate, "update"_L1), "status"_L1);
        return !status.isEmpty() && id(status, "task_id"_L1) == task
            && status.value("state"_L1).toString() != "TASK_STARTING"_L1;
    });
    if (!event)
        return report(row, {u"the update %1 of task \"%2\" did not come"_s.arg(state, task)});
    QJsonObject shortened = recorded;
    shortened.insert("..."_L1, true);
    const QJsonObject ours = member(member(*event, "update"_L1), "status"_L1);
    QStringList differences = m_likeness.compare(u"update"_s, shortened, ours);
    if (recorded.contains("uuid"_L1) != ours.contains("uuid"_L1))
        differences += u"uuid: recorded %1, ours %2"_s.arg(recorded.contains("uuid"_L1))
                           .arg(ours.contains("uuid"_L1));
    report(row, differences);
}

void SchedulerReplay::playOffers(const Row &row, const QJsonObject &recorded)
{
    Scheduler &one = scheduler(row);
    QJsonObject offer =
        member(recorded, "offers"_L1).value("offers"_L1).toArray().first().toObject();
    const QString recordedId = id(offer, "id"_L1);
    const bool full = offer.value("resources"_L1).isArray();
    const QJsonValue wanted = offer.value("resources"_L1);
    const bool came = waitFor([&] {
        Likeness trial = m_likeness;
        return !one.offers.empty()
            && (full ? trial.compare(u"x.resources"_s, wanted, sum(one.offers)).isEmpty()
                     : cpus(one.offers) > 1);
    });
    if (one.offers.empty())
        return report(row, {u"no offer came"_s});
    QStringList ids;
    for (const auto &[ours, resources] : one.offers)
        ids += ours;
    m_offerIds.insert(recordedId, ids);
    QJsonObject ours = one.offerObjects[ids.first()];
    ours.insert("resources"_L1, sum(one.offers));
    ours.remove("id"_L1);
    offer.remove("id"_L1);
    QStringList differences = m_likeness.compare(u"offer"_s, offer, ours);
    if (!came && differences.isEmpty())
        differences += u"the offers have %1 CPUs"_s.arg(cpus(one.offers));
    report(row, differences);
}

void SchedulerReplay::playClosed(const Row &row)
{
    Scheduler &one = scheduler(row);
    if (m_schedulers.size() == 1 && !row.has("stream"))
        return;
    if (!one.stream)
        return;
    if (row.text("closed") == "eof"_L1) {
        one.stream->close();
        one.left = true;
        one.offers.clear();
        waitUntilGone(one.frameworkId, false);
        return;
    }
    if (one.lastError.isEmpty() && !one.tornDown)
        send(one,
             {{u"type"_s,
               u"TEARDOWN"_s}}); // the recorder tore its frameworks down without writing it
    if (!waitFor([&] { return one.stream->ended; }))
        report(row, {u"the stream did not end"_s});
}

/// Waits until the master sees the framework disconnected, or removed.
void SchedulerReplay::waitUntilGone(const QString &frameworkId, bool removed)
{
    const auto gone = [&] {
        const QJsonObject all =
            member(operatorCall(m_cluster.masterPort(), {{u"type"_s, u"GET_FRAMEWORKS"_s}}),
                   "get_frameworks"_L1);
        for (const QJsonValue &value : all.value("frameworks"_L1).toArray()) {
            const QJsonObject framework = value.toObject();
            if (id(member(framework, "framework_info"_L1), "id"_L1) == frameworkId)
                return !removed && !framework.value("connected"_L1).toBool();
        }
        return true;
    };
    const bool connectedElsewhere =
        !removed && std::any_of(m_schedulers.begin(), m_schedulers.end(), [&](const auto &entry) {
            return entry.second.frameworkId == frameworkId && entry.second.stream
                && !entry.second.left && !entry.second.stream->ended
                && entry.second.lastError.isEmpty();
        });
    if (removed || !connectedElsewhere)
        waitFor(gone);
}

void SchedulerReplay::playStateNote(const Row &row)
{
    pollAll();
    const auto call = [&](const QString &name) {
        return member(operatorCall(m_cluster.masterPort(), {{u"type"_s, name}}),
                      name == "GET_TASKS"_L1 ? "get_tasks"_L1 : "get_frameworks"_L1);
    };
    if (row.has("task")) {
        const QJsonObject recorded = row.value("task").toObject();
        const QJsonArray tasks = call(u"GET_TASKS"_s).value("completed_tasks"_L1).toArray();
        for (const QJsonValue &task : tasks) {
            if (id(task.toObject(), "task_id"_L1) == id(recorded, "task_id"_L1))
                return report(row, m_likeness.compare(u"task"_s, recorded, task));
        }
        return report(row, {u"the task is not among the completed ones"_s});
    }
    const QJsonArray frameworks = call(u"GET_FRAMEWORKS"_s).value("frameworks"_L1).toArray();
    const QJsonObject ours = frameworks.isEmpty() ? QJsonObject() : frameworks.first().toObject();
    if (row.has("framework_info"))
        return report(row,
                      m_likeness.compare(u"framework_info"_s, row.value("framework_info"),
                                         ours.value("framework_info"_L1)));
    QJsonObject recorded = row.value("framework").toObject();
    recorded.insert("..."_L1, true);
    report(row, m_likeness.compare(u"framework"_s, recorded, ours));
}

/// "offers while suppressed: False": nothing came within more than one round of the allocator.
void SchedulerReplay::playNothingHappened(const Row &row)
{
    Scheduler &one =
        row.text("note").startsWith("B "_L1) ? m_schedulers[u"B"_s] : m_schedulers[u"A"_s];
    const bool offers = row.text("note").contains("offer"_L1);
    const int before = offers ? one.newOffers : one.rescinds;
    const bool came = QTest::qWaitFor(
        [&] {
            pollAll();
            return (offers ? one.newOffers : one.rescinds) != before;
        },
        1300);
    if (came)
        report(row, {u"it did happen"_s});
}

} // namespace meseta::test
