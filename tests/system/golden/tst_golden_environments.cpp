// What programs find around them that were written for Apache Mesos: the environment of a command
// task and of a custom executor, their folder, and their place among the processes
// (tests/golden/executor/environments.jsonl).

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/json_parts.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// Where we differ from the recording, or do not play it, and why. Matched against
/// "line 12 what".
const std::vector<Expected> &expectations()
{
    const auto where = [](const char *pattern) {
        return QRegularExpression(QLatin1String(pattern));
    };
    static const std::vector<Expected> all{
        {{},
         where("^line 1 not played"),
         u"mesos-agent is itself the executor of command tasks: there is no such process"_s},
        {{}, where("^line 3 not played"), u"that executor's own log lines"_s},
        {{},
         where("^line [57] not played"),
         u"the default executor and its tasks: task groups are not offered today"_s},
        {{},
         where("MESOS_NATIVE_(JAVA_)?LIBRARY: recorded"),
         u"names libmesos, which we do not have"_s},
        {{}, where("\\.LC_CTYPE: recorded"), u"set by the recorded executor's own interpreter"_s},
    };
    return all;
}

/// The variables among the lines of a text.
QJsonObject environmentOf(const QStringList &lines)
{
    QJsonObject environment;
    for (const QString &line : lines) {
        if (line.contains(u'='))
            environment.insert(line.section(u'=', 0, 0), line.section(u'=', 1));
    }
    return environment;
}

/// Process, parent, group and session as the recorded `ps` and /proc/<pid>/stat tell them.
struct Process
{
    qint64 pid = 0;
    qint64 parent = 0;
    qint64 group = 0;
    qint64 session = 0;
    QString command;
};

Process fromPs(const QString &line)
{
    const QStringList words = line.split(u' ');
    return {words.value(0).toLongLong(), words.value(1).toLongLong(), words.value(2).toLongLong(),
            words.value(3).toLongLong(), words.mid(4).join(u' ')};
}

Process fromProc(qint64 pid)
{
    const auto contents = [pid](const char *name) {
        QFile file(u"/proc/%1/%2"_s.arg(pid).arg(QLatin1String(name)));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    };
    // "pid (name) state parent group session ..."
    const QStringList words = contents("stat").section(u") "_s, -1).split(u' ');
    return {pid, words.value(1).toLongLong(), words.value(2).toLongLong(),
            words.value(3).toLongLong(), contents("cmdline").replace(QChar(0), u' ').trimmed()};
}

/// How a process stands to its parent; equal for each process that a container was made for.
QStringList relations(const Process &process, const Process &parent, qint64 agent)
{
    QStringList facts;
    const auto fact = [&](bool holds, const QString &text) {
        facts += (holds ? QString() : u"not "_s) + text;
    };
    fact(process.session == parent.pid, u"in its parent's session"_s);
    fact(process.group == parent.pid, u"in its parent's group"_s);
    fact(parent.session == parent.pid, u"the parent leads the session"_s);
    fact(parent.group == parent.pid, u"the parent leads the group"_s);
    fact(parent.parent == agent, u"the parent is a child of the agent"_s);
    fact(parent.command.section(u' ', 0, 0).section(u'/', -1) == u"mesos-containerizer"_s,
         u"the parent is mesos-containerizer"_s);
    return facts;
}

} // namespace

class TestGoldenEnvironments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void aCommandTaskFindsWhatWasRecorded();
    void aCustomExecutorFindsWhatWasRecorded();
    void containersStandAsideAsRecorded();
    void everyRowIsPlayedOrListed();

private:
    Row row(const QString &note);
    QStringList readLines(const QString &framework, const QString &executor, const QString &file);
    void compare(const Row &row, const QJsonObject &recorded, const QJsonObject &ours);
    QStringList unexpected(const Row &row, const QStringList &differences);

    Cluster m_cluster;
    Transcript m_transcript;
    QSet<int> m_played;
    std::unique_ptr<Framework> m_keeping; ///< with checkpointing
    std::unique_ptr<Framework> m_other; ///< without
    qint64 m_task = 0;
    qint64 m_executor = 0;
};

void TestGoldenEnvironments::initTestCase()
{
    auto transcript = Transcript::load(u"executor/environments"_s);
    QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
    m_transcript = std::move(*transcript);
    const auto master = m_cluster.startMaster({u"--allocation_interval=50ms"_s});
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    const auto agent = m_cluster.startAgent();
    QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
}

