#pragma once

#include "gui/launch/launch_request.h"

namespace meseta::console {

/// The task of a request, but for where it runs: no agent, no offered ports, resources without a
/// role. Source: Mesos scheduler HTTP API, TaskInfo; DockerInfo and MesosInfo of ContainerInfo.
mesos::v1::TaskInfo taskTemplate(const LaunchRequest &request);

/// What the form shows of a task. What it has no field for is kept in `rest` and comes back with
/// `taskTemplate`.
LaunchRequest requestOf(const mesos::v1::TaskInfo &task);

/// The template as indented JSON, in the words of the Mesos API.
QString templateJson(const LaunchRequest &request);

/// Reads such JSON. Instances, role, constraints and agent are no part of a task: they are taken
/// from `before`, but for the role that resources are to be reserved for. An error names the line,
/// or the field that does not fit.
Result<LaunchRequest> requestOfJson(const QString &json, const LaunchRequest &before);

/// What is to be reserved before a task is launched.
using Reserve = mesos::v1::Offer::Operation::Reserve;

/// The task for that offer: resources out of it, host ports out of its ranges. Where the request
/// says so, what is not reserved yet goes to `reserve`, and to the task as it will be then. An
/// error names what the offer lacks.
Result<mesos::v1::TaskInfo> makeTask(const LaunchRequest &request, const mesos::v1::Offer &offer,
                                     const QString &taskId, Reserve *reserve = nullptr);

} // namespace meseta::console
