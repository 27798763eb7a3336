// The wire between master and agent, byte by byte: our master beside a pretended Mesos agent and
// our agent beside a pretended Mesos master say what was recorded (tests/golden/daemon-messages):
// request lines, headers, one chunk, and bodies of the same content and length.

#include <QtTest>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "common/codec/message_codec.h"
#include "mesos/internal/messages.pb.h"
#include "tests/system/golden/message_peer.h"
#include "tests/system/golden/scheduler_replay.h"

using namespace meseta;
using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<google::protobuf::Message> newMessage(const QString &name)
{
    const auto *pool = mesos::internal::RegisterSlaveMessage::descriptor()->file()->pool();
    const auto *type = pool->FindMessageTypeByName("mesos.internal." + name.toStdString());
    return std::unique_ptr<google::protobuf::Message>(
        type ? google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New()
             : nullptr);
}

/// Agents were called slaves in the messages that the recordings spell out; inside v1 types they
/// are agents here, on the wire both are the same field.
QJsonValue renamed(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &element : value.toArray())
            array.append(renamed(element));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object;
    const QJsonObject from = value.toObject();
    for (auto member = from.begin(); member != from.end(); ++member)
        object.insert(member.key() == u"slave_id"_s ? u"agent_id"_s : member.key(),
                      renamed(member.value()));
    return object;
}

/// The recorded JSON as the bytes of the message. Both spellings of slave_id are tried where they
/// can occur.
QByteArray encoded(const QString &name, const QJsonObject &body)
{
    const auto message = newMessage(name);
    QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    if (!message)
        return {};
    QJsonObject fixed = body;
    for (const auto inner : {"task"_L1, "update"_L1}) {
        QJsonObject part = fixed.value(inner).toObject();
        if (part.isEmpty())
            continue;
        if (inner == "task"_L1)
            part = renamed(part).toObject();
        else
            part.insert("status"_L1, renamed(part.value("status"_L1)));
        fixed.insert(inner, part);
    }
    text = QJsonDocument(fixed).toJson(QJsonDocument::Compact);
    if (const auto done = codec::decode(std::string_view(text.constData(), size_t(text.size())),
                                        codec::MediaType::Json, *message);
        !done)
        qWarning("%s: %s", qPrintable(name), done.error().message.c_str());
    return QByteArray::fromStdString(message->SerializeAsString());
}

QJsonObject decoded(const QString &name, const QByteArray &body)
{
    const auto message = newMessage(name);
    if (!message || !message->ParseFromArray(body.constData(), int(body.size())))
        return {};
    return QJsonDocument::fromJson(
               QByteArray::fromStdString(codec::encode(*message, codec::MediaType::Json)))
        .object();
}

/// JSON shows the defaults of fields that are not in the message. That they are not is seen by the
/// length.
bool isUnsetDefault(const QString &difference)
{
    return difference.endsWith(": not recorded, ours 0"_L1)
        || difference.endsWith(".protocol: not recorded, ours \"IPv4\""_L1)
        || difference.endsWith(": not recorded, ours false"_L1);
}

/// The rows of a recording that are messages from one process to another.
class Recording
{
public:
    explicit Recording(const QString &name)
    {
        auto loaded = Transcript::load(u"daemon-messages/"_s + name);
        if (loaded)
            m_rows = loaded->rows;
    }

    /// The nth message of this name.
    Row row(const QString &name, int nth = 0) const
    {
        for (const Row &row : m_rows) {
            const bool message = !row.has("kind") || row.text("kind") == u"libprocess"_s;
            if (message && row.text("message").section(u'.', -1) == name && nth-- == 0)
                return row;
        }
        return {};
    }

private:
    std::vector<Row> m_rows;
};

