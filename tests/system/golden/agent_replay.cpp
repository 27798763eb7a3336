#include "tests/system/golden/agent_replay.h"

#include <QDirIterator>
#include <QTest>

#include "mesos/internal/messages.pb.h"
#include "tests/system/golden/json_parts.h"

namespace meseta::test {

using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// Bytes by which a message may differ in length: process ids, ports, the wording of messages.
constexpr int kOtherNumbers = 12;
/// A container inside another is told with its address and process from the start here.
constexpr int kStartOfNested = 24;
/// For what a real agent does, beside other tests on a slow machine; milliseconds.
constexpr int kPatience = 30000;

QJsonObject statusOf(const QJsonObject &body)
{
    return member(member(body, "update"_L1), "status"_L1);
}

mesos::internal::StatusUpdate parsed(const MessagePeer::Message &message)
{
    mesos::internal::StatusUpdateMessage update;
    static_cast<void>(update.ParseFromArray(message.body.constData(), int(message.body.size())));
    return update.update();
}

/// Mesos' agent may not have asked yet how a container is when it sends TASK_STARTING.
bool isOfStartingNested(const QString &state, const QString &difference)
{
    return state == u"TASK_STARTING"_s
        && (difference.contains("container_status.network_infos"_L1)
            || difference.contains("container_status.executor_pid"_L1));
}

bool fromMaster(const Row &row)
{
    const QString from = row.text("from");
    return (from.startsWith("master@"_L1) || from.startsWith("slave-observer("_L1))
        && row.text("to").startsWith("slave("_L1);
}

bool toMaster(const Row &row)
{
    const QString to = row.text("to");
    return row.text("from").startsWith("slave("_L1)
        && (to.startsWith("master@"_L1) || to.startsWith("slave-observer("_L1));
}

} // namespace

AgentReplay::AgentReplay(const QString &recording, const QString &folder)
    : m_recording(recording)
    , m_folder(folder)
    , m_agent(std::make_unique<Daemon>(u"mesos-agent"_s, folder))
{
    m_likeness.learn(u"15050"_s, QString::number(m_master.port()));
    m_likeness.learn(u"15051"_s, QString::number(m_agent->port()));
    // Shortened by the recorder; the recorded lengths are those of whole ids.
    const QString master = u"7b1ed0d6-3f0e-4b38-9f0c-0f6c5f2d0001"_s;
    for (const QString &part : {u"-S0"_s, u"-0000"_s})
        m_likeness.learn(u"M1"_s + part, master + part);
}

Result<> AgentReplay::start()
{
    if (m_recording.rows().empty())
        return fail("the recording cannot be read: MESETA_SOURCE_DIR has to name the source tree");
    return m_agent->start(
        {u"--master=127.0.0.1:%1"_s.arg(m_master.port()), u"--runtime_dir=%1/run"_s.arg(m_folder),
         u"--no-systemd_enable_support"_s, u"--launcher=posix"_s,
         u"--isolation=posix/cpu,posix/mem"_s, u"--registration_backoff_factor=10ms"_s,
         u"--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"_s});
}

Result<> AgentReplay::restart()
{
    m_agent->kill();
    m_master.received.clear();
    m_master.reconnect();
    return start();
}

QStringList AgentReplay::lose()
{
    Row ping = m_recording.row(u"PingSlaveMessage"_s);
    ping.json.insert(u"body"_s, QJsonObject{{u"connected"_s, false}});
    m_master.received.clear();
    QStringList differences = tell(m_master, m_likeness, ping, m_agent->port());
    return differences + expect(m_master, m_likeness, m_recording.row(u"PongSlaveMessage"_s));
}

QStringList AgentReplay::play(const QString &from, const QString &to)
{
    QStringList differences;
    bool playing = from.isEmpty();
    for (const Row &row : m_recording.rows()) {
        const QString note = row.text("note");
        if (!to.isEmpty() && note.contains(to) && playing)
            break;
        playing = playing || (!from.isEmpty() && note.contains(from));
        if (playing && note.contains("REACTIVATE_AGENT"_L1) && !awaitDrained())
            return {u"line %1 the agent still drains"_s.arg(row.line)};
        const bool message = !row.has("kind") || row.text("kind") == u"libprocess"_s;
        if (!playing || !message)
            continue;
        if (fromMaster(row)) {
            awaitUnrecordedRegistration(row);
            differences += tell(m_master, m_likeness, row, m_agent->port());
            if (differences.isEmpty())
                differences += awaitUnrecordedStart(row);
        } else if (toMaster(row)) {
            differences += row.text("message").endsWith("StatusUpdateMessage"_L1)
                ? expectUpdate(row)
                : expectOther(row);
        }
        if (!differences.isEmpty())
            return {u"line %1 "_s.arg(row.line) + differences.join(u"; "_s)};
    }
    return differences;
}

QStringList AgentReplay::expectOther(const Row &row)
{
    const bool tellsOfStarts = row.text("message").endsWith("ReregisterSlaveMessage"_L1);
    return expect(m_master, m_likeness, row, tellsOfStarts ? 2 * kStartOfNested : kOtherNumbers);
}

