#include "daemons/agent/containerizer/native/container_life.h"

#include <cmath>
#include <csignal>
#include <filesystem>

#include <QDateTime>
#include <QPointer>
#include <QTimer>

#include <fcntl.h>

#include "daemons/agent/containerizer/native/launch_command.h"
#include "daemons/agent/containerizer/native/launch_record.h"
#include "daemons/agent/containerizer/tree_usage.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;

namespace {

ContainerTermination launchFailure(const std::string &message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = message;
    return termination;
}

ContainerTermination endedBefore(const std::string &when)
{
    return launchFailure("The container was told to end before " + when);
}

Result<> checkSecrets(const mesos::v1::CommandInfo &command,
                      const containerizer::LaunchSpec &launch)
{
    for (const auto &variable : command.environment().variables()) {
        if (variable.type() != mesos::v1::Environment::Variable::SECRET)
            continue;
        const std::string start = variable.name() + "=";
        const bool resolved =
            std::any_of(launch.environment.begin(), launch.environment.end(),
                        [&](const std::string &entry) { return entry.starts_with(start); });
        if (!resolved)
            return fail("the environment variable '" + variable.name()
                        + "' is a SECRET that this agent cannot resolve: give it by value");
    }
    return {};
}

} // namespace

ContainerRoom::ContainerRoom(MesosOptions given)
    : options(std::move(given)), isolators(std::move(options.isolators)), helper(options.helper)
{ }

ContainerRoom::~ContainerRoom() = default;

ContainerLife::ContainerLife(ContainerRoom &room, ContainerSpec spec, ContainerEvents events,
                             Over over)
    : m_room(room), m_events(std::move(events)), m_over(std::move(over))
{
    m_container.spec = std::move(spec);
}

void ContainerLife::setParent(ContainerLife &parent)
{
    m_parent = &parent;
    m_container.parent = &parent.m_container;
    m_container.debug = m_container.spec.besideParent;
    parent.m_children.push_back(this);
}

void ContainerLife::later(std::function<void()> call)
{
    QTimer::singleShot(0, this, std::move(call));
}

bool ContainerLife::hasImage() const
{
    return m_container.info().mesos().has_image();
}

void ContainerLife::launch()
{
    m_tracked = m_container.spec.checkpoint || !m_room.isolators.empty();
    m_container.runtimeDirectory = m_room.runtimeDirectory(m_container.id());
    if (m_tracked) {
        std::error_code error;
        std::filesystem::create_directories(m_container.runtimeDirectory, error);
        if (error) {
            m_tracked = false;
            failed(Error{"cannot create " + m_container.runtimeDirectory
                         + " (see --runtime_dir): " + error.message()});
            return;
        }
    }
    if (hasImage())
        provision();
    else
        provisioned();
}

/// Its parent's namespaces are needed from here on.
void ContainerLife::provisioned()
{
    m_phase = Phase::Waiting;
    // One that was taken up has not told its pid at once.
    if (!m_parent || (m_parent->m_phase == Phase::Running && m_parent->m_container.pid > 0))
        prepare();
    else if (m_parent->m_phase == Phase::Cleaning || m_parent->m_destroyed)
        failed(Error{"the container it is in, " + m_parent->m_container.id() + ", has ended"});
}

void ContainerLife::provision()
{
    const auto &image = m_container.info().mesos().image();
    if (!m_room.options.images) {
        failed(
            Error{"the task's container.mesos.image needs a provider of images: start the agent "
                  "with --image_providers=docker and --isolation=filesystem/linux,docker/runtime,"
                  " or run the image with a container of type DOCKER"});
        return;
    }
    ImageSource::Events events;
    const QPointer<ContainerLife> self(this);
    events.progress = [self](const std::string &message, std::uint64_t done, std::uint64_t total) {
        if (self && self->m_events.progress)
            self->m_events.progress(message, done, total);
    };
    events.done = [self](Result<ContainerImage> provisioned) {
        if (!self || self->m_phase != Phase::Provisioning)
            return;
        if (!provisioned) {
            self->failed(provisioned.error());
            return;
        }
        self->m_container.image = std::move(*provisioned);
        self->provisioned();
    };
    m_room.options.images->provision(m_container.id(), image, std::move(events));
}

