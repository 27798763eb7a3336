#include "fake_master.h"

#include <csignal>
#include <fstream>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "session_client.h"

using namespace meseta;
using namespace meseta::agent;
using mesos::v1::ContainerID;
using mesos::v1::agent::Call;

namespace {

constexpr int patience = 20000;

/// Kilobytes of memory that a process has.
long residentKilobytes(qint64 pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:" && status >> word)
            return std::stol(word);
    }
    return 0;
}

} // namespace

/// Sessions in containers, what attaches to them, terminals, and standalone containers, with the
/// real program.
class TestAgentSessions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void inputIsEchoed();
    void terminalOfASession();
    void sessionLivesWhereItsContainerDoes();
    void endsWithItsClient();
    void aStuckReaderHoldsUpItsSession();
    void inputWaitsForTheCommand();
    void refusedInput_data();
    void refusedInput();
    void oneWriterAtATime();
    void readersHaveALimit();
    void heartbeats();
    void terminalOfATaskOutlivesTheAgent();
    void aStuckReaderDoesNotHoldUpATask();
    void standaloneContainers();

private:
    ContainerID child()
    {
        ContainerID id;
        id.set_value("session-" + std::to_string(++m_children));
        id.mutable_parent()->set_value(m_container);
        return id;
    }
    Call session(const ContainerID &id, const std::string &command)
    {
        Call call;
        call.set_type(Call::LAUNCH_NESTED_CONTAINER_SESSION);
        *call.mutable_launch_nested_container_session()->mutable_container_id() = id;
        call.mutable_launch_nested_container_session()->mutable_command()->set_value(command);
        return call;
    }
    Call terminal(const ContainerID &id, const std::string &command)
    {
        Call call = session(id, command);
        auto &container = *call.mutable_launch_nested_container_session()->mutable_container();
        container.set_type(mesos::v1::ContainerInfo::MESOS);
        container.mutable_tty_info()->mutable_window_size()->set_rows(24);
        container.mutable_tty_info()->mutable_window_size()->set_columns(80);
        return call;
    }
    static Call attach(const ContainerID &id)
    {
        Call call;
        call.set_type(Call::ATTACH_CONTAINER_OUTPUT);
        *call.mutable_attach_container_output()->mutable_container_id() = id;
        return call;
    }
    mesos::v1::TaskInfo terminalTask(const std::string &id, const std::string &command);
    std::string containerOf(const std::string &task);
    /// The wait status of a container that ends; -1 when there is none.
    int waitStatus(const ContainerID &id);
    http::Response post(const QByteArray &body)
    {
        return m_agent->call(jsonCall("/api/v1", body), port());
    }
    int port() const { return m_master.agentPid().port; }
    bool startAgent();

    QTemporaryDir m_dir;
    FakeMaster m_master;
    std::unique_ptr<AgentProcess> m_agent;
    std::string m_container;
    int m_children = 0;
};

bool TestAgentSessions::startAgent()
{
    m_agent = std::make_unique<AgentProcess>(m_dir.path());
    return m_agent->start(m_master.port(), {QStringLiteral("--http_heartbeat_interval=300ms")});
}

std::string TestAgentSessions::containerOf(const std::string &task)
{
    return m_master.last(task).container_status().container_id().value();
}

mesos::v1::TaskInfo TestAgentSessions::terminalTask(const std::string &id,
                                                    const std::string &command)
{
    mesos::v1::TaskInfo task = m_master.task(id, command);
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::MESOS);
    task.mutable_container()->mutable_tty_info()->mutable_window_size()->set_rows(10);
    task.mutable_container()->mutable_tty_info()->mutable_window_size()->set_columns(20);
    return task;
}

int TestAgentSessions::waitStatus(const ContainerID &id)
{
    Call call;
    call.set_type(Call::WAIT_CONTAINER);
    *call.mutable_wait_container()->mutable_container_id() = id;
    http::Request request =
        jsonCall("/api/v1", QByteArray::fromStdString(call.SerializeAsString()));
    request.headers.set("Content-Type", "application/x-protobuf");
    request.headers.set("Accept", "application/x-protobuf");
    mesos::v1::agent::Response response;
    const bool read = response.ParseFromString(m_agent->call(request, port()).body.toStdString());
    return read && response.wait_container().has_exit_status()
        ? response.wait_container().exit_status()
        : -1;
}

void TestAgentSessions::initTestCase()
{
    m_master.checkpoint = true;
    QVERIFY(startAgent());
    QTRY_VERIFY_WITH_TIMEOUT(m_master.registrations >= 1, patience);
    auto task = m_master.task("run", "echo kept > here; exec sleep 1000");
    auto &variable = *task.mutable_command()->mutable_environment()->add_variables();
    variable.set_name("ROOM");
    variable.set_value("blue");
    m_master.launch(task);
    QTRY_COMPARE_WITH_TIMEOUT(m_master.states("run"), QStringLiteral("TASK_STARTING TASK_RUNNING"),
                              patience);
    m_container = containerOf("run");
    QVERIFY(!m_container.empty());
}