/// Request line and headers as recorded, or as the recordings say all were that do not show them.
QStringList headOf(const Row &row, const Likeness &likeness)
{
    const auto pid = [](const QString &name) {
        return name == u"master"_s ? u"master@127.0.0.1:15050"_s
            : name == u"agent"_s   ? u"slave(1)@127.0.0.1:15051"_s
                                   : name;
    };
    const QString to = pid(row.text("to"));
    const QString from = pid(row.text("from"));
    QStringList head{u"POST /%1/mesos.internal.%2 HTTP/1.1"_s.arg(
                         to.section(u'@', 0, 0), row.text("message").section(u'.', -1)),
                     u"User-Agent: libprocess/"_s + from, u"Libprocess-From: "_s + from,
                     u"Connection: Keep-Alive"_s, u"Host: "_s + to.section(u'@', 1)};
    if (row.value("body_length").toInt() > 0)
        head += u"Transfer-Encoding: chunked"_s;
    for (QString &line : head)
        line = likeness.translate(line);
    return head;
}

} // namespace

class TestGoldenMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void ourMasterSpeaksToAnAgentAsRecorded();
    void ourMasterTakesAnAgentBackAsRecorded();
    void ourAgentSpeaksToAMasterAsRecorded();

private:
    void tell(const Row &row, quint16 to);
    void expect(const Row &row, int slack = 0);

    std::unique_ptr<MessagePeer> m_peer;
    std::unique_ptr<Likeness> m_likeness;
};

void TestGoldenMessages::init()
{
    m_peer = std::make_unique<MessagePeer>();
    m_likeness = std::make_unique<Likeness>();
}

/// Sends a recorded message with our ids and ports, and holds the answer against the recorded one.
void TestGoldenMessages::tell(const Row &row, quint16 to)
{
    const QStringList head = headOf(row, *m_likeness);
    const QByteArray body = encoded(row.text("message").section(u'.', -1),
                                    m_likeness->translate(row.value("body")).toObject());
    const QStringList answer = m_peer->send(to, head.first().toLatin1(), head.mid(1), body);
    const QStringList recorded{u"HTTP/1.1 202 Accepted"_s, u"Date: "_s, u"Content-Length: 0"_s};
    const QStringList differences = m_likeness->compareHeads(recorded, answer);
    QVERIFY2(differences.isEmpty(),
             qPrintable(row.text("message") + u": "_s + differences.join(u"; "_s)));
}

/// Waits for a recorded message. `slack`: by how many bytes the lengths may differ, where ports and
/// process ids are in it.
void TestGoldenMessages::expect(const Row &row, int slack)
{
    const QString name = row.text("message").section(u'.', -1);
    const MessagePeer::Message ours = m_peer->take(name);
    QVERIFY2(!ours.name.isEmpty(), qPrintable(name + u" did not come"_s));
    QCOMPARE(QStringList(QString::fromLatin1(ours.requestLine)) + ours.headers,
             headOf(row, *m_likeness));
    QCOMPARE(ours.chunks, row.value("body_length").toInt() > 0 ? 1 : 0);
    QStringList differences =
        m_likeness->compare(name, renamed(row.value("body")), renamed(decoded(name, ours.body)));
    differences.erase(std::remove_if(differences.begin(), differences.end(), isUnsetDefault),
                      differences.end());
    QVERIFY2(differences.isEmpty(), qPrintable(differences.join(u"; "_s)));
    QVERIFY2(qAbs(ours.body.size() - row.value("body_length").toInt()) <= slack,
             qPrintable(u"%1 has %2 bytes, recorded %3"_s.arg(name)
                            .arg(ours.body.size())
                            .arg(row.value("body_length").toInt())));
}

#define STEP(call)                                                                                 \
    do {                                                                                           \
        call;                                                                                      \
        if (QTest::currentTestFailed())                                                            \
            return;                                                                                \
    } while (false)

