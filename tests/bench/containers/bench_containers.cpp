// Starts containers of the Mesos containerizer beside the least that the kernel can do, and beside
// runc. Run by hand as root, best from a release build: bench_containers [containers].
#include <algorithm>
#include <cstdio>
#include <ctime>

#include <sys/stat.h>

#include "tests/bench/containers/cluster_tasks.h"
#include "tests/bench/containers/raw_container.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

using Times = std::vector<double>; // milliseconds

double now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double percentile(Times times, double part)
{
    if (times.empty())
        return 0;
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(static_cast<double>(times.size() - 1) * part)];
}

void print(const char *what, const Times &times)
{
    std::printf("%-44s p50 %7.2f ms   p99 %7.2f ms   (%zu)\n", what, percentile(times, 0.5),
                percentile(times, 0.99), times.size());
    std::fflush(stdout);
}

double stampOf(const QByteArray &output)
{
    long long stamp = 0;
    if (output.size() < static_cast<qsizetype>(sizeof stamp))
        return 0;
    std::memcpy(&stamp, output.constData(), sizeof stamp);
    return static_cast<double>(stamp) / 1e6;
}

/// Runs the event loop until a container is over: without the pauses of a test's waiting.
void waitForEnd(MesosContainerizer &room, TestContainer &container)
{
    QEventLoop loop;
    auto events = container.probe.events();
    events.ended = [&](const ContainerTermination &termination) {
        container.probe.ended = termination;
        loop.quit();
    };
    room.launch(container.spec, events);
    loop.exec();
}

class Bench
{
public:
    explicit Bench(int count) : m_count(count), m_root({})
    {
        const QString program =
            QCoreApplication::applicationDirPath() + QStringLiteral("/bench_first_instruction");
        QFile::copy(program, m_root.file(QStringLiteral("usr/bin/first")));
    }

    void run()
    {
        raw();
        runc();
        native("ours, all of an image's mounts",
               "filesystem/linux,docker/runtime,namespaces/pid,"
               "namespaces/ipc");
        native("ours, with seccomp and cgroups",
               "filesystem/linux,docker/runtime,namespaces/pid,"
               "namespaces/ipc,linux/seccomp,linux/nnp,"
               "cgroups/cpu,cgroups/mem,cgroups/pids");
        throughput();
        many();
        cluster();
    }

private:
    void raw()
    {
        Times times;
        for (int i = 0; i < m_count; ++i)
            times.push_back(
                static_cast<double>(bench::startRawContainer(m_root.path(), "/usr/bin/first"))
                / 1e6);
        ::print("floor: clone, pivot_root, exec", times);
    }

    void runc()
    {
        QTemporaryDir bundle;
        QProcess spec;
        spec.setWorkingDirectory(bundle.path());
        spec.start(QStringLiteral("runc"), {QStringLiteral("spec")});
        if (!spec.waitForFinished() || spec.exitCode() != 0) {
            std::puts("runc: not installed");
            return;
        }
        QFile file(bundle.filePath(QStringLiteral("config.json")));
        if (!file.open(QIODevice::ReadWrite))
            return;
        QByteArray config = file.readAll();
        config.replace("\"sh\"", "\"/usr/bin/first\"");
        config.replace("\"terminal\": true", "\"terminal\": false");
        config.replace("\"path\": \"rootfs\"",
                       "\"path\": \"" + QByteArray::fromStdString(m_root.path()) + '"');
        file.resize(0);
        file.seek(0);
        file.write(config);
        file.close();
        Times times;
        for (int i = 0; i < std::min(m_count, 20); ++i) {
            QProcess run;
            run.setWorkingDirectory(bundle.path());
            const double before = now();
            run.start(QStringLiteral("runc"),
                      {QStringLiteral("run"), QStringLiteral("bench-%1").arg(i)});
            run.waitForFinished();
            if (const double stamp = stampOf(run.readAllStandardOutput()); stamp > 0)
                times.push_back(stamp - before);
        }
        ::print("runc run", times);
    }

    std::unique_ptr<MesosContainerizer> containerizer(const char *isolation)
    {
        const FlagValues values = agentFlagValues({std::string("--isolation=") + isolation});
        auto isolators = makeIsolators(
            {values, m_runtime.path().toStdString(), m_runtime.path().toStdString(), true, true});
        if (!isolators) {
            std::puts(isolators.error().message.c_str());
            return nullptr;
        }
        ContainerImage image;
        image.rootfs = m_root.path();
        MesosOptions options;
        options.helper = nativeHelperPath();
        options.runtimeDir = m_runtime.path().toStdString();
        options.isolators = std::move(*isolators);
        options.images = std::make_unique<TestImages>(image);
        return std::make_unique<MesosContainerizer>(std::move(options));
    }

