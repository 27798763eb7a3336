#include <sys/resource.h>

#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <QTimer>

#include "gui/inspect/file_reader.h"
#include "gui/model/replica.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/inspector_panel.h"
#include "gui/views/main_window.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/language.h"
#include "tests/gui/support/hostile_server.h"

using namespace meseta::console;

namespace {

/// A line of /proc/self/status, in MiB.
double megabytes(const char *name)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(name))
            return line.split(':').value(1).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

/// From here on VmHWM is the peak since now.
void forgetPeak()
{
    QFile clear(QStringLiteral("/proc/self/clear_refs"));
    if (clear.open(QIODevice::WriteOnly))
        clear.write("5");
}

/// How long the event loop was away at most: what a person feels as a window that hangs.
class Pulse : public QObject
{
public:
    Pulse()
    {
        m_since.start();
        connect(&m_timer, &QTimer::timeout, this,
                [this] { m_worst = std::max(m_worst, m_since.restart()); });
        m_timer.start(5);
    }
    qint64 worstMs() const { return m_worst; }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_worst = 0;
};

} // namespace

/// Masters and agents that send without measure: the console stays within bounds and answers.
/// The process may not have more than 6 GB of addresses: what grows without a bound ends it.
class HostileFloodTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void aMillionAgents();
    void textsOfAHundredMegabytes();
    void eventsWithoutEnd();
    void aRecordWithoutEnd_data();
    void aRecordWithoutEnd();
    void answersWithoutEnd();

private:
    void connectTo(const QString &what);

    std::unique_ptr<HostileServer> m_server;
    std::unique_ptr<MainWindow> m_window;
    double m_before = 0;
};

void HostileFloodTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_hostile_flood"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
    const rlimit most{6ULL << 30, 6ULL << 30};
    QCOMPARE(::setrlimit(RLIMIT_AS, &most), 0);
}

void HostileFloodTest::init()
{
    m_server = std::make_unique<HostileServer>();
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    forgetPeak();
    m_before = megabytes("VmRSS");
}

void HostileFloodTest::connectTo(const QString &what)
{
    QVERIFY(m_server->start(what));
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_server->port(), {}});
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 60000);
}

/// More than any cluster has: the table ends at its bound, and what is there can be used.
void HostileFloodTest::aMillionAgents()
{
    Pulse pulse;
    connectTo(QStringLiteral("agents"));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->replica().agents().size(), 300000, 60000);
    m_window->showPage(ClusterView::Agents);
    m_window->grab();
    m_window->showPage(ClusterView::Map);
    m_window->grab();
    qInfo("a million agents: peak %.0f MiB, kept %.0f MiB, away for %lld ms at most",
          megabytes("VmHWM") - m_before, megabytes("VmRSS") - m_before,
          static_cast<long long>(pulse.worstMs()));
    QVERIFY2(pulse.worstMs() < 3000, qPrintable(QString::number(pulse.worstMs())));
    QVERIFY2(megabytes("VmHWM") - m_before < 1000, qPrintable(QString::number(megabytes("VmHWM"))));
    QCOMPARE(m_window->replica().leftOut().agents, 700000); // and that is said above the pages
    const auto *banner = m_window->findChild<ConnectionBanner *>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), 20000);
    const QString said = banner->findChild<QLabel *>()->text().remove(QLatin1Char(','));
    QVERIFY2(said.contains(QStringLiteral("700000 agents")), qPrintable(said));
}

void HostileFloodTest::textsOfAHundredMegabytes()
{
    connectTo(QStringLiteral("strings"));
    const Replica &replica = m_window->replica();
    QTRY_COMPARE_WITH_TIMEOUT(replica.frameworks().size(), 2, 60000);
    QVERIFY(replica.clusterName().size() <= 4096);
    QVERIFY(replica.agents().at(0).hostname.size() <= 4096);
    const TaskRow *task = replica.tasks().find(QStringLiteral("F/t"));
    QVERIFY(task && task->message.size() <= 4096);
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window->showPage(page);
        m_window->grab();
    }
    m_window->view()->showObject({ObjectRef::Kind::Task, task->key});
    m_window->grab();
    QVERIFY2(megabytes("VmHWM") - m_before < 1000, qPrintable(QString::number(megabytes("VmHWM"))));
}

/// For some seconds as fast as the console takes them: it goes on answering, and what it holds
/// stops growing.
void HostileFloodTest::eventsWithoutEnd()
{
    connectTo(QStringLiteral("flood"));
    m_window->showPage(ClusterView::Tasks);
    QTest::qWait(3000); // how long it lasts is what is tested
    const double early = megabytes("VmRSS");
    Pulse pulse;
    QTest::qWait(4000);
    const double grown = megabytes("VmRSS") - early;
    qInfo("events without end: %d tasks, grown by %.0f MiB, away for %lld ms at most",
          m_window->replica().tasks().size(), grown, static_cast<long long>(pulse.worstMs()));
    QVERIFY2(pulse.worstMs() < 2000, qPrintable(QString::number(pulse.worstMs())));
    QVERIFY2(grown < 100, qPrintable(QString::number(grown)));
    QVERIFY2(megabytes("VmHWM") - m_before < 1000, qPrintable(QString::number(megabytes("VmHWM"))));
    QCOMPARE(m_window->session().state(), MasterSession::State::Live);
}

void HostileFloodTest::aRecordWithoutEnd_data()
{
    QTest::addColumn<QString>("what");
    QTest::newRow("no end of its bytes") << QStringLiteral("record");
    QTest::newRow("no end of its length") << QStringLiteral("number");
}

/// The stream is given up with a reason; what was shown stays.
void HostileFloodTest::aRecordWithoutEnd()
{
    QFETCH(QString, what);
    connectTo(what);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Waiting, 60000);
    QVERIFY(!m_window->session().problem().isEmpty());
    QCOMPARE(m_window->replica().tasks().size(), 1);
    const double peak = megabytes("VmHWM") - m_before; // with the record, that is 255 MiB
    qInfo("a record without end: peak %.0f MiB", peak);
    QVERIFY2(peak < 400, qPrintable(QString::number(peak)));
}

/// Calls to the master and to an agent: the answer is given up, and that is said.
void HostileFloodTest::answersWithoutEnd()
{
    connectTo(QStringLiteral("answers"));
    QString problem;
    mesos::v1::master::Call call;
    call.set_type(mesos::v1::master::Call::GET_FLAGS);
    m_window->session().call(call, [&](meseta::Result<mesos::v1::master::Response> answer) {
        problem =
            answer ? QStringLiteral("an answer") : QString::fromStdString(answer.error().message);
    });
    FileReader reader;
    reader.setAgent(QStringLiteral("127.0.0.1:%1").arg(m_server->port()));
    QString noFile;
    reader.read(QStringLiteral("/x"), 0, 100, [&](meseta::Result<FileReader::Part> part) {
        noFile = part ? QStringLiteral("a part") : QString::fromStdString(part.error().message);
    });
    QTRY_COMPARE_WITH_TIMEOUT(
        noFile, QStringLiteral("the answer was longer than the console reads"), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(problem, noFile, 60000);
    QVERIFY2(megabytes("VmHWM") - m_before < 1000, qPrintable(QString::number(megabytes("VmHWM"))));
    QCOMPARE(m_window->session().state(), MasterSession::State::Live);
}

int main(int argc, char **argv)
{
    if (HostileServer::isServer(argc, argv))
        return HostileServer::serve(argc, argv);
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    HostileFloodTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_hostile_flood.moc"
