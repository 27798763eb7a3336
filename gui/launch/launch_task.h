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
/// from `before`. An error names the line, or the field that does not fit.
Result<LaunchRequest> requestOfJson(const QString &json, const LaunchRequest &before);

/// The task for that offer: resources out of it, host ports out of its ranges. An error names what
/// the offer lacks.
Result<mesos::v1::TaskInfo> makeTask(const LaunchRequest &request, const mesos::v1::Offer &offer,
                                     const QString &taskId);

} // namespace meseta::console
