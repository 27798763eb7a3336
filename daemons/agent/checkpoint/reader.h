#pragma once

#include <string>

#include "common/base/result.h"
#include "common/store/disk.h"
#include "daemons/agent/checkpoint/recovered_agent.h"

namespace meseta::agent {

struct ReaderOptions
{
    std::string metaFolder; ///< `<work_dir>/meta`
    std::string agentId; ///< what `slaves/latest` points to; empty: nothing to recover
    std::string bootId; ///< of the machine as it runs now; empty: not known
    bool strict = true; ///< --strict
    /// --max_completed_executors_per_framework: what was over is not read beyond it.
    std::size_t maxHistoryPerFramework = 150;
    /// That read at once, each another framework; what is found does not depend on it. More than
    /// one needs a disk that many may use.
    unsigned threads = 1;
};

/// Reads what an earlier agent kept. Files that are missing are no error: the agent died before it
/// wrote them. Damaged ones are: with --strict the error names the file, what is wrong with it, and
/// what --no-strict would leave out; without, that is left out and noted in `errors`. The ends of
/// `task.updates` that were never written whole are cut off. After the machine lost its power,
/// damage to what was not flushed is expected: it is left out and noted, also with --strict; so is
/// what belongs to runs that were over, which are only listed. Of each executor the last run
/// counts.
Result<RecoveredAgent> readAgent(store::Disk &disk, const ReaderOptions &options);

} // namespace meseta::agent
