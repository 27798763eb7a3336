#pragma once

#include <cstdint>

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
    QString address; ///< "ip:port" of its pid, where its HTTP API answers
    QString version;
    QString attributes;
    bool active = false;
    bool deactivated = false;
    QString drain; ///< "" or the state of a drain
    Amounts total;
    Amounts allocated;
    Amounts offered;
    double registered = 0;
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
};

struct FrameworkRow
{
    QString id;
    QString name;
    QString user;
    QString roles;
    QString principal;
    QString hostname;
    bool active = false;
    bool connected = false;
    bool recovered = false;
    Amounts allocated;
    double registered = 0;
};

/// A step of a task's life.
struct TaskStep
{
    mesos::v1::TaskState state = mesos::v1::TASK_STAGING;
    double time = 0;
    QString source;
    QString reason;
    QString message;
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
    mesos::v1::TaskState state = mesos::v1::TASK_STAGING;
    QString message; ///< of the newest status
    QString reason;
    int healthy = -1; ///< -1: not checked
    Amounts resources;
    double launched = 0; ///< first status
    double updated = 0; ///< newest status
    bool removed = false; ///< the master does not hold it as active any more
    QList<TaskStep> steps; ///< oldest first, at most `maxSteps`

    static constexpr int maxSteps = 50;
};

QString stateText(mesos::v1::TaskState state); ///< "running": for a person, translated
QString stateName(mesos::v1::TaskState state); ///< "TASK_RUNNING"
bool isTerminal(mesos::v1::TaskState state);

} // namespace meseta::console
