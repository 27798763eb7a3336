#include "daemons/agent/containerizer/native/exec_runner.h"

#include <QTimer>

namespace meseta::agent {

struct ExecRunner::Exec
{
    std::unique_ptr<ContainerProcess> process;
    Done done;
    QTimer timeout;
    const char *stopped = nullptr; ///< why it was ended early
};

ExecRunner::ExecRunner(ContainerRoom &room) : m_room(room) { }

ExecRunner::~ExecRunner() = default;

void ExecRunner::run(const ContainerLife &container, const mesos::v1::CommandInfo &command,
                     Duration timeout, Done done)
{
    const auto failLater = [this, &done](const Error &error) {
        QTimer::singleShot(0, &m_context, [done, error] { done(fail(error)); });
    };
    const auto launch = container.execLaunch(command);
    if (!launch) {
        failLater(launch.error());
        return;
    }
    auto helper = HelperProcess::start(m_room.helper, *launch, m_room.watch);
    if (!helper) {
        failLater(helper.error());
        return;
    }
    const auto number = m_next++;
    auto exec = std::make_unique<Exec>();
    exec->done = std::move(done);
    ContainerProcess::Events events;
    events.isolate = [](pid_t) {};
    events.started = [](pid_t) {};
    events.over = [this, number](const ContainerTermination &t) { over(number, t); };
    exec->process = std::make_unique<ContainerProcess>(
        ContainerProcess::Identity{container.container().spec, launch->file}, std::move(*helper),
        m_room.reaper, std::move(events));
    exec->timeout.setSingleShot(true);
    QObject::connect(&exec->timeout, &QTimer::timeout, &exec->timeout, [raw = exec.get()] {
        raw->stopped = "the command did not end within its timeout";
        raw->process->destroy();
    });
    if (timeout > Duration::zero())
        exec->timeout.start(std::chrono::ceil<std::chrono::milliseconds>(timeout));
    m_execs.emplace(number, std::move(exec));
}

void ExecRunner::stop(const std::string &containerId)
{
    for (const auto &[number, exec] : m_execs) {
        if (exec->process->spec().containerId != containerId)
            continue;
        exec->stopped = "the container ended while the command ran";
        exec->process->destroy();
    }
}

void ExecRunner::over(std::uint64_t number, const ContainerTermination &termination)
{
    const auto node = m_execs.extract(number);
    const Exec &exec = *node.mapped();
    if (exec.stopped != nullptr)
        exec.done(fail(exec.stopped));
    else if (termination.waitStatus)
        exec.done(*termination.waitStatus);
    else
        exec.done(fail(termination.message));
}

} // namespace meseta::agent