QStringList AgentReplay::expectUpdate(const Row &row)
{
    const QJsonObject status = statusOf(row.value("body").toObject());
    const QString task = id(status, "task_id"_L1);
    const QString state = status.value("state"_L1).toString();
    if (!acknowledgeEarlier(task, state))
        return {task + u' ' + state + u" did not come"_s};
    const bool nested = state == u"TASK_STARTING"_s;
    QStringList left;
    for (const QString &difference :
         expect(m_master, m_likeness, row, nested ? kStartOfNested : kOtherNumbers)) {
        // A later state may be known by the time this one is told.
        if (!isOfStartingNested(state, difference) && !difference.contains(".latest_state:"_L1))
            left += difference;
    }
    return left;
}

/// The recorder may have left out how the agent asked to be registered: an answer to a question
/// that was not asked yet is rightly ignored.
void AgentReplay::awaitUnrecordedRegistration(const Row &answer)
{
    if (answer.text("message") == u"SlaveRegisteredMessage"_s
        && !m_recording.row(u"RegisterSlaveMessage"_s).has("message"))
        (void)m_master.take(u"RegisterSlaveMessage"_s, kPatience);
}

/// The recorded operator waited for the drain's end before the agent was used again.
bool AgentReplay::awaitDrained()
{
    const auto drains = [this] {
        QDirIterator kept(m_agent->workDir() + u"/meta/slaves"_s, {u"drain.config"_s}, QDir::Files,
                          QDirIterator::Subdirectories);
        return kept.hasNext();
    };
    return QTest::qWaitFor([&drains] { return !drains(); }, kPatience);
}

/// The recorder left out how tasks started ordinarily: lets those run before anything else.
QStringList AgentReplay::awaitUnrecordedStart(const Row &launch)
{
    const QJsonObject body = launch.value("body").toObject();
    QJsonArray tasks = member(body, "task_group"_L1).value("tasks"_L1).toArray();
    if (launch.text("message").endsWith("RunTaskMessage"_L1))
        tasks = {body.value("task"_L1)};
    for (const QJsonValue &task : tasks) {
        const QString taskId = id(task.toObject(), "task_id"_L1);
        const bool recorded =
            std::any_of(m_recording.rows().begin(), m_recording.rows().end(), [&](const Row &row) {
                const QJsonObject status = statusOf(row.value("body").toObject());
                return toMaster(row) && id(status, "task_id"_L1) == taskId
                    && status.value("state"_L1).toString() == u"TASK_RUNNING"_s;
            });
        if (!recorded
            && !(acknowledgeEarlier(taskId, u"TASK_RUNNING"_s) && acknowledgeFirst(taskId)))
            return {taskId + u" does not run"_s};
    }
    return {};
}

/// Has the update of this task be the next one that is looked at: which of several tasks is first
/// is chance.
bool AgentReplay::bringForward(const QString &task)
{
    auto &all = m_master.received;
    auto at = all.end();
    const auto found = [&] {
        at = std::find_if(all.begin(), all.end(), [&](const MessagePeer::Message &message) {
            return message.name == u"StatusUpdateMessage"_s
                && parsed(message).status().task_id().value() == task.toStdString();
        });
        return at != all.end();
    };
    if (!QTest::qWaitFor(found, kPatience))
        return false;
    std::rotate(all.begin(), at, at + 1);
    return true;
}

/// Takes and acknowledges the task's updates before the one of this state: the recorder left out
/// those of an ordinary start.
bool AgentReplay::acknowledgeEarlier(const QString &task, const QString &state)
{
    while (bringForward(task)) {
        const mesos::internal::StatusUpdate update = parsed(m_master.received.front());
        if (mesos::v1::TaskState_Name(update.status().state()) == state.toStdString())
            return true;
        if (!acknowledgeFirst(task))
            return false;
    }
    return false;
}

/// Takes and acknowledges the update that is first.
bool AgentReplay::acknowledgeFirst(const QString &task)
{
    const mesos::internal::StatusUpdate update = parsed(m_master.received.front());
    m_master.received.erase(m_master.received.begin());
    const QJsonObject body{
        {u"slave_id"_s, idObject(QString::fromStdString(update.slave_id().value()))},
        {u"framework_id"_s, idObject(QString::fromStdString(update.framework_id().value()))},
        {u"task_id"_s, idObject(task)},
        {u"uuid"_s, QString::fromLatin1(QByteArray::fromStdString(update.uuid()).toBase64())}};
    Row acknowledgement;
    acknowledgement.json = {{u"from"_s, u"master@127.0.0.1:15050"_s},
                            {u"to"_s, u"slave(1)@127.0.0.1:15051"_s},
                            {u"message"_s, u"StatusUpdateAcknowledgementMessage"_s},
                            {u"body_length"_s, 1},
                            {u"body"_s, body}};
    return tell(m_master, m_likeness, acknowledgement, m_agent->port()).isEmpty();
}

} // namespace meseta::test
