#pragma once

#include <string>

#include <QJsonObject>

#include "daemons/agent/containerizer/containerizer.h"

namespace meseta::agent {

/// What GET /containers/<id>/json says that matters here.
struct DockerInspection
{
    bool running = false;
    bool everStarted = false;
    int exitCode = 0;
    bool outOfMemory = false;
    std::string error;
    pid_t pid = 0;
    std::vector<std::string> addresses; ///< IPv4 and IPv6 in its networks
    std::string networkName; ///< of the first network

    static DockerInspection of(const QJsonObject &inspect);
};

mesos::v1::ContainerStatus statusOf(const std::string &containerId, const ContainerSpec &spec,
                                    const DockerInspection &inspection);

/// How a container that ended is reported; `killed` when the agent asked for it.
ContainerTermination terminationOf(const ContainerSpec &spec, const DockerInspection &inspection,
                                   bool killed);

/// The statistics of GET /containers/<id>/stats.
mesos::v1::ResourceStatistics statisticsOf(const ContainerSpec &spec, const QJsonObject &stats);

} // namespace meseta::agent