void TestGoldenMessages::ourMasterSpeaksToAnAgentAsRecorded()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const quint16 master = cluster.masterPort();
    m_likeness->learn(u"15050"_s, QString::number(master));
    m_likeness->learn(u"15051"_s, QString::number(m_peer->port()));
    const Recording recording(u"b-command-task-driver-executor"_s);

    STEP(tell(recording.row(u"RegisterSlaveMessage"_s), master));
    STEP(expect(recording.row(u"SlaveRegisteredMessage"_s)));
    STEP(expect(recording.row(u"PingSlaveMessage"_s)));
    STEP(tell(recording.row(u"PongSlaveMessage"_s), master));
    STEP(tell(recording.row(u"UpdateSlaveMessage"_s), master));

    EventStream scheduler(
        master, "/master/api/v1/scheduler",
        json("{'type':'SUBSCRIBE','subscribe':{'framework_info':{'user':'root','name':'mesos-"
             "execute instance','checkpoint':false,'role':'*',"
             "'capabilities':[{'type':'RESERVATION_REFINEMENT'},{'type':'TASK_KILLING_STATE'},{'"
             "type':'REVOCABLE_RESOURCES'},{'type':'PARTITION_AWARE'}]}}}"));
    const auto event = [&](const QString &type) {
        QJsonObject found;
        (void)QTest::qWaitFor(
            [&] {
                scheduler.poll();
                for (size_t i = 0; i < scheduler.events.size() && found.isEmpty(); ++i) {
                    if (scheduler.events[i].value("type"_L1).toString() == type) {
                        found = scheduler.events[i];
                        scheduler.events.erase(scheduler.events.begin() + long(i));
                    }
                }
                return !found.isEmpty();
            },
            8000);
        return found;
    };
    const QJsonObject framework = event(u"SUBSCRIBED"_s)
                                      .value("subscribed"_L1)
                                      .toObject()
                                      .value("framework_id"_L1)
                                      .toObject();
    m_likeness->learn(u"68e8c2c3-8151-4017-a95d-a37d6ee72802-0000"_s,
                      framework.value("value"_L1).toString());
    const QJsonObject offer = event(u"OFFERS"_s)
                                  .value("offers"_L1)
                                  .toObject()
                                  .value("offers"_L1)
                                  .toArray()
                                  .first()
                                  .toObject();
    const auto call = [&](QJsonObject body) {
        body.insert("framework_id"_L1, framework);
        return postJson(master, "/master/api/v1/scheduler", body,
                        {"Mesos-Stream-Id: " + scheduler.streamId})
            .status();
    };
    QJsonObject task = json("{'name':'t1','task_id':{'value':'t1'},'resources':[{'name':'cpus','"
                            "type':'SCALAR','scalar':{'value':0.1}},"
                            "{'name':'mem','type':'SCALAR','scalar':{'value':32.0}}],'command':{'"
                            "shell':true,'value':'echo hi; sleep 1'}}");
    task.insert("agent_id"_L1, offer.value("agent_id"_L1));
    const QJsonObject launch{{u"type"_s, u"LAUNCH"_s},
                             {u"launch"_s, QJsonObject{{u"task_infos"_s, QJsonArray{task}}}}};
    QCOMPARE(call({{u"type"_s, u"ACCEPT"_s},
                   {u"accept"_s,
                    QJsonObject{{u"offer_ids"_s, QJsonArray{offer.value("id"_L1)}},
                                {u"operations"_s, QJsonArray{launch}}}}}),
             202);
    STEP(expect(recording.row(u"RunTaskMessage"_s)));

    // Rows 0, 2 and 4 are the executor's own; the agent's are forwarded to the scheduler, whose
    // acknowledgements come back.
    for (const int update : {1, 3, 5}) {
        STEP(tell(recording.row(u"StatusUpdateMessage"_s, update), master));
        const QJsonObject status =
            event(u"UPDATE"_s).value("update"_L1).toObject().value("status"_L1).toObject();
        QVERIFY(!status.isEmpty());
        QJsonObject acknowledgement;
        for (const auto field : {"agent_id"_L1, "task_id"_L1, "uuid"_L1})
            acknowledgement.insert(field, status.value(field));
        QCOMPARE(call({{u"type"_s, u"ACKNOWLEDGE"_s}, {u"acknowledge"_s, acknowledgement}}), 202);
        if (update == 3) {
            QCOMPARE(call(json("{'type':'KILL','kill':{'task_id':{'value':'t1'}}}")), 202);
            Row kill = Recording(u"c-task-killed"_s).row(u"KillTaskMessage"_s);
            kill.json = QJsonDocument::fromJson(
                            QJsonDocument(kill.json).toJson().replace("\"k1\"", "\"t1\""))
                            .object();
            STEP(expect(kill));
        }
        if (update < 5) // the recorded client left before acknowledging the last
            STEP(expect(
                recording.row(u"StatusUpdateAcknowledgementMessage"_s, update == 1 ? 2 : 3)));
    }
    scheduler.close();
    STEP(expect(recording.row(u"ShutdownFrameworkMessage"_s)));
}

