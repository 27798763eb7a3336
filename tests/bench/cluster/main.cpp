#include <QCommandLineParser>
#include <QCoreApplication>

#include "tests/bench/cluster/figures.h"
#include "tests/bench/cluster/local_daemons.h"
#include "tests/bench/cluster/scenarios.h"

using namespace meseta::bench;

namespace {

/// host:port of another master; empty for one of our own.
bool readMaster(const QString &text, Options &options)
{
    if (text.isEmpty())
        return true;
    options.host = text.section(QLatin1Char(':'), 0, 0);
    options.port = text.section(QLatin1Char(':'), 1).toUShort();
    return !options.host.isEmpty() && options.port != 0;
}

bool measureLocal(Options options, meseta::Random &random)
{
    LocalDaemons idle;
    if (!idle.startMaster() || !idle.startAgent())
        return false;
    waitFor([] { return false; }, 2);
    report("idle master RSS",
           format("%.1f MB", residentBytes(idle.masterPid()).value_or(0) / 1024 / 1024));
    report("idle agent RSS",
           format("%.1f MB", residentBytes(idle.agentPid()).value_or(0) / 1024 / 1024));
    options.port = idle.masterPort();
    if (!measureCommandTasks(options))
        return false;

    LocalDaemons daemons;
    if (!daemons.startMaster())
        return false;
    options.port = daemons.masterPort();
    options.masterPid = daemons.masterPid();
    return measureCluster(options, random);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Measures a Mesos master over its own wire, on loopback."));
    parser.addHelpOption();
    parser.addOptions({
        {QStringLiteral("master"),
         QStringLiteral("A master that runs already; default: one of our own, with an agent."),
         QStringLiteral("host:port")},
        {QStringLiteral("agents"), QStringLiteral("Emulated agents."), QStringLiteral("n"),
         QStringLiteral("1000")},
        {QStringLiteral("tasks"), QStringLiteral("Tasks they hold."), QStringLiteral("n"),
         QStringLiteral("20000")},
        {QStringLiteral("subscribers"), QStringLiteral("Operator event streams."),
         QStringLiteral("n"), QStringLiteral("20")},
        {QStringLiteral("samples"), QStringLiteral("Single launches and freed resources measured."),
         QStringLiteral("n"), QStringLiteral("500")},
    });
    parser.process(application);
    Options options;
    options.agents = std::max(1, parser.value(QStringLiteral("agents")).toInt());
    options.tasks = std::max(options.agents, parser.value(QStringLiteral("tasks")).toInt());
    options.subscribers = parser.value(QStringLiteral("subscribers")).toInt();
    options.samples = parser.value(QStringLiteral("samples")).toInt();
    if (!readMaster(parser.value(QStringLiteral("master")), options)) {
        std::fprintf(stderr, "--master wants host:port, for example 127.0.0.1:5050\n");
        return 2;
    }
    meseta::KernelRandom random;
    const bool fine =
        options.port ? measureCluster(options, random) : measureLocal(options, random);
    return fine ? 0 : 1;
}
