#pragma once

#include <QJsonObject>

#include "daemons/agent/containerizer/containerizer.h"

namespace meseta::agent {

/// The body of POST /containers/<id>/update that lets a container use `resources` from now on.
/// `hostConfig` is what GET /containers/<id>/json says of it. As in Mesos a hard limit of memory
/// only grows: what the tasks no longer have is only asked for back, by the soft one.
///
/// `enableCfs`: --cgroups_enable_cfs, a quota of processor time also for those without a limit.
/// Source: Mesos Docker containerizer, updates of executors; Docker Engine API v1.24.
QJsonObject resourceUpdate(const ContainerResources &resources, bool enableCfs,
                           const QJsonObject &hostConfig);

} // namespace meseta::agent