void ContainerLife::prepare()
{
    m_phase = Phase::Preparing;
    auto launch = describe();
    if (!launch) {
        failed(launch.error());
        return;
    }
    m_launch = std::move(*launch);
    if (m_container.spec.checkpoint) {
        m_launch.runtimeDirectory = m_container.runtimeDirectory;
        m_launch.recoveryMilliseconds = static_cast<std::uint64_t>(
            std::chrono::ceil<std::chrono::milliseconds>(m_room.options.recoveryTimeout).count());
    }
    const QPointer<ContainerLife> self(this);
    m_room.isolators.prepare(m_container, m_launch, [self](const Result<> &result) {
        if (self)
            self->prepared(result);
    });
}

Result<containerizer::LaunchSpec> ContainerLife::describe() const
{
    auto own = describeLaunch(m_container.spec, m_room.options.logs);
    if (!own || !m_container.debug)
        return own;
    auto beside = m_parent->execLaunch(m_container.spec.command);
    if (beside) // as a command of the parent's, but for what is written
        takeOutputOf(*own, *beside);
    return beside;
}

void ContainerLife::prepared(const Result<> &result)
{
    if (!result) {
        failed(result.error());
        return;
    }
    if (auto added = addVariables(m_container.spec.command, m_launch); !added) {
        failed(added.error());
        return;
    }
    if (auto secrets = checkSecrets(m_container.spec.command, m_launch); !secrets) {
        failed(secrets.error());
        return;
    }
    if (m_launch.environmentValue("PATH").empty())
        m_launch.setEnvironment("PATH", defaultPath);
    if (m_destroyed)
        cleanUp(endedBefore("its isolators were done"));
    else
        start();
}

void ContainerLife::start()
{
    m_phase = Phase::Starting;
    if (m_launch.file.empty()) {
        failed(
            Error{"There is nothing to run: neither command.value nor the image names a program"});
        return;
    }
    if (m_container.spec.checkpoint) {
        if (auto written = writeLaunchRecord(m_container.runtimeDirectory, m_launch); !written) {
            failed(written.error());
            return;
        }
    }
    auto helper = HelperProcess::start(m_room.helper, m_launch, m_room.watch);
    if (!helper) {
        failed(helper.error());
        return;
    }
    m_container.helper = (*helper)->pid();
    ContainerProcess::Events events;
    events.isolate = [this](pid_t pid) { isolate(pid); };
    events.started = [this](pid_t pid) { started(pid); };
    events.over = [this](const ContainerTermination &t) { processOver(t); };
    m_process = std::make_unique<ContainerProcess>(
        ContainerProcess::Identity{m_container.spec, m_launch.file, m_launch.runtimeDirectory},
        std::move(*helper), m_room.reaper, std::move(events));
}

void ContainerLife::takeUp(std::unique_ptr<HelperProcess> helper)
{
    m_tracked = m_hasStarted = true;
    m_phase = Phase::Running;
    m_container.runtimeDirectory = m_room.runtimeDirectory(m_container.id());
    m_container.helper = helper->pid();
    if (auto launch = readLaunchRecord(m_container.runtimeDirectory))
        m_launch = std::move(*launch);
    ContainerProcess::Events events;
    events.isolate = [](pid_t) {};
    events.started = [this](pid_t pid) { started(pid); };
    events.over = [this](const ContainerTermination &t) { processOver(t); };
    m_process = std::make_unique<ContainerProcess>(
        ContainerProcess::Identity{m_container.spec, m_launch.file, m_container.runtimeDirectory},
        std::move(helper), m_room.reaper, std::move(events));
}

