#include "daemons/agent/containerizer/docker/run_config.h"

namespace meseta::agent {

QJsonObject DockerRunConfig::toJson() const
{
    QJsonObject body = config;
    body.insert(u"HostConfig", host);
    if (!endpoint.isEmpty())
        body.insert(u"NetworkingConfig",
                    QJsonObject{{QStringLiteral("EndpointsConfig"),
                                 QJsonObject{{host.value(u"NetworkMode").toString(), endpoint}}}});
    return body;
}

void DockerRunConfig::append(QJsonObject &object, const QString &key, const QJsonValue &value)
{
    auto list = object.value(key).toArray();
    list.append(value);
    object.insert(key, list);
}

void DockerRunConfig::put(QJsonObject &object, const QString &key, const QString &name,
                          const QJsonValue &value)
{
    auto map = object.value(key).toObject();
    map.insert(name, value);
    object.insert(key, map);
}

} // namespace meseta::agent
