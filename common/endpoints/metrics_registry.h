#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace meseta {

/// A number that only grows ("master/messages_register_slave").
class Counter
{
public:
    Counter &operator++() { return add(1); }
    Counter &add(std::uint64_t n)
    {
        m_value += n;
        return *this;
    }
    std::uint64_t value() const { return m_value; }

private:
    std::uint64_t m_value = 0;
};

/// How long something took, in milliseconds: the last value and figures over those of the last hour
/// (at most 1000).
class Timer
{
public:
    /// Names of the figures in a snapshot: "<name>", "<name>/count", "/max", "/min", "/p50" …
    /// "/p9999"; without a value nothing, with a single one only the first.
    void record(Duration took, Duration now);
    void snapshot(const std::string &name, Duration now, std::map<std::string, double> &out) const;

private:
    struct Sample
    {
        Duration at;
        double ms;
    };
    std::deque<Sample> m_samples;
};

/// The metrics of a daemon under Mesos' names, for /metrics/snapshot and GET_METRICS. Nothing here
/// costs anything between snapshots but counting. Not thread-safe. Source: Mesos monitoring.
class MetricsRegistry
{
public:
    using Snapshot = std::map<std::string, double>;

    explicit MetricsRegistry(const Clock &clock) : m_clock(clock) { }
    MetricsRegistry(const MetricsRegistry &) = delete;
    MetricsRegistry &operator=(const MetricsRegistry &) = delete;

    /// The counter of that name, made at its first mention; the reference stays good until
    /// `removeCounters`.
    Counter &counter(const std::string &name);
    void removeCounters(const std::string &prefix);

    /// The timer of that name ("registrar/state_store_ms").
    Timer &timer(const std::string &name);
    /// Records into the timer of that name.
    void record(const std::string &timer, Duration took)
    {
        this->timer(timer).record(took, m_clock.monotonic());
    }

    /// A value asked for at each snapshot.
    void gauge(const std::string &name, std::function<double()> value);

    /// Values whose names come and go (per framework, per role): `fill` adds them at each snapshot.
    void source(std::function<void(Snapshot &)> fill);

    /// Everything now, sorted by name.
    Snapshot snapshot() const;

private:
    const Clock &m_clock;
    std::map<std::string, std::unique_ptr<Counter>> m_counters;
    std::map<std::string, std::unique_ptr<Timer>> m_timers;
    std::map<std::string, std::function<double()>> m_gauges;
    std::vector<std::function<void(Snapshot &)>> m_sources;
};

/// system/cpus_total, system/load_1min …, system/mem_*_bytes: the machine's figures, which both
/// daemons tell.
void addSystemMetrics(MetricsRegistry &metrics);

} // namespace meseta
