#include <cstdio>

#include <malloc.h>

#include <QApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QFile>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/table_page.h"
#include "gui/widgets/table_view.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;

/// The console under load: 10,000 agents, 100,000 tasks, 5,000 events a second. Prints how long the
/// GUI's thread works at a stretch, how long a sort and a filter take until they are painted, how
/// soon the first screen stands, and how much memory it all takes.

namespace {

constexpr int eventsPerSecond = 5000;
constexpr int feedEveryMs = 16;

double megabytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

/// Sums what the GUI's thread does without a pause: events that follow each other at once are one
/// stretch of work, in which no frame can be shown.
class Application : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject *receiver, QEvent *event) override
    {
        if (m_depth > 0)
            return QApplication::notify(receiver, event);
        constexpr qint64 pauseNs = 200000;
        if (m_clock.isValid() && m_clock.nsecsElapsed() - m_lastEnd > pauseNs)
            close();
        if (!m_clock.isValid())
            m_clock.start();
        const qint64 begin = m_clock.nsecsElapsed();
        ++m_depth;
        const bool handled = QApplication::notify(receiver, event);
        --m_depth;
        m_lastEnd = m_clock.nsecsElapsed();
        m_work += m_lastEnd - begin;
        return handled;
    }

    void reset()
    {
        m_works.clear();
        m_work = 0;
    }

    void print(const char *what)
    {
        close();
        std::sort(m_works.begin(), m_works.end());
        if (m_works.empty())
            return;
        const auto at = [&](double share) {
            return m_works[static_cast<std::size_t>(share * double(m_works.size() - 1))];
        };
        std::printf("%-34s p50 %6.2f ms   p99 %6.2f ms   longest %6.2f ms   (%zu stretches)\n",
                    what, at(0.5), at(0.99), m_works.back(), m_works.size());
    }

private:
    void close()
    {
        if (m_work > 0)
            m_works.push_back(static_cast<double>(m_work) / 1e6);
        m_work = 0;
    }

    QElapsedTimer m_clock;
    int m_depth = 0;
    qint64 m_lastEnd = 0;
    qint64 m_work = 0;
    std::vector<double> m_works;
};

template <typename Work> void time(const char *what, Work work)
{
    QElapsedTimer clock;
    clock.start();
    work();
    std::printf("%-34s %8.1f ms\n", what, static_cast<double>(clock.nsecsElapsed()) / 1e6);
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    Application application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("bench_console"));
    QSettings().clear();
    Theme::apply(application, Theme::Mode::Light);
    const int seconds = std::max(1, application.arguments().value(1, QStringLiteral("20")).toInt());

    const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    SyntheticCluster city({10000, 100000, 40, 300}, now);
    std::string snapshot;
    city.snapshot().SerializeToString(&snapshot);
    malloc_trim(0);
    std::printf("snapshot %.1f MB; RSS before %.0f MB\n", double(snapshot.size()) / 1e6,
                megabytes());

    Cluster cluster({});
    ClusterView view(cluster);
    view.resize(1280, 800);
    Replica &replica = cluster.replica();
    time("first screen, from the bytes", [&] {
        {
            ::meseta::v1::Event event;
            event.ParseFromString(snapshot);
            replica.apply(event);
        }
        replica.flush();
        view.show();
        view.repaint();
        QCoreApplication::processEvents();
    });
    malloc_trim(0);
    std::printf("RSS with the cluster shown %.0f MB\n", megabytes());

    view.showPage(ClusterView::Tasks);
    TableView &table = view.tablePage(ClusterView::Tasks)->view();
    TablePage &page = *view.tablePage(ClusterView::Tasks);
    const auto painted = [&table] { table.viewport()->repaint(); };
    painted();
    time("sort 100,000 tasks by name",
         [&] { table.sortByColumn(0, Qt::AscendingOrder), painted(); });
    time("sort by time", [&] { table.sortByColumn(11, Qt::DescendingOrder), painted(); });
    time("filter: redis", [&] { page.setFilter(QStringLiteral("redis")), painted(); });
    time("filter: state:failed cpus>1",
         [&] { page.setFilter(QStringLiteral("state:failed cpus>1")), painted(); });
    time("filter: none", [&] { page.setFilter({}), painted(); });

    std::vector<std::string> events;
    for (int i = 0; i < eventsPerSecond * seconds; ++i)
        events.push_back(city.next(now + double(i) / eventsPerSecond).SerializeAsString());

    QTimer feed;
    feed.setInterval(feedEveryMs);
    std::size_t fed = 0;
    QElapsedTimer running;
    running.start();
    QObject::connect(&feed, &QTimer::timeout, &feed, [&] {
        const auto due = static_cast<std::size_t>(running.elapsed() * eventsPerSecond / 1000);
        for (; fed < std::min(due, events.size()); ++fed) {
            ::meseta::v1::Event event;
            event.ParseFromString(events[fed]);
            replica.apply(event);
        }
        if (fed >= events.size())
            QCoreApplication::quit();
    });
    feed.start();
    const int pages[] = {ClusterView::Tasks, ClusterView::Agents, ClusterView::Map,
                         ClusterView::Events};
    QTimer turn;
    int shown = 0;
    QObject::connect(&turn, &QTimer::timeout, &turn, [&] {
        view.showPage(pages[static_cast<std::size_t>(++shown) % std::size(pages)]);
    });
    turn.start(std::max(1000, seconds * 1000 / 8));
    application.reset();
    application.exec();
    application.print("work at a stretch, 5,000 events/s");
    std::printf("RSS after %d s %.0f MB\n", seconds, megabytes());
    return 0;
}
