#pragma once

#include <cstdint>
#include <optional>

#include <QList>
#include <QString>

#include "mesos/v1/ids.pb.h"

namespace meseta::console {

/// What the tables show of scalar resources: amounts as the master tells them (mem and disk in
/// MiB).
struct Amounts
{
    double cpus = 0;
    double memory = 0;
    double disk = 0;
    double gpus = 0;
    QString ports; ///< "[31000-31500]"

    bool operator==(const Amounts &) const = default;
};

/// One agent, as the replica holds it. Times are seconds since the epoch, 0 when unknown.
struct AgentRow
{
    QString id;
    QString hostname;
    QString name; ///< "host :port", what tells agents of one host apart
    QString address; ///< "ip:port" of its pid, where its HTTP API answers
    QString version;
    QString attributes;
    QString zone; ///< "region / zone" of its fault domain
    QString reserved; ///< "role: 2 cpus, 512 MiB; ..."
    QByteArray freeReservations; ///< UnreserveResources: made at run time, and nothing runs on them
    bool active = false;
    bool deactivated = false;
    bool recovered = false; ///< known from the registry, not back yet
    QString drain; ///< "" or the state of a drain
    Amounts total;
    Amounts allocated;
    Amounts offered;
    int tasks = 0; ///< that are not over; counted by the replica
    double registered = 0;

    bool operator==(const AgentRow &) const = default;
};

struct OfferRow
{
    QString id;
    QString frameworkId;
    QString frameworkName;
    QString agentId;
    QString hostname;
    QString role;
    Amounts resources;
    double offered = 0;

    bool operator==(const OfferRow &) const = default;
};

struct FrameworkRow
{
    QString id;
    QString name;
    QString user;
    QString roles;
    QString principal;
    QString hostname;
    QString webUi;
    QString capabilities;
    bool active = false;
    bool connected = false;
    bool recovered = false;
    bool checkpoint = false;
    bool completed = false; ///< ended; kept for a while
    double failoverTimeout = 0; ///< seconds
    Amounts allocated;
    Amounts offered;
    int tasks = 0; ///< that are not over; counted by the replica
    double registered = 0;

    bool operator==(const FrameworkRow &) const = default;
};

/// What became of the offers made to a framework in a role.
struct OfferFlowRow
{
    QString key; ///< framework id + "/" + role
    QString frameworkId;
    QString frameworkName;
    QString role;
    int made = 0;
    int held = 0; ///< outstanding now
    int accepted = 0;
    int declined = 0;
    int rescinded = 0; ///< taken back, timed out or discarded
    double holdSeconds = 0; ///< of those that ended, together
    double last = 0; ///< when the newest was made or ended

    bool operator==(const OfferFlowRow &) const = default;
    int ended() const { return accepted + declined + rescinded; }
    double meanHold() const { return ended() > 0 ? holdSeconds / ended() : 0; }
};

/// A role: what its frameworks hold, and what operators have set for it.
struct RoleRow
{
    QString name;
    int frameworks = 0;
    int tasks = 0;
    int offers = 0;
    Amounts allocated;
    Amounts offered;
    double weight = 1;
    double share = 0; ///< dominant: the largest of its shares of the cluster, 0 to 1
    QString guarantee; ///< of its quota; "" without one
    QString limit;
    Amounts guaranteed; ///< the same in numbers
    std::optional<Amounts> limited; ///< below 0 of a kind: no limit of it

    bool operator==(const RoleRow &) const = default;
};

/// A step of a task's life.
struct TaskStep
{
    mesos::v1::TaskState state = mesos::v1::TASK_STAGING;
    std::int16_t reason = -1; ///< a mesos::v1::TaskStatus::Reason; -1: none told
    std::int8_t source = -1; ///< a mesos::v1::TaskStatus::Source; -1: none told
    std::int8_t healthy = -1; ///< as it tells; -1: nothing
    bool isPull = false; ///< its image is fetched; `message` tells how far
    bool isNumbered = false; ///< has a uuid: the framework has to acknowledge it
    double time = 0;
    QString message;

    bool operator==(const TaskStep &) const = default;
};

struct TaskRow
{
    QString key; ///< framework id + "/" + task id: unique in a cluster
    QString id;
    QString name;
    QString frameworkId;
    QString frameworkName;
    QString agentId;
    QString hostname; ///< of its agent
    QString executorId; ///< its own id for a command task
    QString image; ///< of its container, "" without one
    QString role;
    QString address; ///< of its container: first address
    QString ports; ///< "31000→6379/tcp"
    QString labels;
    mesos::v1::TaskState state = mesos::v1::TASK_STAGING;
    QString message; ///< of the newest status
    QString reason;
    int healthy = -1; ///< -1: not checked
    Amounts resources;
    double launched = 0; ///< first status
    double started = 0; ///< first TASK_RUNNING
    double updated = 0; ///< newest status
    bool removed = false; ///< the master does not hold it as active any more
    bool byDocker = false; ///< its container is a Docker engine's, not the agent's own
    QList<TaskStep> steps; ///< oldest first, at most `maxSteps`

    static constexpr int maxSteps = 50;
    bool operator==(const TaskRow &) const = default;
};

/// Something that happened, as the event log holds it: what it was and to whom. The words are made
/// when they are shown.
struct EventRow
{
    enum class Kind : std::uint8_t {
        Connected,
        Lost,
        AgentAdded,
        AgentChanged,
        AgentRemoved,
        FrameworkAdded,
        FrameworkUpdated,
        FrameworkRemoved,
        TaskAdded,
        TaskUpdated,
        TaskRemoved,
        Progress,
        OfferAdded,
        OfferRemoved,
        LeaderElected,
        LeaderStepped, ///< leads no more
        AgentsBack, ///< none of those that an earlier leader knew is missing any more
        AgentsGivenUp, ///< some were not back in time
        AgentBack, ///< of an earlier leader, registered again
        FrameworkBack,
    };

    QString key; ///< its number since the console began
    Kind kind = Kind::Connected;
    std::int16_t state = -1; ///< task: its state; offer, agent: why it went; else -1
    double time = 0;
    QString subject; ///< its name for a person
    QString detail; ///< message, reason, amounts
    QString agentId;
    QString hostname;
    QString frameworkId;
    QString frameworkName;
    QString taskKey;
    QString role;

    bool operator==(const EventRow &) const = default;
};

const QString &stateText(mesos::v1::TaskState state); ///< "running": for a person, translated
const QString &stateWord(mesos::v1::TaskState state); ///< "running": English, for filters
QString stateName(mesos::v1::TaskState state); ///< "TASK_RUNNING"
const QString &healthText(int healthy); ///< "healthy", translated; of a task's `healthy`
bool isTerminal(mesos::v1::TaskState state);

/// Forgets translated words that are kept; called when the language changes.
void retranslateRows();

QString eventKindText(EventRow::Kind kind); ///< "task update": for a person
QString eventKindWord(EventRow::Kind kind); ///< "task.update": for filters and exports
QString eventText(const EventRow &event); ///< one sentence

} // namespace meseta::console
