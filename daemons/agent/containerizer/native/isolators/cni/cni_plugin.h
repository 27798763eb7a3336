#pragma once

#include <functional>
#include <map>
#include <string>

#include <QByteArray>
#include <QJsonObject>
#include <QObject>

#include "common/base/result.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_network.h"

namespace meseta::agent {

/// What a plugin is to do for which interface of which container. Source: CNI specification,
/// parameters.
struct CniRequest
{
    std::string command; ///< "ADD" or "DEL"
    std::string containerId;
    std::string networkNamespace; ///< a path; may be empty with DEL
    std::string interfaceName;
};

/// Runs one plugin: `config` on its standard input, its answer to `done`. Ends it when it takes
/// longer than a minute or says more than a megabyte. Errors say what the plugin said.
/// Nothing is called once `context` is gone, but a plugin that runs is left to finish.
void runCniPlugin(const CniPlaces &places, const QJsonObject &config, const CniRequest &request,
                  QObject *context, std::function<void(Result<QByteArray>)> done);

/// Runs all plugins of a network for a container: ADD in their order, each told what the one before
/// answered, DEL in the reverse order and `lastAnswer` with it. Gives the last answer. When one
/// fails, those after it are not run.
void runCniNetwork(const CniPlaces &places, const CniNetwork &network, const CniRequest &request,
                   const QByteArray &lastAnswer, QObject *context,
                   std::function<void(Result<QByteArray>)> done);

} // namespace meseta::agent
