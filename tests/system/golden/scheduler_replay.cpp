#include "tests/system/golden/scheduler_replay.h"

#include <algorithm>
#include <set>

#include <QJsonArray>
#include <QTest>
#include <QUuid>

#include "tests/system/golden/json_parts.h"

namespace meseta::test {

using namespace Qt::StringLiterals;
using namespace parts;

namespace {

const QByteArray kPath = "/api/v1/scheduler";

QStringList headOf(const Answer &answer)
{
    QStringList head{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        head += QString::fromLatin1(line);
    return head;
}

/// The fields that the recording leaves out of its short tasks (its first row says which).
QJsonObject completeTask(QJsonObject task, const QString &agent, const QString &note)
{
    const auto missing = [&](const char *field) {
        return note == QLatin1String(field) + " missing"_L1;
    };
    if (!task.contains("task_id"_L1) && !missing("task_id"))
        return task;
    if (!task.contains("name"_L1) && !missing("name"))
        task.insert("name"_L1, id(task, "task_id"_L1));
    if (!task.contains("agent_id"_L1) && !missing("agent_id"))
        task.insert("agent_id"_L1, idObject(agent));
    if (!task.contains("resources"_L1)) {
        const auto scalar = [](const QString &name, double value) {
            return QJsonObject{{u"name"_s, name},
                               {u"type"_s, u"SCALAR"_s},
                               {u"scalar"_s, QJsonObject{{u"value"_s, value}}}};
        };
        task.insert("resources"_L1, QJsonArray{scalar(u"cpus"_s, 0.1), scalar(u"mem"_s, 32)});
    }
    if (!task.contains("command"_L1)
        && (!task.contains("executor"_L1) || note.startsWith("both"_L1))
        && !note.startsWith("neither"_L1))
        task.insert("command"_L1, QJsonObject{{u"value"_s, u"sleep 1000"_s}});
    return task;
}

QJsonArray completeTasks(const QJsonArray &tasks, const QString &agent, const QString &note)
{
    QJsonArray complete;
    for (const QJsonValue &task : tasks)
        complete.append(completeTask(task.toObject(), agent, note));
    return complete;
}

} // namespace

SchedulerReplay::SchedulerReplay(Cluster &cluster, Transcript transcript,
                                 const std::vector<Expected> &expected)
    : m_cluster(cluster), m_transcript(std::move(transcript))
{
    m_transcript.moveCallsBeforeTheirEvents();
    for (const Expected &entry : expected) {
        if (entry.file == m_transcript.name || entry.file.isEmpty())
            m_expected.push_back(entry);
    }
    m_likeness.learn(u"15150"_s, QString::number(cluster.masterPort()));
    m_likeness.learn(u"15151"_s, QString::number(cluster.agentPort()));
}

QStringList SchedulerReplay::run()
{
    for (size_t i = 0; i < m_transcript.rows.size() && m_timeouts < 3; ++i) {
        const Row &row = m_transcript.rows[i];
        if (row.has("note"))
            m_lastNote = row.text("note");
        m_expectsRemoved = false;
        for (size_t later = i; later < m_transcript.rows.size() && !m_expectsRemoved; ++later) {
            const Row &other = m_transcript.rows[later];
            m_expectsRemoved = other.text("stream") == row.text("stream")
                && other.value("event")
                       .toObject()
                       .value("error"_L1)
                       .toObject()
                       .value("message"_L1)
                       .toString()
                       .contains("removed"_L1);
        }
        play(row);
    }
    pollAll();
    reportUnasked();
    return m_differences;
}

void SchedulerReplay::play(const Row &row)
{
    const QString where = u"line %1 skipped"_s.arg(row.line);
    for (const Expected &entry : m_expected) {
        if (entry.where.match(where).hasMatch()) {
            qInfo("%s line %d not played: %s", qPrintable(m_transcript.name), row.line,
                  qPrintable(entry.reason));
            return;
        }
    }
    if (row.has("request_headers"))
        playRequest(row);
    else if (row.has("call") && type(row.value("call").toObject()) == "SUBSCRIBE"_L1)
        playSubscribe(row);
    else if (row.has("call"))
        playCall(row);
    else if (row.has("response_head"))
        playHead(row);
    else if (row.value("event").isString())
        playShortEvent(row);
    else if (row.has("event"))
        playEvent(row, row.value("event").toObject());
    else if (row.has("raw_chunk"))
        playEvent(
            row,
            QJsonDocument::fromJson(row.text("raw_chunk").section(u'\n', 2).toUtf8().trimmed())
                .object());
    else if (row.has("update"))
        playUpdate(row);
    else if (row.has("closed"))
        playClosed(row);
    else if (row.has("framework") || row.has("framework_info") || row.has("task"))
        playStateNote(row);
    else if (row.text("note").endsWith(": False"_L1))
        playNothingHappened(row);
}

SchedulerReplay::Scheduler &SchedulerReplay::scheduler(const Row &row)
{
    return m_schedulers[row.text("stream")];
}

bool SchedulerReplay::waitFor(const std::function<bool()> &done, int milliseconds)
{
    const bool came = QTest::qWaitFor(
        [&] {
            pollAll();
            return done();
        },
        milliseconds);
    m_timeouts += came ? 0 : 1;
    return came;
}

void SchedulerReplay::pollAll()
{
    for (auto &[name, one] : m_schedulers) {
        if (!one.stream)
            continue;
        const size_t before = one.stream->events.size();
        if (one.stream->badlyFramed)
            m_differences += name + u": a chunk that is not one whole record"_s;
        one.stream->poll();
        for (size_t i = before; i < one.stream->events.size(); ++i)
            take(one, one.stream->events[i]);
    }
}

void SchedulerReplay::take(Scheduler &by, const QJsonObject &event)
{
    if (type(event) == "SUBSCRIBED"_L1)
        by.frameworkId = id(member(event, "subscribed"_L1), "framework_id"_L1);
    if (type(event) == "OFFERS"_L1) {
        for (const QJsonValue &value : member(event, "offers"_L1).value("offers"_L1).toArray()) {
            const QJsonObject offer = value.toObject();
            by.offers[id(offer, "id"_L1)] = offer.value("resources"_L1).toArray();
            by.offerObjects[id(offer, "id"_L1)] = offer;
            ++by.newOffers;
        }
    }
    if (type(event) == "RESCIND"_L1) {
        by.offers.erase(id(member(event, "rescind"_L1), "offer_id"_L1));
        ++by.rescinds;
    }
    const QJsonObject status = member(member(event, "update"_L1), "status"_L1);
    const bool manual =
        std::any_of(manualStreams.begin(), manualStreams.end(),
                    [&](const QString &name) { return &m_schedulers[name] == &by; });
    if (status.contains("uuid"_L1) && !manual)
        acknowledge(by, status);
}

void SchedulerReplay::acknowledge(Scheduler &by, const QJsonObject &status)
{
    QJsonObject body;
    for (const auto name : {"agent_id"_L1, "task_id"_L1, "uuid"_L1})
        body.insert(name, status.value(name));
    const Answer answer = send(by, {{u"type"_s, u"ACKNOWLEDGE"_s}, {u"acknowledge"_s, body}});
    if (answer.status() != 202)
        m_differences += u"ACKNOWLEDGE: %1 %2"_s.arg(QString::fromLatin1(answer.statusLine),
                                                     QString::fromUtf8(answer.body));
}

Answer SchedulerReplay::send(Scheduler &from, const QJsonObject &call)
{
    QJsonObject complete = call;
    if (!complete.contains("framework_id"_L1))
        complete.insert("framework_id"_L1, idObject(from.frameworkId));
    return postJson(m_cluster.masterPort(), kPath, complete,
                    {"Mesos-Stream-Id: " + (from.stream ? from.stream->streamId : QByteArray())});
}

void SchedulerReplay::playSubscribe(const Row &row)
{
    Scheduler &one = scheduler(row);
    const QJsonObject recorded = row.value("call").toObject();
    if (const QString framework = m_likeness.ours(id(recorded, "framework_id"_L1));
        !framework.isEmpty())
        waitUntilGone(framework, m_expectsRemoved);
    one = Scheduler();
    const auto call = m_likeness.translate(recorded).toObject();
    one.stream = std::make_unique<EventStream>(m_cluster.masterPort(), kPath, call);
    if (!waitFor([&] { return one.stream->hasHead(); }))
        report(row, {u"SUBSCRIBE: no answer"_s});
}

void SchedulerReplay::playHead(const Row &row)
{
    Scheduler &one = scheduler(row);
    if (!one.stream)
        return;
    const QStringList recorded = fullHead(row.value("response_head"), row.has("response_body"));
    report(row, m_likeness.compareHeads(recorded, one.stream->head));
    for (const QString &line : recorded) {
        if (line.startsWith("Mesos-Stream-Id: "_L1))
            m_likeness.learn(line.mid(17), QString::fromLatin1(one.stream->streamId));
    }
}

QJsonObject SchedulerReplay::expandOffers(QJsonObject call)
{
    for (const auto name : {"accept"_L1, "decline"_L1}) {
        QJsonObject body = member(call, name);
        if (!body.contains("offer_ids"_L1))
            continue;
        QJsonArray ours;
        for (const QJsonValue &value : body.value("offer_ids"_L1).toArray()) {
            const QString recorded = value.toObject().value("value"_L1).toString();
            for (const QString &one : m_offerIds.value(recorded, {recorded}))
                ours.append(idObject(one));
        }
        body.insert("offer_ids"_L1, ours);
        call.insert(name, body);
    }
    return call;
}

QJsonObject SchedulerReplay::completeCall(const Row &row, Scheduler &from)
{
    QJsonObject call = row.value("call").toObject();
    if (m_transcript.name != "scheduler/invalid"_L1)
        return m_likeness.translate(expandOffers(call)).toObject();
    QJsonObject accept = member(call, "accept"_L1);
    const bool named = accept.contains("offer_ids"_L1)
        && !accept.value("offer_ids"_L1).toArray().isEmpty()
        && !QJsonDocument(accept).toJson().contains("nope");
    if (!accept.contains("offer_ids"_L1) || named) {
        waitFor([&] { return cpus(from.offers) > 1; });
        QJsonArray ids;
        for (int times = named ? 2 : 1; times > 0; --times) {
            for (const auto &[offer, resources] : from.offers)
                ids.append(idObject(offer));
        }
        accept.insert("offer_ids"_L1, ids);
    }
    accept.insert("filters"_L1, QJsonObject{{u"refuse_seconds"_s, 0}});
    const QString agent = from.offerObjects.empty()
        ? QString()
        : id(from.offerObjects.begin()->second, "agent_id"_L1);
    QJsonArray operations;
    for (const QJsonValue &value : accept.value("operations"_L1).toArray()) {
        QJsonObject operation = value.toObject();
        if (QJsonObject launch = member(operation, "launch"_L1); !launch.isEmpty()) {
            launch.insert(
                "task_infos"_L1,
                completeTasks(launch.value("task_infos"_L1).toArray(), agent, m_lastNote));
            operation.insert("launch"_L1, launch);
        }
        if (QJsonObject group = member(operation, "launch_group"_L1); !group.isEmpty()) {
            group.insert(
                "task_group"_L1,
                QJsonObject{
                    {u"tasks"_s,
                     completeTasks(member(group, "task_group"_L1).value("tasks"_L1).toArray(),
                                   agent, m_lastNote)}});
            operation.insert("launch_group"_L1, group);
        }
        operations.append(operation);
    }
    accept.insert("operations"_L1, operations);
    call.insert("accept"_L1, accept);
    return m_likeness.translate(call).toObject();
}

void SchedulerReplay::forgetUsedOffers(Scheduler &from, const QJsonObject &call)
{
    for (const auto name : {"accept"_L1, "decline"_L1}) {
        for (const QJsonValue &value : member(call, name).value("offer_ids"_L1).toArray())
            from.offers.erase(value.toObject().value("value"_L1).toString());
    }
}

void SchedulerReplay::playCall(const Row &row)
{
    Scheduler &one = scheduler(row);
    const bool acknowledges = type(row.value("call").toObject()) == "ACKNOWLEDGE"_L1;
    if (acknowledges && !manualStreams.contains(row.text("stream")))
        return;
    pollAll();
    const QJsonObject call = completeCall(row, one);
    one.newOffers = 0;
    one.rescinds = 0;
    const Answer answer = send(one, call);
    if (answer.status() == 202)
        forgetUsedOffers(one, call);
    if (type(call) == "TEARDOWN"_L1)
        one.tornDown = true;
    const QJsonValue head = row.has("response_head") ? row.value("response_head")
                                                     : QJsonValue(u"HTTP/1.1 202 Accepted"_s);
    QStringList differences = m_likeness.compareHeads(
        fullHead(head, row.text("response_body").size() > 0), headOf(answer));
    if (row.text("response_body").isEmpty() != answer.body.isEmpty())
        differences += u"body: recorded \"%1\", ours \"%2\""_s.arg(row.text("response_body"),
                                                                   QString::fromUtf8(answer.body));
    for (QString &difference : differences)
        difference += u" (ours said: %1)"_s.arg(QString::fromUtf8(answer.body));
    report(row, differences);
}

void SchedulerReplay::playRequest(const Row &row)
{
    if (const auto first = m_schedulers.find(u"A"_s);
        first != m_schedulers.end() && !m_likeness.knows(u"M1-0001"_s))
        m_likeness.learn(u"M1-0001"_s, first->second.frameworkId);
    if (!m_likeness.knows(u"C1"_s))
        m_likeness.learn(u"C1"_s, QUuid::createUuid().toString(QUuid::WithoutBraces));
    QList<QByteArray> headers;
    for (const QString &line : row.text("request_headers").split(u'|', Qt::SkipEmptyParts))
        headers += m_likeness.translate(line).toLatin1();
    const QString request = row.has("request") ? row.text("request") : u"POST /api/v1/scheduler"_s;
    const QByteArray body = m_likeness.translate(row.text("request_body")).toLatin1();
    const QString server = row.has("server") ? row.text("server") : u"master"_s;
    std::vector<quint16> ports;
    if (server.contains("master"_L1))
        ports.push_back(m_cluster.masterPort());
    if (server.contains("agent"_L1))
        ports.push_back(m_cluster.agentPort());
    for (const quint16 port : ports) {
        const Answer answer = exchange(port, request.toLatin1(), headers, body);
        const QString text = row.text("response_body");
        QStringList differences = m_likeness.compareHeads(
            fullHead(row.value("response_head"), !text.isEmpty()), headOf(answer));
        if (text.isEmpty() != answer.body.isEmpty())
            differences +=
                u"body: recorded \"%1\", ours \"%2\""_s.arg(text, QString::fromUtf8(answer.body));
        const bool isWhole = text.startsWith(u'{') && text.endsWith(u'}');
        if (isWhole)
            differences +=
                m_likeness.compare(u"body"_s, QJsonDocument::fromJson(text.toUtf8()).object(),
                                   QJsonDocument::fromJson(answer.body).object());
        const QString who = u" (%1, %2, ours said: %3)"_s.arg(
            row.text("note"), port == m_cluster.masterPort() ? u"master"_s : u"agent"_s,
            QString::fromUtf8(answer.body).left(200));
        for (QString &difference : differences)
            difference += who;
        report(row, differences);
    }
}

void SchedulerReplay::report(const Row &row, const QStringList &differences)
{
    for (const QString &difference : differences) {
        const QString text = u"line %1 %2"_s.arg(row.line).arg(difference);
        const auto known =
            std::find_if(m_expected.begin(), m_expected.end(),
                         [&](const Expected &entry) { return entry.where.match(text).hasMatch(); });
        if (known != m_expected.end())
            qInfo("%s %s -- %s", qPrintable(m_transcript.name), qPrintable(text.left(160)),
                  qPrintable(known->reason));
        else
            m_differences += text;
    }
}

/// Events of ours that were not recorded. Offers and heartbeats come by the clock and are not
/// counted.
void SchedulerReplay::reportUnasked()
{
    static const std::set<QString> byTheClock{u"OFFERS"_s, u"HEARTBEAT"_s, u"RESCIND"_s};
    for (auto &[name, one] : m_schedulers) {
        if (!one.stream || m_transcript.name == "scheduler/invalid"_L1
            || m_transcript.name == "scheduler/fourxx"_L1)
            continue;
        for (const QJsonObject &event : one.stream->events) {
            if (!byTheClock.contains(type(event)))
                report({0, 0, {}},
                       {u"%1: not recorded: %2"_s.arg(name,
                                                      QString::fromUtf8(QJsonDocument(event).toJson(
                                                          QJsonDocument::Compact)))});
        }
    }
}

} // namespace meseta::test
