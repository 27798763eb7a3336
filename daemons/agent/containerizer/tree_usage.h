#pragma once

#include <sys/types.h>

#include "mesos/v1/statistics.pb.h"

namespace meseta::agent {

/// Adds what the processes below `helper` use, from /proc: CPU time (also of those that ended),
/// resident memory, counts of processes and threads ("posix/cpu" and "posix/mem").
void addTreeUsage(pid_t helper, mesos::v1::ResourceStatistics &statistics);

} // namespace meseta::agent
