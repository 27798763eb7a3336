#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QObject>
#include <QPointer>

#include "daemons/agent/containerizer/child_reaper.h"
#include "daemons/agent/containerizer/descriptor_watch.h"
#include "daemons/agent/containerizer/native/container_process.h"
#include "daemons/agent/containerizer/native/helper_program.h"
#include "daemons/agent/containerizer/native/isolator_set.h"
#include "daemons/agent/containerizer/native/mesos_options.h"

namespace meseta::agent {

/// What all containers of one Mesos containerizer share.
struct ContainerRoom
{
    ContainerRoom(MesosOptions given);
    ~ContainerRoom();

    std::string containersDirectory() const { return options.runtimeDir + "/containers"; }
    std::string runtimeDirectory(const std::string &id) const
    {
        return containersDirectory() + "/" + id;
    }

    MesosOptions options;
    IsolatorSet isolators;
    HelperProgram helper;
    DescriptorWatch watch;
    ChildReaper reaper;
};

/// One container from its launch to its end: provision, prepare, start, isolate, run, clean up.
/// Each step begins when the one before is over; `destroy` ends the current one as soon as that can
/// be and goes on with cleaning up.
class ContainerLife : public QObject
{
public:
    using Over = std::function<void(const ContainerTermination &)>;

    /// `over` is called once, last, never from inside a call; everything of the container is gone
    /// then but what a later agent would ask for.
    ContainerLife(ContainerRoom &room, ContainerSpec spec, ContainerEvents events, Over over);

    /// For a nested container, before anything else: it lives in some of what the other has, and
    /// the other is cleaned up after it.
    void setParent(ContainerLife &parent);

    void launch();
    /// A checkpointed container that another agent launched and that still runs.
    void takeUp(std::unique_ptr<HelperProcess> helper);
    /// One that ended meanwhile.
    void takeDown(const ContainerTermination &termination);

    void kill(Duration grace);
    void destroy();
    void signal(int number);
    void update(const ContainerResources &resources, Done done);

    const IsolatedContainer &container() const { return m_container; }
    IsolatedContainer &container() { return m_container; }
    mesos::v1::ContainerStatus status() const;
    mesos::v1::ResourceStatistics usage() const;
    /// Joins its streams; only while it runs.
    Result<containerizer::FileDescriptor> attach(Containerizer::Stream stream);
    /// What a command beside the container's is started with; only while it runs.
    Result<containerizer::LaunchSpec> execLaunch(const mesos::v1::CommandInfo &command) const;

private:
    enum class Phase { Provisioning, Waiting, Preparing, Starting, Running, Cleaning };

    void provision();
    void provisioned();
    void prepare();
    Result<containerizer::LaunchSpec> describe() const;
    void prepared(const Result<> &result);
    void start();
    Result<> writeRecord() const;
    void isolate(pid_t pid);
    void started(pid_t pid);
    void watchLimits();
    void broken(const ContainerLimitation &limitation);
    void processOver(ContainerTermination termination);
    bool endChildren();
    void childOver(ContainerLife *child);
    void failed(const Error &error);
    void cleanUp(ContainerTermination termination);
    void removeImage(const ContainerTermination &termination);
    void finish(const ContainerTermination &termination);
    void later(std::function<void()> call);
    bool hasImage() const;

    ContainerRoom &m_room;
    IsolatedContainer m_container;
    ContainerEvents m_events;
    Over m_over;
    Phase m_phase = Phase::Provisioning;
    containerizer::LaunchSpec m_launch;
    std::unique_ptr<ContainerProcess> m_process;
    std::optional<ContainerLimitation> m_limitation;
    std::optional<ContainerTermination> m_endWhileIsolating;
    QPointer<ContainerLife> m_parent;
    std::vector<ContainerLife *> m_children; ///< each leaves before its end
    std::optional<ContainerTermination> m_endAfterChildren;
    bool m_isolating = false;
    bool m_destroyed = false;
    bool m_hasStarted = false;
    bool m_tracked = false; ///< it has a runtime directory
};

} // namespace meseta::agent