void TestGoldenEnvironments::cleanup()
{
    if (QTest::currentTestFailed())
        qWarning("%s", m_cluster.logTails().constData());
}

Row TestGoldenEnvironments::row(const QString &note)
{
    for (const Row &row : m_transcript.rows) {
        if (row.text("note").startsWith(note)) {
            m_played.insert(row.line);
            return row;
        }
    }
    return {};
}

/// The lines of a file in an executor's sandbox once "end" is its last.
QStringList TestGoldenEnvironments::readLines(const QString &framework, const QString &executor,
                                              const QString &file)
{
    const QString path =
        u"/frameworks/%1/executors/%2/runs/latest/%3"_s.arg(framework, executor, file);
    QStringList lines;
    (void)QTest::qWaitFor(
        [&] {
            lines = getJson(m_cluster.agentPort(),
                            "/files/read?offset=0&length=20000&path=" + path.toUtf8())
                        .value("data"_L1)
                        .toString()
                        .split(u'\n', Qt::SkipEmptyParts);
            return !lines.isEmpty() && lines.last() == u"end"_s;
        },
        30000);
    return lines;
}

QStringList TestGoldenEnvironments::unexpected(const Row &row, const QStringList &differences)
{
    QStringList left;
    for (const QString &difference : differences) {
        const QString text = u"line %1 %2"_s.arg(row.line).arg(difference);
        const auto known =
            std::find_if(expectations().begin(), expectations().end(),
                         [&](const Expected &entry) { return entry.where.match(text).hasMatch(); });
        if (known == expectations().end())
            left += text;
        else
            qInfo("%s -- %s", qPrintable(text.left(160)), qPrintable(known->reason));
    }
    return left;
}

/// All variables: names and values, with our ids, port and folders for the recorded ones.
void TestGoldenEnvironments::compare(const Row &row, const QJsonObject &recorded,
                                     const QJsonObject &ours)
{
    const auto ids = [](const QJsonObject &environment) {
        QStringList list{environment.value("MESOS_SLAVE_ID"_L1).toString(),
                         environment.value("MESOS_FRAMEWORK_ID"_L1).toString(),
                         environment.value("MESOS_DIRECTORY"_L1).toString().section(u'/', -1)};
        return list;
    };
    Likeness likeness;
    for (int i = 0; i < 3; ++i)
        likeness.learn(ids(recorded).at(i), ids(ours).at(i));
    likeness.learn(u"15351"_s, QString::number(m_cluster.agentPort()));
    likeness.learn(u"<work_dir>"_s, m_cluster.agent().workDir());
    QJsonObject known; // what stands for nothing of the recorder's is compared to the letter
    for (auto variable = recorded.begin(); variable != recorded.end(); ++variable)
        known.insert(variable.key(), likeness.translate(variable.value()));
    const QStringList differences =
        unexpected(row, likeness.compare(u"environment"_s, known, ours));
    QVERIFY2(differences.isEmpty(), qPrintable(differences.join(u'\n')));
}

void TestGoldenEnvironments::aCommandTaskFindsWhatWasRecorded()
{
    const Row recorded = row(u"stdout of a command task"_s);
    m_keeping =
        std::make_unique<Framework>(m_cluster, u"keeping"_s,
                                    json("{'roles':['*'],'checkpoint':true,'failover_timeout':600,'"
                                         "capabilities':[{'type':'MULTI_ROLE'}]}"));
    QVERIFY(!m_keeping->await("SUBSCRIBED").isEmpty());
    QVERIFY(m_keeping->launch("envtask",
                              u"echo ===; env | sort; echo ===; id -u; umask; echo $$; ls -la; "
                              u"echo end; sleep 1000"_s));
    const QStringList ours = readLines(m_keeping->id(), u"envtask"_s, u"stdout"_s);
    QVERIFY(!ours.isEmpty());
    QCOMPARE(ours.first(), u"==="_s);
    const QStringList theirs = recorded.text("stdout").split(u'\n', Qt::SkipEmptyParts);
    const auto after = qsizetype(1);
    const qsizetype ourEnd = ours.indexOf(u"==="_s, after);
    const qsizetype theirEnd = theirs.indexOf(u"==="_s, after);
    const QJsonObject environment = environmentOf(ours.mid(after, ourEnd - after));
    compare(recorded, environmentOf(theirs.mid(after, theirEnd - after)), environment);

    // The ids must be those that the master tells, too.
    QCOMPARE(environment.value("MESOS_FRAMEWORK_ID"_L1).toString(), m_keeping->id());
    QCOMPARE(ours.mid(ourEnd + 1, 2), theirs.mid(theirEnd + 1, 2)); // user and umask
    m_task = ours.value(ourEnd + 3).toLongLong();

    // The folder: the same two files with the same rights beside itself.
    const auto listing = [](const QStringList &lines) {
        QStringList files;
        for (const QString &line : lines) {
            const QStringList words = line.split(u' ', Qt::SkipEmptyParts);
            if (words.size() > 8 && words.last() != u".."_s)
                files += words.first() + u' ' + words.at(2) + u' ' + words.last();
        }
        return files;
    };
    QCOMPARE(listing(ours.mid(ourEnd)), listing(theirs.mid(theirEnd)));
}

