#include <csignal>
#include <iostream>

#include <QCoreApplication>

#include "common/base/logging.h"
#include "common/base/signals.h"
#include "daemons/agent/core/agent_daemon.h"
#include "daemons/agent/flags/agent_flags.h"

using namespace meseta;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const agent::AgentFlagsOutcome loaded = agent::loadAgentFlags(argc, argv);
    if (!loaded.flags)
        return loaded.exitCode;
    if (const auto logging = startLogging(loaded.flags->logging); !logging) {
        std::cerr << "mesos-agent: " << logging.error().message << std::endl;
        return EXIT_FAILURE;
    }
    for (const std::string &warning : loaded.flags->values.warnings())
        qWarning("%s", warning.c_str());
    surviveBrokenPipes();

    agent::AgentDaemon daemon(*loaded.flags);
    daemon.onFinished = [](int exitCode) { QCoreApplication::exit(exitCode); };
    const SignalWatcher signalWatcher({SIGTERM, SIGINT, SIGUSR1}, [&daemon](int number) {
        if (number == SIGUSR1)
            daemon.leave("SIGUSR1");
        else
            daemon.stop(number == SIGINT ? "SIGINT" : "SIGTERM");
    });
    if (const auto started = daemon.start(); !started) {
        std::cerr << "mesos-agent: " << started.error().message << std::endl;
        return EXIT_FAILURE;
    }
    return QCoreApplication::exec();
}
