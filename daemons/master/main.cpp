// mesos-master: the master of a cluster.

#include <csignal>
#include <cstdlib>
#include <iostream>

#include <QCoreApplication>

#include "common/base/logging.h"
#include "common/base/signals.h"
#include "daemons/master/daemon/master_daemon.h"
#include "daemons/master/flags/master_flags.h"

int main(int argc, char *argv[])
{
    const meseta::master::MasterFlagsOutcome outcome = meseta::master::loadMasterFlags(argc, argv);
    if (!outcome.flags)
        return outcome.exitCode;
    const auto complain = [](const meseta::Error &error) {
        std::cerr << "mesos-master: " << error.message << std::endl;
        return EXIT_FAILURE;
    };
    if (const auto logging = meseta::startLogging(outcome.flags->logging); !logging)
        return complain(logging.error());
    for (const std::string &warning : outcome.flags->values.warnings())
        qWarning("%s", warning.c_str());

    QCoreApplication application(argc, argv);
    meseta::surviveBrokenPipes();
    meseta::master::MasterDaemon daemon;
    const meseta::SignalWatcher signalWatcher({SIGTERM, SIGINT}, [&daemon](int) {
        daemon.stop();
        QCoreApplication::quit();
    });
    if (const auto started = daemon.start(*outcome.flags); !started)
        return complain(started.error());
    return application.exec();
}
