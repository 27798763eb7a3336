#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace meseta::bench {

using Seconds = std::chrono::duration<double>;

/// Seconds since an arbitrary start; never goes back.
double now();

/// Times gathered one by one.
class Samples
{
public:
    void add(double seconds) { m_values.push_back(seconds); }
    std::size_t count() const { return m_values.size(); }
    double percentile(double share) const; ///< 0.5: the median; 0 without samples
    std::string text() const; ///< "p50 1.2 ms, p99 3.4 ms, n 1000"

private:
    std::vector<double> m_values;
};

/// Runs the event loop until `done` or the time is up; false then.
bool waitFor(const std::function<bool()> &done, double seconds);

/// Resident memory of a process in bytes; nothing when it is not ours to see.
std::optional<double> residentBytes(qint64 pid);

/// Prints "name: value" in a column.
void report(const std::string &name, const std::string &value);
std::string format(const char *pattern, double value);

} // namespace meseta::bench
