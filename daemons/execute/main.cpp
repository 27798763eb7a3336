#include <csignal>
#include <iostream>

#include <QCoreApplication>

#include "common/base/qt_clock.h"
#include "common/base/signals.h"
#include "daemons/execute/flags/execute_flags.h"
#include "daemons/execute/run/master_connection.h"
#include "daemons/execute/run/task_run.h"

using namespace meseta;
using namespace meseta::execute;

namespace {

void toStdout(const std::string &text)
{
    std::cout << text << std::flush;
}

void toStderr(const std::string &text)
{
    std::cerr << text << std::flush;
}

} // namespace

int main(int argc, char **argv)
{
    const ExecuteFlagsOutcome outcome = loadExecuteFlags(argc, argv);
    if (!outcome.flags)
        return outcome.exitCode;
    const ExecuteFlags &flags = *outcome.flags;

    QCoreApplication application(argc, argv);
    surviveBrokenPipes();
    QtClock clock;
    MasterConnection master(
        {{flags.masterHost, flags.masterPort}, flags.json, flags.authorization});
    int exitCode = TaskRun::failed;

    TaskRunEffects effects;
    effects.print = toStdout;
    effects.hint = toStderr;
    effects.send = [&](const mesos::v1::scheduler::Call &call) { master.send(call); };
    effects.finish = [&](int code) {
        exitCode = code;
        master.drain(std::chrono::seconds(2));
    };
    std::function<void()> askWhy;
    effects.askWhyNoOffer = [&] { askWhy(); };
    TaskRun run({flags.framework, flags.task, flags.killAfter, flags.group}, clock,
                std::move(effects));
    askWhy = [&] {
        master.askDecisions(run.framework().id(),
                            [&](const auto &decisions) { run.onDecisions(decisions); });
    };

    master.frameworkInfo = [&] { return run.framework(); };
    QObject::connect(&master, &MasterConnection::event,
                     [&](const auto &event) { run.onEvent(event); });
    QObject::connect(&master, &MasterConnection::trouble,
                     [](const QString &sentence) { toStderr(sentence.toStdString() + "\n"); });
    QObject::connect(&master, &MasterConnection::refused, [](const QString &sentence) {
        toStderr(sentence.toStdString() + "\n");
        QCoreApplication::exit(TaskRun::failed);
    });
    QObject::connect(
        &master, &MasterConnection::drained, &application,
        [&] { QCoreApplication::exit(exitCode); }, Qt::QueuedConnection);
    const SignalWatcher signalWatcher({SIGINT, SIGTERM}, [&](int) { run.interrupt(); });
    master.start();
    return QCoreApplication::exec();
}
