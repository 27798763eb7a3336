#include "tests/bench/console/busy_application.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <QPointer>
#include <QThread>
#include <QTimer>

namespace {

constexpr double noticeableMs = 1;

/// What a receiver is; a timer by how often it comes.
std::string nameOf(const QObject &receiver, const QMetaObject &kind)
{
    std::string name = kind.className();
    const std::string room = "meseta::console::";
    if (name.compare(0, room.size(), room) == 0)
        name.erase(0, room.size());
    if (const auto *timer = qobject_cast<const QTimer *>(&receiver))
        name += "(" + std::to_string(timer->interval()) + ")";
    return name;
}

} // namespace

double BusyApplication::threadMs()
{
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

bool BusyApplication::notify(QObject *receiver, QEvent *event)
{
    // Other threads have events of their own: Qt's for HTTP reads the sockets.
    if (QThread::currentThread() != thread() || m_depth > 0)
        return QApplication::notify(receiver, event);
    constexpr qint64 pauseNs = 200000;
    if (!m_clock.isValid())
        m_clock.start();
    if (m_clock.nsecsElapsed() - m_lastEnd > pauseNs)
        close();
    const QMetaObject *kind = receiver->metaObject();
    const int type = event->type();
    QPointer<QObject> still(receiver);
    const qint64 begin = m_clock.nsecsElapsed();
    const double cpu = threadMs();
    ++m_depth;
    const bool handled = QApplication::notify(receiver, event);
    --m_depth;
    m_lastEnd = m_clock.nsecsElapsed();
    const double wallMs = static_cast<double>(m_lastEnd - begin) / 1e6;
    m_stretch.wall += wallMs;
    if (m_stretch.events++ == 0)
        m_stretchBegan = begin;
    m_stretch.lasted = static_cast<double>(m_lastEnd - m_stretchBegan) / 1e6;
    const double cpuMs = threadMs() - cpu;
    m_stretch.cpu += cpuMs;
    if (cpuMs > noticeableMs)
        m_stretch.parts.push_back({still ? nameOf(*still, *kind) : kind->className(), type, cpuMs});
    Cost &cost = m_costs[{kind, type}];
    ++cost.count;
    cost.total += wallMs;
    cost.longest = std::max(cost.longest, wallMs);
    if (type == QEvent::UpdateRequest) {
        close(); // a frame was shown
        if (onPainted)
            onPainted();
    }
    return handled;
}

void BusyApplication::close()
{
    if (m_stretch.wall > 0)
        m_stretches.push_back(std::move(m_stretch));
    m_stretch = {};
}

void BusyApplication::reset()
{
    m_stretches.clear();
    m_costs.clear();
    m_stretch = {};
}

BusyApplication::Work BusyApplication::print(const char *what)
{
    close();
    if (m_stretches.empty())
        return {};
    const auto line = [&](const char *clock, double Stretch::*member) {
        std::vector<double> times;
        for (const Stretch &stretch : m_stretches)
            times.push_back(stretch.*member);
        std::sort(times.begin(), times.end());
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(share * double(times.size() - 1))];
        };
        std::printf("%-24s %-9s p50 %6.2f ms   p99 %6.2f ms   p99.9 %6.2f ms   longest %6.2f ms"
                    "   (%zu stretches)\n",
                    what, clock, at(0.5), at(0.99), at(0.999), times.back(), times.size());
        return Work{at(0.5), at(0.99), times.back(), 0};
    };
    const double byClock = line("wall", &Stretch::wall).longest;
    Work work = line("thread", &Stretch::cpu);
    work.longestByClock = byClock;
    std::sort(m_stretches.begin(), m_stretches.end(),
              [](const Stretch &a, const Stretch &b) { return a.cpu > b.cpu; });
    for (std::size_t i = 0; i < std::min<std::size_t>(6, m_stretches.size()); ++i) {
        std::printf("    thread %6.2f ms, %d events in %.1f ms:", m_stretches[i].cpu,
                    m_stretches[i].events, m_stretches[i].lasted);
        for (const Part &part : m_stretches[i].parts)
            std::printf(" %s/%d %.1f", part.receiver.c_str(), part.event, part.cpu);
        std::printf("\n");
    }
    std::fflush(stdout);
    return work;
}

void BusyApplication::printLongest()
{
    std::vector<std::pair<std::pair<const QMetaObject *, int>, Cost>> costs(m_costs.begin(),
                                                                            m_costs.end());
    std::sort(costs.begin(), costs.end(),
              [](const auto &a, const auto &b) { return a.second.longest > b.second.longest; });
    for (std::size_t i = 0; i < std::min<std::size_t>(14, costs.size()); ++i) {
        const auto &[kind, cost] = costs[i];
        std::printf("    %-40s event %3d: %6d times, %8.1f ms together, longest %6.2f ms\n",
                    kind.first->className(), kind.second, cost.count, cost.total, cost.longest);
    }
}
