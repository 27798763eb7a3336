#pragma once

#include <map>
#include <string>
#include <vector>

namespace meseta::agent {

/// What an image says about running it: Docker's and OCI's `config`, or the `app` of an appc
/// manifest. Lists are as in the image, in their order; absent and empty are the same.
struct ImageRuntime
{
    std::vector<std::string> entrypoint; ///< Docker's Entrypoint; appc has none
    std::vector<std::string> command; ///< Docker's Cmd; appc's app.exec
    std::vector<std::string> environment; ///< "NAME=value", checked
    std::string workingDirectory; ///< empty: not set
    std::string user; ///< "name", "uid", "name:group" …; Mesos only logs it
    std::string group; ///< appc only
    std::vector<std::string> volumes; ///< absolute paths inside the image
    std::vector<std::string> exposedPorts; ///< "6379/tcp"
    std::map<std::string, std::string> labels; ///< appc: annotations
    std::string stopSignal; ///< "SIGTERM" or a number; empty: not set

    bool operator==(const ImageRuntime &) const = default;
};

} // namespace meseta::agent