/// An agent that a new master has not seen comes back with its id.
void TestGoldenMessages::ourMasterTakesAnAgentBackAsRecorded()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    m_likeness->learn(u"15050"_s, QString::number(cluster.masterPort()));
    m_likeness->learn(u"15051"_s, QString::number(m_peer->port()));
    Row row = Recording(u"b-command-task-driver-executor"_s).row(u"RegisterSlaveMessage"_s);
    QJsonObject body = row.value("body").toObject();
    QJsonObject slave = body.value("slave"_L1).toObject();
    const QString id = u"68e8c2c3-8151-4017-a95d-a37d6ee72802-S0"_s;
    slave.insert("id"_L1, QJsonObject{{u"value"_s, id}});
    body.insert("slave"_L1, slave);
    row.json.insert("body"_L1, body);
    row.json.insert("message"_L1, u"ReregisterSlaveMessage"_s);
    m_likeness->learn(u"M1-S0"_s, id);
    STEP(tell(row, cluster.masterPort()));
    STEP(expect(Recording(u"e-master-restart"_s).row(u"SlaveReregisteredMessage"_s)));
}

void TestGoldenMessages::ourAgentSpeaksToAMasterAsRecorded()
{
    QTemporaryDir folder;
    Daemon agent(u"mesos-agent"_s, folder.path());
    m_likeness->learn(u"15050"_s, QString::number(m_peer->port()));
    m_likeness->learn(u"15051"_s, QString::number(agent.port()));
    const auto started =
        agent.start({u"--master=127.0.0.1:%1"_s.arg(m_peer->port()),
                     u"--runtime_dir=%1/run"_s.arg(folder.path()), u"--no-systemd_enable_support"_s,
                     u"--launcher=posix"_s, u"--isolation=posix/cpu,posix/mem"_s,
                     u"--registration_backoff_factor=10ms"_s,
                     u"--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"_s});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const Recording recording(u"b-command-task-driver-executor"_s);

    STEP(expect(recording.row(u"RegisterSlaveMessage"_s), 1));
    STEP(tell(recording.row(u"SlaveRegisteredMessage"_s), agent.port()));
    STEP(expect(recording.row(u"UpdateSlaveMessage"_s)));
    STEP(tell(recording.row(u"PingSlaveMessage"_s), agent.port()));
    STEP(expect(recording.row(u"PongSlaveMessage"_s)));
    STEP(tell(recording.row(u"RunTaskMessage"_s), agent.port()));
    for (const int update : {1, 3, 5}) {
        STEP(expect(recording.row(u"StatusUpdateMessage"_s, update), 3));
        if (update < 5)
            STEP(tell(recording.row(u"StatusUpdateAcknowledgementMessage"_s, update == 1 ? 2 : 3),
                      agent.port()));
    }
    STEP(tell(recording.row(u"ShutdownFrameworkMessage"_s), agent.port()));
    QTRY_VERIFY_WITH_TIMEOUT(
        getJson(agent.port(), "/state").value("frameworks"_L1).toArray().isEmpty(), 10000);
}

QTEST_GUILESS_MAIN(TestGoldenMessages)
#include "tst_golden_messages.moc"
