#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/containerizer/native/container_image.h"

namespace meseta {
class MetricsRegistry;
}

namespace meseta::agent {

/// Where containers get their root file systems from. All on the agent's thread; callbacks come
/// later, never from inside a call.
class ImageSource
{
public:
    virtual ~ImageSource() = default;

    struct Events
    {
        std::function<void(const std::string &message, std::uint64_t doneBytes,
                           std::uint64_t totalBytes)>
            progress = {};
        std::function<void(Result<ContainerImage>)> done = {}; ///< once, unless cancelled
    };

    virtual void provision(const std::string &containerId, const mesos::v1::Image &image,
                           Events events) = 0;
    virtual void cancel(const std::string &containerId) = 0;

    /// Takes away every file system of the container; its processes are gone.
    virtual void destroy(const std::string &containerId, std::function<void(Result<>)> done) = 0;

    /// Removes images that no container uses, but for `excluded`.
    virtual void prune(const std::vector<mesos::v1::Image> &excluded,
                       std::function<void(Result<>)> done)
    {
        static_cast<void>(excluded);
        done({});
    }

    /// Figures of "containerizer/mesos/provisioner/…".
    virtual void addMetrics(MetricsRegistry &metrics) { static_cast<void>(metrics); }

    /// First of all: what belongs to none of `known` goes.
    virtual void recover(const std::vector<std::string> &known,
                         std::function<void(Result<>)> done) = 0;
};

} // namespace meseta::agent
