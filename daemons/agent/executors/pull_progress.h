#pragma once

#include <cstdint>
#include <string>

#include "common/base/clock.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

/// How far the fetching of an image is.
struct PullProgress
{
    std::string message;
    std::uint64_t doneBytes = 0;
    std::uint64_t totalBytes = 0;

    bool operator==(const PullProgress &) const = default;
};

/// Decides which progress is worth a status update: the first, then one every two seconds when
/// something changed and the framework has acknowledged the one before.
class PullThrottle
{
public:
    static constexpr Duration interval = std::chrono::seconds(2);

    bool admits(const PullProgress &progress, Duration now, bool outstanding);

private:
    PullProgress m_last;
    Duration m_lastTime{};
    bool m_any = false;
};

/// Puts the progress into a status: its message, and the labels `meseta.pull.done` and
/// `meseta.pull.total` in bytes.
void describeProgress(const PullProgress &progress, mesos::v1::TaskStatus &status);

} // namespace meseta::agent
