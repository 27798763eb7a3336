#include <csignal>
#include <iostream>

#include <QCoreApplication>

#include "common/base/qt_clock.h"
#include "common/base/signals.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/session.h"
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

MasterAddress addressOf(const mesos::v1::MasterInfo &master)
{
    return {master.has_address() ? master.address().ip() : master.hostname(),
            static_cast<std::uint16_t>(master.port())};
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

    std::unique_ptr<zookeeper::Session> ensemble;
    std::unique_ptr<zookeeper::Detector> detector;
    if (flags.zk) {
        ensemble =
            std::make_unique<zookeeper::Session>(*flags.zk, zookeeper::SessionOptions{}, clock);
        detector = std::make_unique<zookeeper::Detector>(*ensemble, flags.zk->path, clock);
        QObject::connect(ensemble.get(), &zookeeper::Client::trouble, ensemble.get(),
                         [](const QString &sentence) { toStderr(sentence.toStdString() + "\n"); });
        QObject::connect(detector.get(), &zookeeper::Detector::leaderChanged, detector.get(), [&] {
            const auto &leader = detector->leader();
            master.follow(leader ? std::optional(addressOf(*leader)) : std::nullopt);
        });
        ensemble->open();
        detector->start();
    }
    return QCoreApplication::exec();
}
