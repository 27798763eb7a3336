#pragma once

#include <string>

#include <QJsonArray>
#include <QJsonObject>

#include "common/base/result.h"
#include "mesos/v1/ids.pb.h"

namespace meseta::agent {

/// The body of POST /containers/create while it is put together.
struct DockerRunConfig
{
    QJsonObject config; ///< the top level: Image, Env, Entrypoint, Cmd …
    QJsonObject host; ///< HostConfig
    QJsonObject endpoint; ///< settings of the one network: IPAMConfig, Aliases …
    bool removeAtEnd = false;

    QJsonObject toJson() const;

    static void append(QJsonObject &object, const QString &key, const QJsonValue &value);
    static void put(QJsonObject &object, const QString &key, const QString &name,
                    const QJsonValue &value);
};

/// Applies one `docker run` option, as ContainerInfo.docker.parameters name them ("ulimit",
/// "nofile=1024:2048"). The error names the option and what is wrong. Source: docker run reference;
/// Docker Engine API, ContainerCreate.
Result<> applyRunOption(const mesos::v1::Parameter &parameter, DockerRunConfig &config);

/// A size as the docker command line takes it: "512", "64m", "1.5g", "2kb".
Result<qint64> parseDockerBytes(const std::string &text);

} // namespace meseta::agent
