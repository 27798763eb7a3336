#include "tests/bench/cluster/figures.h"

#include <cstdio>

#include <QCoreApplication>
#include <QFile>
#include <QTimer>

namespace meseta::bench {

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double Samples::percentile(double share) const
{
    if (m_values.empty())
        return 0;
    std::vector<double> sorted = m_values;
    const auto at = sorted.begin()
        + static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
}

std::string Samples::text() const
{
    char line[128];
    std::snprintf(line, sizeof line, "p50 %.2f ms, p99 %.2f ms, n %zu", percentile(0.5) * 1e3,
                  percentile(0.99) * 1e3, count());
    return line;
}

bool waitFor(const std::function<bool()> &done, double seconds)
{
    QTimer wake; // so that the limit is noticed when nothing happens
    wake.start(20);
    const double end = now() + seconds;
    while (!done()) {
        if (now() > end)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

std::optional<double> residentBytes(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(pid));
    if (pid <= 0 || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return file.readAll().split(' ').value(1).toDouble() * 4096;
}

void report(const std::string &name, const std::string &value)
{
    std::printf("%-52s %s\n", name.c_str(), value.c_str());
    std::fflush(stdout);
}

std::string format(const char *pattern, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, pattern, value);
    return text;
}

} // namespace meseta::bench