void TestGoldenEnvironments::aCustomExecutorFindsWhatWasRecorded()
{
    const Row recorded = row(u"custom executor, framework with checkpoint=false"_s);
    m_keeping->call("{'type':'SUPPRESS'}");
    m_other = std::make_unique<Framework>(
        m_cluster, u"other"_s,
        json("{'roles':['*'],'checkpoint':false,'failover_timeout':600,'"
             "capabilities':[{'type':'MULTI_ROLE'}]}"));
    QVERIFY(!m_other->await("SUBSCRIBED").isEmpty());
    const QJsonObject offer = m_other->awaitOffer();
    QVERIFY(!offer.isEmpty());
    const QByteArray resources =
        "[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},{'name':'mem','type':'SCALAR','"
        "scalar':{'value':32}}]";
    QJsonObject task =
        json("{'name':'ct','task_id':{'value':'ct'},'resources':" + resources
             + ",'executor':{'type':'CUSTOM','executor_id':{'value':'ex2'},'resources':" + resources
             + ",'shutdown_grace_period':{'nanoseconds':3000000000},"
               "'command':{'value':'env > environment; echo PID $$ >> environment; "
               "echo end >> environment; sleep 1000; exit 0',"
               "'environment':{'variables':[{'name':'USER_VAR','value':'1'}]}}}}");
    task.insert("agent_id"_L1, offer.value("agent_id"_L1));
    QCOMPARE(m_other->accept({offer.value("id"_L1)}, {task}), 202);
    const QStringList lines = readLines(m_other->id(), u"ex2"_s, u"environment"_s);
    QVERIFY(!lines.isEmpty());
    const QJsonObject environment = environmentOf(lines);
    compare(recorded, recorded.value("environment").toObject(), environment);
    QCOMPARE(environment.value("MESOS_FRAMEWORK_ID"_L1).toString(), m_other->id());
    QCOMPARE(environment.value("MESOS_SLAVE_ID"_L1).toString(), id(offer, "agent_id"_L1));
    m_executor = lines.value(lines.size() - 2).section(u' ', -1).toLongLong();
}

/// A helper stays as parent, leader of session and group of each container, so that a program that
/// signals its own group at the end reaches nobody else.
void TestGoldenEnvironments::containersStandAsideAsRecorded()
{
    const Row recorded = row(u"processes: pid ppid pgid sid command"_s);
    std::map<qint64, Process> theirs;
    qint64 theirAgent = 0;
    for (const QJsonValue &line : recorded.value("ps").toArray()) {
        const Process process = fromPs(line.toString());
        theirs[process.pid] = process;
        if (process.command.contains("/mesos-agent "_L1))
            theirAgent = process.pid;
    }
    QVERIFY(theirAgent > 0);
    int compared = 0;
    for (const auto &[pid, process] : theirs) {
        const auto parent = theirs.find(process.parent);
        if (parent == theirs.end() || parent->second.parent != theirAgent)
            continue;
        const QStringList expected = relations(process, parent->second, theirAgent);
        for (const qint64 ours : {m_task, m_executor}) {
            const Process mine = fromProc(ours);
            QVERIFY(mine.parent > 0);
            QCOMPARE(relations(mine, fromProc(mine.parent), m_cluster.agent().pid()), expected);
            ++compared;
        }
    }
    QCOMPARE(compared, 4); // an executor and a task there, each held against both of ours
}

void TestGoldenEnvironments::everyRowIsPlayedOrListed()
{
    QStringList left;
    for (const Row &row : m_transcript.rows) {
        if (!m_played.contains(row.line))
            left += unexpected(row, {u"not played: "_s + row.text("note")});
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
}

QTEST_GUILESS_MAIN(TestGoldenEnvironments)
#include "tst_golden_environments.moc"