void TestAgentSessions::inputIsEchoed()
{
    const ContainerID id = child();
    OutputClient output(port(), session(id, "cat; echo over >&2; exit 4"));
    QCOMPARE(output.status(), 200);
    InputClient input(port(), id);
    input.type("hello\n");
    QTRY_COMPARE_WITH_TIMEOUT((output.poll(), output.output), QByteArray("hello\n"), patience);
    input.type(""); // the end of the input
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), patience);
    QCOMPARE(output.errors, QByteArray("over\n"));
    QCOMPARE(input.answer().status(), 200); // though the request is still open
    QCOMPARE(waitStatus(id), 4 << 8);
}

void TestAgentSessions::terminalOfASession()
{
    const ContainerID id = child();
    OutputClient output(port(), terminal(id, "stty size; exec sh -i"));
    QCOMPARE(output.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT(output.has("24 80\r\n"), patience);
    InputClient input(port(), id);
    input.resize(50, 132);
    input.type("stty size\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.has("50 132\r\n"), patience);
    // Its keys work: the one for an interrupt ends the command, not the shell.
    input.type("sleep 1000\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.has("sleep 1000\r\n"), patience);
    input.type("\x03");
    input.type("echo $((6 * 7))\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.has("42\r\n"), patience);
    input.type("exit 7\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), patience);
    QVERIFY(output.errors.isEmpty()); // a terminal has one stream
    QCOMPARE(waitStatus(id), 7 << 8);
}

void TestAgentSessions::sessionLivesWhereItsContainerDoes()
{
    OutputClient output(port(), session(child(), "cat here; echo $ROOM; pwd"));
    QCOMPARE(output.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), patience);
    QVERIFY2(output.output.startsWith("kept\nblue\n"), output.output);
    QVERIFY(output.output.trimmed().endsWith("/runs/" + QByteArray::fromStdString(m_container)));
}

void TestAgentSessions::endsWithItsClient()
{
    const ContainerID id = child();
    OutputClient output(port(), session(id, "echo start; sleep 1000 & sleep 1000"));
    QCOMPARE(output.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT(output.has("start"), patience);
    output.leave();
    QCOMPARE(waitStatus(id), SIGKILL);
}

void TestAgentSessions::aStuckReaderHoldsUpItsSession()
{
    const ContainerID id = child();
    const long before = residentKilobytes(m_agent->process.processId());
    OutputClient output(port(),
                        session(id, "head -c 40000000 /dev/zero; echo x > /proc/self/fd/1"));
    QCOMPARE(output.status(), 200);
    ContainerID other = child(); // the agent has had its turns when this is over
    OutputClient quick(port(), session(other, "sleep 1"));
    QCOMPARE(quick.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT(quick.hasEnded(), patience);
    const long after = residentKilobytes(m_agent->process.processId());
    QVERIFY2(after - before < 8000, qPrintable(QString::number(after - before)));
    // And nothing is lost.
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), 3 * patience);
    QCOMPARE(output.output.size(), 40000002);
}

void TestAgentSessions::inputWaitsForTheCommand()
{
    const ContainerID id = child();
    OutputClient output(port(), session(id, "sleep 1; wc -c"));
    QCOMPARE(output.status(), 200);
    InputClient input(port(), id);
    const std::string much(100000, 'x');
    for (int i = 0; i < 30; ++i)
        input.type(much);
    input.type("");
    input.end();
    QTRY_VERIFY_WITH_TIMEOUT(output.hasEnded(), patience);
    QCOMPARE(output.output, QByteArray("3000000\n"));
    QCOMPARE(input.answer().status(), 200);
}

void TestAgentSessions::refusedInput_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("part");
    QTest::newRow("a window size without a terminal") << 400 << QByteArray("tty_info");
    QTest::newRow("no window size") << 400 << QByteArray("window_size");
    QTest::newRow("output as input") << 400 << QByteArray("STDIN");
    QTest::newRow("data without bytes") << 400 << QByteArray("data.data");
    QTest::newRow("neither data nor control") << 400 << QByteArray("process_io.type");
    QTest::newRow("the container again") << 400 << QByteArray("PROCESS_IO");
    QTest::newRow("another call") << 400 << QByteArray("ATTACH_CONTAINER_INPUT");
    QTest::newRow("no records") << 400 << QByteArray("RecordIO");
    QTest::newRow("no message") << 400 << QByteArray("");
    QTest::newRow("after the end") << 500 << QByteArray("input");
}

void TestAgentSessions::refusedInput()
{
    QFETCH(int, status);
    QFETCH(QByteArray, part);
    using mesos::v1::agent::ProcessIO;
    const ContainerID id = child();
    OutputClient output(port(), session(id, "cat; sleep 1000"));
    QCOMPARE(output.status(), 200);
    InputClient input(port(), id);
    ProcessIO io;
    const QByteArray what = QTest::currentDataTag();
    Call call;
    call.set_type(Call::GET_HEALTH);
    if (what == "a window size without a terminal") {
        input.resize(1, 2);
    } else if (what == "no window size") {
        io.set_type(ProcessIO::CONTROL);
        io.mutable_control()->set_type(ProcessIO::Control::TTY_INFO);
        input.send(io);
    } else if (what == "output as input") {
        io.set_type(ProcessIO::DATA);
        io.mutable_data()->set_type(ProcessIO::Data::STDOUT);
        input.send(io);
    } else if (what == "data without bytes") {
        io.set_type(ProcessIO::DATA);
        io.mutable_data()->set_type(ProcessIO::Data::STDIN);
        input.send(io);
    } else if (what == "neither data nor control") {
        input.send(io);
    } else if (what == "the container again") {
        call.set_type(Call::ATTACH_CONTAINER_INPUT);
        auto &again = *call.mutable_attach_container_input();
        again.set_type(Call::AttachContainerInput::CONTAINER_ID);
        *again.mutable_container_id() = id;
        input.record(call);
    } else if (what == "another call") {
        input.record(call);
    } else if (what == "no records") {
        input.raw("hello\n");
    } else if (what == "no message") {
        input.raw("3\nabc");
    } else {
        input.type("");
        input.type("more");
    }
    const auto answer = input.answer();
    QCOMPARE(answer.status(), status);
    QVERIFY2(answer.body.contains(part), answer.body);
    // The container goes on, and takes another's input.
    InputClient next(port(), id);
    next.end();
    QCOMPARE(next.answer().status(), 200);
    output.leave();
    QCOMPARE(waitStatus(id), SIGKILL);
}

void TestAgentSessions::oneWriterAtATime()
{
    const ContainerID id = child();
    OutputClient output(port(), session(id, "cat"));
    QCOMPARE(output.status(), 200);
    InputClient first(port(), id);
    first.type("one\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.has("one\n"), patience);
    InputClient second(port(), id);
    QCOMPARE(second.answer().status(), 409);
    first.leave();
    const auto writeThird = [&] { // its place is free once the agent has seen the first one leave
        InputClient third(port(), id);
        third.type("three\n");
        third.end();
        return third.answer().status() == 200;
    };
    QVERIFY(QTest::qWaitFor(writeThird, patience));
    QTRY_COMPARE_WITH_TIMEOUT((output.poll(), output.output), QByteArray("one\nthree\n"), patience);
}

void TestAgentSessions::readersHaveALimit()
{
    const ContainerID id = child();
    OutputClient output(port(), session(id, "read line; echo $line"));
    QCOMPARE(output.status(), 200);
    std::vector<std::unique_ptr<OutputClient>> readers;
    for (int i = 0; i < 15; ++i) {
        readers.push_back(std::make_unique<OutputClient>(port(), attach(id)));
        QCOMPARE(readers.back()->status(), 200);
    }
    OutputClient tooMany(port(), attach(id));
    QCOMPARE(tooMany.status(), 503);
    InputClient input(port(), id);
    input.type("to all\n");
    for (const auto &reader : readers) {
        QTRY_VERIFY_WITH_TIMEOUT(reader->hasEnded(), patience);
        QCOMPARE(reader->output, QByteArray("to all\n"));
    }
}

void TestAgentSessions::heartbeats()
{
    OutputClient output(port(), session(child(), "sleep 1000"));
    QCOMPARE(output.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT((output.poll(), output.heartbeats) >= 2, patience);
}

void TestAgentSessions::terminalOfATaskOutlivesTheAgent()
{
    m_master.launch(terminalTask("tty", "stty size; while read line; do echo \"<$line>\"; done"));
    QTRY_COMPARE_WITH_TIMEOUT(m_master.states("tty"), QStringLiteral("TASK_STARTING TASK_RUNNING"),
                              patience);
    ContainerID id;
    id.set_value(containerOf("tty"));
    {
        OutputClient output(port(), attach(id));
        QCOMPARE(output.status(), 200);
        InputClient input(port(), id);
        input.type("before\n");
        QTRY_VERIFY_WITH_TIMEOUT(output.has("<before>\r\n"), patience);
        m_agent->process.kill();
        QVERIFY(m_agent->waitFinished());
    }
    QVERIFY(startAgent());
    QTRY_VERIFY_WITH_TIMEOUT(m_master.reregistrations >= 1, patience);
    OutputClient output(port(), attach(id));
    QCOMPARE(output.status(), 200);
    InputClient input(port(), id);
    input.type("after\n");
    QTRY_VERIFY_WITH_TIMEOUT(output.has("<after>\r\n"), patience);
    // A client that leaves ends nothing.
    output.leave();
    input.type("still\n");
    OutputClient another(port(), attach(id));
    QCOMPARE(another.status(), 200);
    input.type("there\n");
    QTRY_VERIFY_WITH_TIMEOUT(another.has("<there>\r\n"), patience);
    m_master.kill("tty");
    QTRY_VERIFY_WITH_TIMEOUT(another.hasEnded(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_master.states("tty").endsWith(QStringLiteral("TASK_KILLED")),
                             patience);
}

void TestAgentSessions::aStuckReaderDoesNotHoldUpATask()
{
    m_master.launch(
        terminalTask("flood", "read go; head -c 30000000 /dev/zero | tr '\\0' x; exit 3"));
    QTRY_COMPARE_WITH_TIMEOUT(m_master.states("flood"),
                              QStringLiteral("TASK_STARTING TASK_RUNNING"), patience);
    ContainerID id;
    id.set_value(containerOf("flood"));
    const long before = residentKilobytes(m_agent->process.processId());
    OutputClient stuck(port(), attach(id));
    QCOMPARE(stuck.status(), 200);
    InputClient input(port(), id);
    input.type("go\n");
    QTRY_VERIFY_WITH_TIMEOUT(m_master.states("flood").endsWith(QStringLiteral("TASK_FAILED")),
                             3 * patience);
    const long after = residentKilobytes(m_agent->process.processId());
    QVERIFY2(after - before < 16000, qPrintable(QString::number(after - before)));
}

void TestAgentSessions::standaloneContainers()
{
    const QByteArray launch =
        R"({"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"alone"},"command":{"value":"echo here; sleep 1000"},"resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}}]}})";
    QCOMPARE(post(launch).status, 200);
    QCOMPARE(post(launch).status, 202);
    const auto shown = [&](const QByteArray &what) {
        const auto answer = post(R"({"type":"GET_CONTAINERS","get_containers":{)" + what + "}}");
        int found = 0;
        for (const auto &one :
             QJsonDocument::fromJson(
                 answer.body)[QLatin1String("get_containers")][QLatin1String("containers")]
                 .toArray())
            found += one.toObject().contains(QLatin1String("executor_id")) ? 0 : 1;
        return found;
    };
    QCOMPARE(shown(R"("show_nested":true)"), 0);
    QCOMPARE(shown(R"("show_standalone":true)"), 1);
    ContainerID id;
    id.set_value("inside");
    id.mutable_parent()->set_value("alone");
    OutputClient before(port(), session(id, "sleep 1000"));
    QCOMPARE(before.status(), 200);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(m_dir.filePath(
                                 QStringLiteral("data/containers/alone/containers/inside/stdout"))),
                             patience);
    QCOMPARE(shown(R"("show_standalone":true,"show_nested":true)"), 2);
    const auto registrations = m_master.reregistrations;
    m_agent->process.kill();
    QVERIFY(m_agent->waitFinished());
    QVERIFY(startAgent());
    QTRY_VERIFY_WITH_TIMEOUT(m_master.reregistrations > registrations, patience);
    QTRY_COMPARE_WITH_TIMEOUT(shown(R"("show_standalone":true,"show_nested":true)"), 1, patience);
    OutputClient inside(port(), session(id, "sleep 1000")); // that of before ended with its agent
    QCOMPARE(inside.status(), 200);
    const QByteArray named = R"({"container_id":{"value":"alone"}}})";
    QCOMPARE(post(R"({"type":"REMOVE_CONTAINER","remove_container":)" + named).status, 500);
    QCOMPARE(post(R"({"type":"KILL_CONTAINER","kill_container":)" + named).status, 200);
    QCOMPARE(waitStatus(id.parent()), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(inside.hasEnded(), patience); // it takes them along
    const QString sandbox = m_dir.filePath(QStringLiteral("data/containers/alone"));
    QVERIFY(QFile::exists(sandbox)); // for whoever wants to know what it wrote
    QCOMPARE(post(R"({"type":"REMOVE_CONTAINER","remove_container":)" + named).status, 200);
    QVERIFY(!QFile::exists(sandbox));
    QCOMPARE(post(R"({"type":"WAIT_CONTAINER","wait_container":)" + named).status, 404);
    QCOMPARE(shown(R"("show_standalone":true)"), 0);
}

QTEST_GUILESS_MAIN(TestAgentSessions)
#include "tst_agent_sessions.moc"
