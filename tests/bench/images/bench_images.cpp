// Unpacking of layers beside `tar -xzf`, and what a container pays for an image that is there.
//
//     bench_images [folder to make layers of, default /usr/share] [rounds, default 5]

#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/images/rootfs/container_rootfses.h"
#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/agent/images/unpack/unpack_layer.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void run(const QStringList &command)
{
    if (QProcess::execute(command.first(), command.mid(1)) != 0)
        std::cerr << "failed: " << command.join(QLatin1Char(' ')).toStdString() << "\n";
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Bench
{
    explicit Bench(const QString &source)
    {
        for (const auto &name : {layer(1), layer(2)})
            run({QStringLiteral("tar"), QStringLiteral("-czf"), name, QStringLiteral("-C"), source,
                 QStringLiteral(".")});
    }

    QString layer(int number) const
    {
        return folder.filePath(QStringLiteral("layer%1.tar.gz").arg(number));
    }
    QString target(int number) const
    {
        return folder.filePath(QStringLiteral("target%1").arg(number));
    }

    void clear() const
    {
        for (int number : {1, 2}) {
            static_cast<void>(removeTree(target(number).toStdString()));
            ::mkdir(target(number).toLocal8Bit().constData(), 0755);
        }
        ::sync();
    }

    double byTar(int layers) const
    {
        clear();
        const auto start = Clock::now();
        for (int number = 1; number <= layers; ++number)
            run({QStringLiteral("tar"), QStringLiteral("-xzf"), layer(number), QStringLiteral("-C"),
                 target(number)});
        return since(start);
    }

    void unpack(int number) const
    {
        const int file = ::open(layer(number).toLocal8Bit().constData(), O_RDONLY | O_CLOEXEC);
        const auto unpacked = unpackLayer({file}, target(number).toStdString(), {}, {});
        if (!unpacked)
            std::cerr << unpacked.error().message << "\n";
        ::close(file);
    }

    double byUs(int layers) const
    {
        clear();
        const auto start = Clock::now();
        std::vector<std::jthread> threads;
        for (int number = 1; number <= layers; ++number)
            threads.emplace_back([this, number] { unpack(number); });
        threads.clear();
        return since(start);
    }

    QTemporaryDir folder;
};

void compare(const Bench &bench, int layers, int rounds)
{
    std::vector<double> tar;
    std::vector<double> ours;
    for (int round = 0; round < rounds; ++round) { // in turns: the machine is not alone
        tar.push_back(bench.byTar(layers));
        ours.push_back(bench.byUs(layers));
    }
    std::printf("%d layer(s): tar -xzf %.3f s, unpack %.3f s: %.2fx\n", layers, median(tar),
                median(ours), median(tar) / median(ours));
}

/// The backend's part for an image that is in the store: what a second task pays.
void provide(const Bench &bench)
{
    auto store =
        LayerStore::open(bench.folder.filePath(QStringLiteral("store")).toStdString(), "store");
    if (!store)
        return;
    ImageRecord image;
    image.name = "bench";
    for (int number = 0; number < 5; ++number) {
        const std::string id = "sha256-" + std::to_string(number);
        const auto staged = (*store)->stage();
        ::mkdir((*staged + "/rootfs").c_str(), 0755);
        static_cast<void>((*store)->install(*staged, id, {}));
        image.layers.push_back(id);
    }
    auto chosen = chooseBackend({}, (*store)->folder(), bench.folder.path().toStdString());
    const std::string name = chosen->backend->name();
    const ContainerRootfses rootfses(bench.folder.path().toStdString(), std::move(chosen->backend));
    static_cast<void>(rootfses.prepare());
    std::vector<double> made;
    std::vector<double> removed;
    for (int number = 0; number < 200; ++number) {
        const std::string container = "c" + std::to_string(number);
        auto start = Clock::now();
        const auto rootfs = rootfses.make(container, image, **store);
        made.push_back(since(start) * 1000);
        start = Clock::now();
        static_cast<void>(rootfses.remove(container));
        removed.push_back(since(start) * 1000);
        if (!rootfs)
            std::cerr << rootfs.error().message << "\n";
    }
    rootfses.sweep({});
    std::printf("cached image of 5 layers, %s: made %.2f ms, removed %.2f ms (p50)\n", name.c_str(),
                median(made), median(removed));
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const auto arguments = QCoreApplication::arguments();
    const Bench bench(arguments.value(1, QStringLiteral("/usr/share")));
    const int rounds = arguments.value(2, QStringLiteral("5")).toInt();
    compare(bench, 1, rounds);
    compare(bench, 2, rounds);
    provide(bench);
    return 0;
}
