// Figures of an agent's records: what flushing them costs, and how long an agent whose history is
// full takes until it has registered again.
//
//   bench_recovery [frameworks] [executors]      50 and 150: as much history as an agent keeps

#include <algorithm>
#include <cstdio>

#include "common/store/disk.h"
#include "daemons/agent/checkpoint/writer.h"
#include "recovery_bench.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

using Kind = CheckpointChange::Kind;
constexpr int atOnce = 100;

/// Runs the event loop until it is so, without the pauses of QTest::qWaitFor.
template <typename Condition> void await(Condition condition, const char *what)
{
    QElapsedTimer timer;
    QTimer wake; // what is looked at may come about without an event here
    wake.start(1);
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > 120'000)
            qFatal("in vain: %s", what);
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

/// Milliseconds until all of these are kept.
double keep(CheckpointWriter &writer, std::vector<std::vector<CheckpointChange>> jobs)
{
    QElapsedTimer timer;
    std::size_t kept = 0;
    const std::size_t wanted = jobs.size();
    timer.start();
    for (auto &job : jobs)
        writer.write(std::move(job), [&kept](const Result<> &done) {
            if (!done)
                qFatal("%s", done.error().message.c_str());
            ++kept;
        });
    await([&] { return kept == wanted; }, "records that are kept");
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

std::vector<CheckpointChange> recordsOf(const std::string &run)
{
    const std::string info(600, 'i');
    return {{Kind::Record, run + "/executor.info", info},
            {Kind::Record, run + "/tasks/t/task.info", info},
            {Kind::Text, run + "/pids/forked.pid", "12345"}};
}

std::vector<CheckpointChange> updateOf(const std::string &run)
{
    return {{Kind::Append,
             run + "/tasks/t/task.updates",
             std::string(300, 'u'),
             true,
             {"framework.info", run + "/executor.info", run + "/tasks/t/task.info"}}};
}

/// The writer alone: what a task's first update and those after it wait for.
void measureFlushes(const std::string &folder)
{
    CheckpointWriter writer(store::systemDisk(), folder);
    keep(writer, {{{Kind::Record, "framework.info", std::string(300, 'f')}}});
    std::printf("records of %d tasks, nothing flushed          %7.1f ms\n", atOnce, [&] {
        std::vector<std::vector<CheckpointChange>> jobs;
        for (int i = 0; i < atOnce; ++i)
            jobs.push_back(recordsOf("run" + std::to_string(i)));
        return keep(writer, std::move(jobs));
    }());
    for (const char *which : {"first", "second", "third"}) {
        std::vector<std::vector<CheckpointChange>> jobs;
        for (int i = 0; i < atOnce; ++i)
            jobs.push_back(updateOf("run" + std::to_string(i)));
        std::printf("%s updates of %d tasks at once, flushed   %7.1f ms\n", which, atOnce,
                    keep(writer, std::move(jobs)));
    }
    std::vector<double> first, later;
    for (int i = 0; i < atOnce; ++i) {
        const std::string run = "single" + std::to_string(i);
        keep(writer, {recordsOf(run)});
        first.push_back(keep(writer, {updateOf(run)}));
        later.push_back(keep(writer, {updateOf(run)}));
    }
    std::sort(first.begin(), first.end());
    std::sort(later.begin(), later.end());
    std::printf("one task's first update by itself: median %.2f ms; a later one: median %.2f ms\n",
                first[atOnce / 2], later[atOnce / 2]);
}

/// From a launch until the master has heard that the task has finished.
void measureTasks(bool checkpoint)
{
    RecoveryBench bench;
    bench.master.checkpoint = checkpoint;
    if (!bench.start() || !bench.isRegistered())
        qFatal("the agent does not start: %s", bench.agent->errors().constData());
    int launched = 0;
    const auto run = [&](int count) {
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < count; ++i)
            bench.master.launch(bench.master.task("t" + std::to_string(launched++), "true"));
        await([&] { return bench.master.count(mesos::v1::TASK_FINISHED) >= launched; }, "tasks");
        return static_cast<double>(timer.nsecsElapsed()) / 1e6;
    };
    run(10);
    std::vector<double> single, batch;
    for (int i = 0; i < 50; ++i)
        single.push_back(run(1));
    for (int i = 0; i < 5; ++i)
        batch.push_back(run(atOnce));
    std::sort(single.begin(), single.end());
    std::sort(batch.begin(), batch.end());
    std::printf("%s checkpointing: a task of `true` %.1f ms (median of 50), %d of them at once "
                "%.0f ms (median of 5)\n",
                checkpoint ? "with" : "without", single[25], atOnce, batch[2]);
}

void measureHistory(int frameworks, int executors)
{
    RecoveryBench bench;
    bench.flags = {QStringLiteral("--max_completed_executors_per_framework=%1").arg(executors)};
    if (!bench.start() || !bench.isRegistered())
        qFatal("the agent does not start: %s", bench.agent->errors().constData());
    QElapsedTimer timer;
    timer.start();
    for (int f = 0; f < frameworks; ++f) {
        bench.master.frameworkId = "M-" + std::to_string(1000 + f);
        bench.master.updates.clear();
        for (int e = 0; e < executors; ++e)
            bench.master.launch(
                bench.master.task("t" + std::to_string(f) + "-" + std::to_string(e), "true"));
        await([&] { return bench.master.count(mesos::v1::TASK_FINISHED) >= executors; }, "tasks");
    }
    if (!QTest::qWaitFor([&] { return bench.leftovers().isEmpty(); }, 60'000))
        qFatal("in vain: acknowledged ends");
    std::printf("%d frameworks with %d executors each have come and gone in %.1f s\n", frameworks,
                executors, static_cast<double>(timer.elapsed()) / 1000);
    bench.master.updates.clear();
    for (int round = 0; round < 3; ++round) {
        bench.kill();
        const std::size_t before = bench.master.returners.size();
        timer.start();
        if (!bench.start())
            qFatal("it does not come back: %s", bench.agent->errors().constData());
        await([&] { return bench.master.returners.size() > before; }, "the agent's return");
        std::printf("killed and started: registered again after %lld ms",
                    static_cast<long long>(timer.elapsed()));
        const auto reply = bench.agent->call(jsonCall("/api/v1", R"({"type":"GET_FRAMEWORKS"})"),
                                             bench.master.agentPid().port);
        std::printf("; %d completed frameworks listed after %lld ms\n",
                    static_cast<int>(reply.body.count("\"framework_info\"")),
                    static_cast<long long>(timer.elapsed()));
    }
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const QTemporaryDir folder;
    measureFlushes(folder.path().toStdString());
    measureTasks(false);
    measureTasks(true);
    measureHistory(argc > 1 ? std::atoi(argv[1]) : 50, argc > 2 ? std::atoi(argv[2]) : 150);
    return 0;
}
