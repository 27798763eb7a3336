#include "common/endpoints/metrics_registry.h"

#include <algorithm>
#include <cmath>

namespace meseta {

namespace {

constexpr Duration timerWindow = std::chrono::hours(1);
constexpr std::size_t timerCapacity = 1000;

/// The value at `fraction` of a sorted list, between neighbours in a straight line.
double percentile(const std::vector<double> &sorted, double fraction)
{
    const double position = fraction * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    if (below + 1 >= sorted.size())
        return sorted.back();
    const double part = position - static_cast<double>(below);
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

} // namespace

void Timer::record(Duration took, Duration now)
{
    if (m_samples.size() >= timerCapacity)
        m_samples.pop_front();
    m_samples.push_back({now, std::chrono::duration<double, std::milli>(took).count()});
}

void Timer::snapshot(const std::string &name, Duration now,
                     std::map<std::string, double> &out) const
{
    if (m_samples.empty())
        return;
    out[name] = m_samples.back().ms;
    std::vector<double> sorted;
    for (const Sample &sample : m_samples) {
        if (now - sample.at <= timerWindow)
            sorted.push_back(sample.ms);
    }
    if (sorted.size() < 2)
        return;
    std::sort(sorted.begin(), sorted.end());
    out[name + "/count"] = static_cast<double>(sorted.size());
    out[name + "/max"] = sorted.back();
    out[name + "/min"] = sorted.front();
    static constexpr std::pair<const char *, double> figures[] = {
        {"/p50", 0.5},  {"/p90", 0.9},    {"/p95", 0.95},
        {"/p99", 0.99}, {"/p999", 0.999}, {"/p9999", 0.9999}};
    for (const auto &[suffix, fraction] : figures)
        out[name + suffix] = percentile(sorted, fraction);
}

Counter &MetricsRegistry::counter(const std::string &name)
{
    std::unique_ptr<Counter> &counter = m_counters[name];
    if (!counter)
        counter = std::make_unique<Counter>();
    return *counter;
}

void MetricsRegistry::removeCounters(const std::string &prefix)
{
    auto it = m_counters.lower_bound(prefix);
    while (it != m_counters.end() && it->first.starts_with(prefix))
        it = m_counters.erase(it);
}

Timer &MetricsRegistry::timer(const std::string &name)
{
    std::unique_ptr<Timer> &timer = m_timers[name];
    if (!timer)
        timer = std::make_unique<Timer>();
    return *timer;
}

void MetricsRegistry::gauge(const std::string &name, std::function<double()> value)
{
    m_gauges[name] = std::move(value);
}

void MetricsRegistry::source(std::function<void(Snapshot &)> fill)
{
    m_sources.push_back(std::move(fill));
}

MetricsRegistry::Snapshot MetricsRegistry::snapshot() const
{
    Snapshot out;
    for (const auto &[name, counter] : m_counters)
        out.emplace_hint(out.end(), name, static_cast<double>(counter->value()));
    for (const auto &[name, value] : m_gauges)
        out[name] = value();
    const Duration now = m_clock.monotonic();
    for (const auto &[name, timer] : m_timers)
        timer->snapshot(name, now, out);
    for (const auto &fill : m_sources)
        fill(out);
    return out;
}

} // namespace meseta