void ContainerLife::takeDown(const ContainerTermination &termination)
{
    m_tracked = m_hasStarted = true;
    m_container.runtimeDirectory = m_room.runtimeDirectory(m_container.id());
    cleanUp(termination);
}

void ContainerLife::isolate(pid_t pid)
{
    m_container.pid = pid;
    m_isolating = true;
    const QPointer<ContainerLife> self(this);
    m_room.isolators.isolate(m_container, [self](const Result<> &result) {
        if (!self)
            return;
        self->m_isolating = false;
        if (self->m_endWhileIsolating) {
            self->cleanUp(*self->m_endWhileIsolating);
            return;
        }
        if (!self->m_process)
            return;
        if (result) {
            self->m_process->go();
            return;
        }
        self->m_limitation =
            ContainerLimitation{TaskStatus::REASON_CONTAINER_LAUNCH_FAILED,
                                "Isolating the container failed: " + result.error().message,
                                {}};
        self->m_process->destroy();
    });
}

void ContainerLife::started(pid_t pid)
{
    m_container.pid = pid;
    m_phase = Phase::Running;
    m_hasStarted = true;
    watchLimits();
    const QPointer<ContainerLife> self(this);
    if (m_events.started)
        m_events.started(status());
    for (std::size_t i = 0; self && i < m_children.size(); ++i) {
        if (m_children[i]->m_phase == Phase::Waiting)
            m_children[i]->prepare();
    }
}

void ContainerLife::watchLimits()
{
    const QPointer<ContainerLife> self(this);
    m_room.isolators.watch(m_container, [self](const ContainerLimitation &limitation) {
        if (self)
            self->broken(limitation);
    });
}

void ContainerLife::broken(const ContainerLimitation &limitation)
{
    if (m_limitation || m_phase != Phase::Running)
        return;
    m_limitation = limitation;
    m_process->destroy();
}

void ContainerLife::processOver(ContainerTermination termination)
{
    if (!m_limitation && !m_destroyed && termination.waitStatus)
        m_limitation = m_room.isolators.brokenLimit(m_container);
    if (m_limitation) {
        termination.reason = m_limitation->reason;
        termination.message = m_limitation->message;
        for (const auto &resource : m_limitation->resources) {
            if (!termination.limitation)
                termination.limitation.emplace();
            *termination.limitation->add_resources() = resource;
        }
        termination.killed = m_destroyed;
    }
    later([this, termination] {
        m_process.reset();
        if (m_isolating) // what an isolator is still making can only be removed when it is made
            m_endWhileIsolating = termination;
        else
            cleanUp(termination);
    });
}

void ContainerLife::failed(const Error &error)
{
    cleanUp(launchFailure(error.message));
}

/// False when there is none.
bool ContainerLife::endChildren()
{
    for (ContainerLife *child : std::vector(m_children))
        child->destroy();
    return !m_children.empty();
}

void ContainerLife::childOver(ContainerLife *child)
{
    std::erase(m_children, child);
    if (m_children.empty() && m_endAfterChildren)
        cleanUp(*std::exchange(m_endAfterChildren, std::nullopt));
}

void ContainerLife::cleanUp(ContainerTermination termination)
{
    m_phase = Phase::Cleaning;
    termination.killed = termination.killed || m_destroyed;
    if (endChildren()) {
        m_endAfterChildren = std::move(termination);
        return;
    }
    const QPointer<ContainerLife> self(this);
    m_room.isolators.cleanup(m_container, [self, termination] {
        if (self)
            self->removeImage(termination);
    });
}

void ContainerLife::removeImage(const ContainerTermination &termination)
{
    if (!m_room.options.images) {
        finish(termination);
        return;
    }
    const QPointer<ContainerLife> self(this);
    m_room.options.images->destroy(m_container.id(), [self, termination](const Result<> &done) {
        if (!self)
            return;
        if (!done)
            qWarning("removing the file system of container %s: %s", self->m_container.id().c_str(),
                     done.error().message.c_str());
        self->finish(termination);
    });
}

