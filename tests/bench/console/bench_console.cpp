#include <cstdio>
#include <cstring>

#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/table_page.h"
#include "gui/widgets/table_view.h"
#include "gui/widgets/theme.h"
#include "tests/bench/console/busy_application.h"
#include "tests/bench/console/figures.h"
#include "tests/bench/console/log_phase.h"
#include "tests/bench/console/past_phase.h"
#include "tests/bench/console/synthetic_master.h"

using namespace meseta::console;

/// The console under load, from a master of its own in another process: 10,000 agents, 100,000
/// tasks, 5,000 events a second. Prints how soon the first page shows data, how long a sort and a
/// filter take until they are painted, how long the GUI's thread works at a stretch while pages are
/// turned, while another leader takes over, in a recording and with large logs, and how much memory
/// it all takes.

namespace {

double megabytes(const char *what = "VmRSS:")
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(what))
            return line.mid(static_cast<qsizetype>(std::strlen(what)))
                       .trimmed()
                       .split(' ')
                       .first()
                       .toDouble()
                / 1024;
    }
    return 0;
}

double msOf(const QElapsedTimer &clock)
{
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

/// The phases of a run, one after the other.
class Bench : public QObject
{
public:
    Bench(BusyApplication &application, const QElapsedTimer &sinceStart, int port, int seconds)
        : m_application(application)
        , m_sinceStart(sinceStart)
        , m_seconds(seconds)
        , m_port(port)
        , m_cluster({})
        , m_view(m_cluster)
    {
        m_cluster.recorder().setFolder(QDir::tempPath() + QStringLiteral("/bench_console"));
        m_view.resize(1280, 800);
        connect(&m_cluster.replica(), &Replica::flushed, this, [this] {
            m_isShown = m_cluster.replica().agents().size() == agentsOfBench;
            // Of tasks that have ended, the newest are kept: not all of them are there in the end.
            if (!m_isLoaded && m_cluster.replica().tasks().size() > tasksOfBench / 2
                && !m_cluster.replica().loading())
                loaded();
            if (m_phase == Phase::Failover)
                watchFailover();
        });
        connect(&m_cluster.session(), &MasterSession::told, this, [this] { ++m_told; });
        m_application.onPainted = [this] { painted(); };
        m_view.show();
        m_application.reset();
        std::printf("windows there after %.0f ms\n", msOf(m_sinceStart));
        m_cluster.open({QStringLiteral("127.0.0.1"), static_cast<quint16>(port), {}});
    }

private:
    void painted()
    {
        if (!m_isShown || m_wasPainted)
            return;
        m_wasPainted = true;
        m_figures.add("first page with data, since the start", "ms", 1000, msOf(m_sinceStart), -1);
        std::printf("first page with data after %.0f ms\n", msOf(m_sinceStart));
    }

    /// By the clock, and by the thread's own time.
    template <typename Work> void time(const char *what, double aim, Work work)
    {
        QElapsedTimer clock;
        clock.start();
        const double used = BusyApplication::threadMs();
        work();
        const double thread = BusyApplication::threadMs() - used;
        std::printf("%-40s %8.1f ms   thread %8.1f ms\n", what, msOf(clock), thread);
        m_figures.add(what, "ms", aim, msOf(clock), thread);
    }

    /// The longest stretch of a phase that has ended.
    BusyApplication::Work tell(const char *phase)
    {
        const auto work = m_application.print(phase);
        m_figures.add(std::string(phase) + ": longest stretch", "ms", 50, work.longestByClock,
                      work.longest);
        return work;
    }

    /// A phase begins after what belongs to the one before.
    template <typename Work> void next(Work work)
    {
        QTimer::singleShot(200, this, [this, work] {
            m_application.reset();
            QTimer::singleShot(0, this, work);
        });
    }

    void loaded()
    {
        m_isLoaded = true;
        m_figures.add("all of the snapshot taken, since the start", "ms", -1, msOf(m_sinceStart),
                      -1);
        tell("the snapshot is taken");
        QTimer::singleShot(1500, this, [this] { look(); });
    }

    void look()
    {
        std::printf("RSS with the cluster shown %.0f MB, most until then %.0f MB\n", megabytes(),
                    megabytes("VmHWM:"));
        time("tasks page opened", 50, [&] {
            m_view.showPage(ClusterView::Tasks);
            QCoreApplication::processEvents();
        });
        TablePage &page = *m_view.tablePage(ClusterView::Tasks);
        TableView &table = page.view();
        const auto repaint = [&table] { table.viewport()->repaint(); };
        repaint();
        for (int round = 0; round < 2; ++round) {
            time("sort 100,000 tasks by name", 80,
                 [&] { table.sortByColumn(0, Qt::AscendingOrder), repaint(); });
            time("sort by framework", 80,
                 [&] { table.sortByColumn(3, Qt::AscendingOrder), repaint(); });
            time("sort by time", 80,
                 [&] { table.sortByColumn(11, Qt::DescendingOrder), repaint(); });
            time("filter: redis", 80, [&] { page.setFilter(QStringLiteral("redis")), repaint(); });
            time("filter: redis-1", 80,
                 [&] { page.setFilter(QStringLiteral("redis-1")), repaint(); });
            time("filter: state:failed cpus>1", 80,
                 [&] { page.setFilter(QStringLiteral("state:failed cpus>1")), repaint(); });
            time("filter: none", 80, [&] { page.setFilter({}), repaint(); });
        }
        ask("/go", [this] { run(); });
    }

    void run()
    {
        connect(&m_turn, &QTimer::timeout, this, [this] { turnPage(); });
        m_turn.start(std::max(1000, m_seconds * 1000 / 24));
        connect(&m_minute, &QTimer::timeout, this, [this] { tellMemory(++m_minutes); });
        m_minute.start(60000);
        m_application.reset();
        m_told = 0;
        QTimer::singleShot(m_seconds * 1000, this, &Bench::endOfStream);
    }

    void tellMemory(int minute)
    {
        const std::string when = std::to_string(minute) + " min";
        const double now = megabytes();
        std::printf("RSS after %s %.0f MB, most %.0f MB; %d tasks\n", when.c_str(), now,
                    megabytes("VmHWM:"), m_cluster.replica().tasks().size());
        m_figures.add("RSS after " + when, "MB", 400, now, -1);
    }

    void endOfStream()
    {
        m_turn.stop();
        m_minute.stop();
        const auto work = tell("5,000 events a second");
        m_application.printLongest();
        m_figures.add("5,000 events a second: p50", "ms", 6, -1, work.p50);
        m_figures.add("5,000 events a second: p99", "ms", 16, -1, work.p99);
        m_figures.add("RSS, most until then", "MB", -1, megabytes("VmHWM:"), -1);
        std::printf("%d tasks, %d agents, %d events told\n", m_cluster.replica().tasks().size(),
                    m_cluster.replica().agents().size(), m_told);
        if (m_cluster.session().state() != MasterSession::State::Live)
            qFatal("the stream has ended");
        keepRecording();
        next([this] {
            m_view.showPage(ClusterView::Tasks);
            m_phase = Phase::Failover;
            ask("/failover");
        });
    }

    /// Beside the two that a session keeps.
    void keepRecording()
    {
        m_cluster.recorder().flush();
        m_recording = QDir::tempPath() + QStringLiteral("/bench_console/kept.events");
        QFile::remove(m_recording);
        if (!QFile::copy(m_cluster.recorder().path(), m_recording))
            qFatal("the recording cannot be copied");
    }

    /// While another leader takes over: until all agents are back.
    void watchFailover()
    {
        const Replica &replica = m_cluster.replica();
        if (m_cluster.session().state() != MasterSession::State::Live || replica.loading()
            || replica.figures().activeAgents < agentsOfBench * 9 / 10)
            return;
        m_phase = Phase::Settled;
        QTimer::singleShot(2000, this, [this] { // what is still told of it belongs to it
            tell("another leader");
            next([this] {
                ask("/cut");
                QTimer::singleShot(8000, this, &Bench::connectedAgain);
            });
        });
    }

    void connectedAgain()
    {
        if (m_cluster.session().state() != MasterSession::State::Live)
            qFatal("the console does not come back");
        tell("cut and connected again");
        m_cluster.recorder().flush();
        if (!QFile::exists(m_recording)) // two of a session are kept
            keepRecording();
        next([this] {
            m_past = std::make_unique<PastPhase>(m_application, m_figures, m_recording, [this] {
                m_figures.add("RSS with a recording beside it", "MB", -1, megabytes(), -1);
                next([this] { readLogs(); });
            });
        });
    }

    void readLogs()
    {
        m_log = std::make_unique<LogPhase>(m_application,
                                           QStringLiteral("127.0.0.1:%1").arg(m_port), [this] {
                                               m_figures.print();
                                               QCoreApplication::quit();
                                           });
    }

    void ask(const char *what, std::function<void()> then = {})
    {
        QNetworkReply *reply = m_network.get(QNetworkRequest(QUrl(
            QStringLiteral("http://127.0.0.1:%1/master%2").arg(m_port).arg(QLatin1String(what)))));
        connect(reply, &QNetworkReply::finished, this, [reply, then = std::move(then)] {
            if (reply->error() != QNetworkReply::NoError)
                qFatal("%s", qPrintable(reply->errorString()));
            if (then)
                then();
        });
    }

    void turnPage()
    {
        constexpr int pages[] = {ClusterView::Agents,   ClusterView::Map,    ClusterView::Events,
                                 ClusterView::Overview, ClusterView::Offers, ClusterView::Tasks};
        m_view.showPage(pages[static_cast<std::size_t>(m_turned++) % std::size(pages)]);
    }

    BusyApplication &m_application;
    const QElapsedTimer &m_sinceStart;
    int m_seconds;
    int m_port;
    Cluster m_cluster;
    ClusterView m_view;
    QNetworkAccessManager m_network;
    QTimer m_turn;
    QTimer m_minute;
    enum class Phase { Stream, Failover, Settled } m_phase = Phase::Stream;
    QString m_recording;
    std::unique_ptr<PastPhase> m_past;
    std::unique_ptr<LogPhase> m_log;
    int m_told = 0; // events and pieces of snapshots
    int m_turned = 0;
    int m_minutes = 0;
    Figures m_figures;
    bool m_isShown = false;
    bool m_wasPainted = false;
    bool m_isLoaded = false;
};

} // namespace

int main(int argc, char **argv)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (argc > 1 && std::strcmp(argv[1], "--serve") == 0)
        return serveSyntheticMaster(argc, argv);
    const std::string self = QFile::symLinkTarget(QStringLiteral("/proc/self/exe")).toStdString();
    FILE *master = popen(("exec '" + self + "' --serve").c_str(), "r");
    int port = 0;
    long long bytes = 0;
    if (!master || std::fscanf(master, "%d %lld", &port, &bytes) != 2) {
        std::fprintf(stderr, "the synthetic master does not start\n");
        return 1;
    }
    QElapsedTimer sinceStart;
    sinceStart.start();
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    BusyApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("bench_console"));
    QSettings().clear();
    Theme::apply(application, Theme::Mode::Light);
    const int seconds = std::max(1, application.arguments().value(1, QStringLiteral("20")).toInt());
    std::printf("snapshot %.1f MB; RSS before %.0f MB\n", static_cast<double>(bytes) / 1e6,
                megabytes());
    Bench bench(application, sinceStart, port, seconds);
    return BusyApplication::exec();
}
