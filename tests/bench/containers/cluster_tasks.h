#pragma once

#include <QTemporaryDir>

#include "common/base/result.h"
#include "tests/bench/cluster/bench_scheduler.h"
#include "tests/bench/cluster/figures.h"
#include "tests/bench/cluster/local_daemons.h"

namespace meseta::bench {

/// The program of bench_containers as an image, run by a master and an agent of this build, and by
/// a Docker engine of its own.
class ClusterTasks
{
public:
    /// What is missing for one; empty when nothing is.
    static QString missing();

    /// The image, the daemons and a framework; a task of the image has run, so that it is cached.
    Result<> start();

    /// From the sending of each ACCEPT to the arrival of TASK_RUNNING, one task after another.
    Result<Samples> running(bool ofImage, int count);
    /// From the start of `docker run` to the program's first instruction.
    Result<Samples> dockerRun(int count) const;

private:
    Result<> makeImage();
    Result<double> launch(bool ofImage);

    QTemporaryDir m_folder;
    LocalDaemons m_daemons;
    std::unique_ptr<BenchScheduler> m_scheduler;
};

} // namespace meseta::bench