void ContainerLife::finish(const ContainerTermination &termination)
{
    // The end of a checkpointed container stays on record until the agent says `forget`.
    std::error_code ignored;
    if (m_tracked && !(m_container.spec.checkpoint && m_hasStarted))
        std::filesystem::remove_all(m_container.runtimeDirectory, ignored);
    later([this, termination] {
        m_container.parent = nullptr;
        if (const auto parent = std::exchange(m_parent, nullptr))
            parent->childOver(this);
        const auto ended = m_events.ended;
        const auto over = m_over;
        over(termination); // destroys this
        if (ended)
            ended(termination);
    });
}

void ContainerLife::kill(Duration grace)
{
    if (m_process && m_phase == Phase::Running)
        m_process->kill(grace);
    else
        destroy();
}

void ContainerLife::destroy()
{
    if (m_phase == Phase::Cleaning)
        return;
    m_destroyed = true;
    endChildren();
    if (m_process) {
        m_process->destroy();
    } else if (m_phase == Phase::Waiting) {
        cleanUp(endedBefore("the one it is in had started"));
    } else if (m_phase == Phase::Provisioning) {
        m_room.options.images->cancel(m_container.id());
        cleanUp(endedBefore("its image was there"));
    }
}

void ContainerLife::signal(int number)
{
    // The helper passes on what it is sent to the command.
    if (m_process && m_phase == Phase::Running && m_process->helperPid() > 1)
        ::kill(m_process->helperPid(), number);
}

void ContainerLife::update(const ContainerResources &resources, Done done)
{
    ContainerSpec &spec = m_container.spec; // what `usage` tells as limits
    spec.resources = resources.requests;
    spec.cpus = resources.cpus;
    spec.memBytes = resources.memBytes;
    spec.cpusLimit = resources.cpusLimit;
    spec.memLimitBytes = resources.memLimitBytes;
    m_room.isolators.update(m_container, resources, std::move(done));
}

mesos::v1::ContainerStatus ContainerLife::status() const
{
    mesos::v1::ContainerStatus status;
    status.mutable_container_id()->set_value(m_container.id());
    if (m_process)
        status.set_executor_pid(static_cast<std::uint32_t>(m_process->helperPid()));
    m_room.isolators.status(m_container, status);
    return status;
}

mesos::v1::ResourceStatistics ContainerLife::usage() const
{
    const ContainerSpec &spec = m_container.spec;
    mesos::v1::ResourceStatistics statistics;
    statistics.set_timestamp(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
    if (spec.cpus > 0)
        statistics.set_cpus_soft_limit(spec.cpus);
    if (spec.cpusLimit && std::isfinite(*spec.cpusLimit))
        statistics.set_cpus_limit(*spec.cpusLimit);
    if (spec.memBytes > 0)
        statistics.set_mem_soft_limit_bytes(static_cast<std::uint64_t>(spec.memBytes));
    if (const double limit = spec.memLimitBytes.value_or(spec.memBytes);
        limit > 0 && std::isfinite(limit))
        statistics.set_mem_limit_bytes(static_cast<std::uint64_t>(limit));
    if (m_process)
        addTreeUsage(m_process->helperPid(), statistics);
    m_room.isolators.usage(m_container, statistics);
    return statistics;
}

Result<containerizer::FileDescriptor> ContainerLife::attach(Containerizer::Stream stream)
{
    if (!m_launch.attachable) // clients compare this text
        return fail("I/O switchboard server was disabled for this container");
    if (m_phase != Phase::Running || !m_process)
        return fail("The streams of container " + m_container.id() + " cannot be joined: it "
                    + (m_hasStarted ? "has ended" : "has not started yet"));
    return m_process->attach(stream);
}

Result<containerizer::LaunchSpec>
ContainerLife::execLaunch(const mesos::v1::CommandInfo &command) const
{
    if (m_phase != Phase::Running || m_container.pid <= 0)
        return fail("the container " + m_container.id() + " does not run");
    return describeExec(m_launch, command, m_container.pid);
}

} // namespace meseta::agent