    std::unique_ptr<TestContainer> container(bool stays)
    {
        auto c = std::make_unique<TestContainer>("bench-" + std::to_string(m_next++));
        c->spec.container = imageContainer();
        c->spec.command.set_shell(false);
        c->spec.command.set_value("/usr/bin/first");
        c->spec.command.add_arguments("first");
        if (stays)
            c->spec.command.add_arguments("stays");
        c->spec.cpus = 0.1;
        c->spec.memBytes = 64 << 20;
        return c;
    }

    void native(const char *what, const char *isolation)
    {
        const auto room = containerizer(isolation);
        if (!room)
            return;
        Times starts, whole;
        for (int i = 0; i < m_count; ++i) {
            const auto c = container(false);
            const double before = now();
            waitForEnd(*room, *c);
            whole.push_back(now() - before);
            const double stamp = stampOf(c->file(QStringLiteral("stdout")));
            if (stamp > 0)
                starts.push_back(stamp - before);
            else if (i == 0)
                std::puts(c->probe.ended->message.c_str());
        }
        ::print(what, starts);
        ::print("  until everything of it is gone", whole);
    }

    void throughput()
    {
        const auto room = containerizer("filesystem/linux,docker/runtime,namespaces/pid");
        std::vector<std::unique_ptr<TestContainer>> running;
        int started = 0, ended = 0;
        const int total = m_count * 5;
        const double before = now();
        QEventLoop loop;
        std::function<void()> next = [&] {
            if (started >= total)
                return;
            ++started;
            auto c = container(false);
            auto events = c->probe.events();
            events.ended = [&](const ContainerTermination &) {
                if (++ended == total)
                    loop.quit();
                else
                    next();
            };
            room->launch(c->spec, events);
            running.push_back(std::move(c));
        };
        for (int i = 0; i < 8; ++i)
            next();
        loop.exec();
        std::printf("%-44s %.0f a second\n", "up and down, 8 at a time",
                    total / (now() - before) * 1000);
    }

    void many()
    {
        const auto room = containerizer("filesystem/linux,docker/runtime,namespaces/pid");
        std::vector<std::unique_ptr<TestContainer>> running;
        Times first, last;
        constexpr int all = 500, part = 25;
        for (int i = 0; i < all; ++i) {
            auto c = container(true);
            const double before = now();
            QEventLoop loop;
            auto events = c->probe.events();
            events.started = [&](const auto &) { QTimer::singleShot(2, &loop, &QEventLoop::quit); };
            room->launch(c->spec, events);
            loop.exec();
            const double stamp = stampOf(c->file(QStringLiteral("stdout")));
            if (i < part)
                first.push_back(stamp - before);
            if (i >= all - part)
                last.push_back(stamp - before);
            running.push_back(std::move(c));
        }
        ::print("the first 25 of 500 that stay", first);
        ::print("the last 25 of 500", last);
        for (const auto &c : running)
            room->destroy(c->spec.containerId);
        const bool gone = QTest::qWaitFor(
            [&] {
                return std::all_of(running.begin(), running.end(),
                                   [](const auto &c) { return c->probe.ended.has_value(); });
            },
            60000);
        std::puts(gone ? "" : "not all of them ended");
    }

    void cluster()
    {
        if (const QString missing = bench::ClusterTasks::missing(); !missing.isEmpty()) {
            std::puts(qPrintable(missing));
            return;
        }
        bench::ClusterTasks tasks;
        if (auto started = tasks.start(); !started) {
            std::puts(started.error().message.c_str());
            return;
        }
        print("ACCEPT to TASK_RUNNING, no image", tasks.running(false, m_count));
        print("ACCEPT to TASK_RUNNING, cached image", tasks.running(true, m_count));
        print("docker run, the same image", tasks.dockerRun(std::min(m_count, 20)));
    }
    static void print(const char *what, const Result<bench::Samples> &samples)
    {
        std::printf("%-44s %s\n", what,
                    samples ? samples->text().c_str() : samples.error().message.c_str());
        std::fflush(stdout);
    }

    int m_count;
    int m_next = 0;
    TestRoot m_root;
    QTemporaryDir m_runtime;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    Bench(argc > 1 ? std::max(10, std::atoi(argv[1])) : 100).run();
}
