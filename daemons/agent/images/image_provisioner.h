#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>

#include "common/base/result.h"
#include "daemons/agent/images/image_options.h"
#include "daemons/agent/images/image_runtime.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::agent {

/// One image that a container wants, as its root or as a volume.
struct ProvisionRequest
{
    std::string containerId; ///< text form: "<root>" or "<root>.<nested>"
    mesos::v1::Image image;
    /// The content of `image.docker.config` when it is a secret by value or was resolved: a Docker
    /// config in JSON whose credentials win over --docker_config.
    std::optional<std::string> dockerConfig = {};
};

/// A root file system that is mounted (or copied) and ready in the agent's mount namespace.
struct ProvisionedImage
{
    std::string rootfs; ///< absolute host path
    bool readOnly = false; ///< the `bind` backend shares one layer between containers
    ImageRuntime runtime;
};

/// Told on the provisioner's thread, never from inside a call to it.
struct ProvisionEvents
{
    /// While layers arrive, at most a few times a second: "Pulling redis: 2 of 5 layers, 12MB of
    /// 40MB".
    std::function<void(const std::string &message, std::uint64_t doneBytes,
                       std::uint64_t totalBytes)>
        progress = {};
    /// Once, unless cancelled. The error names the image and what to do.
    std::function<void(Result<ProvisionedImage>)> done = {};
};

/// What a prune did.
struct PruneOutcome
{
    int images = 0; ///< names forgotten
    int layers = 0; ///< removed from the store
};

/// What went wrong so far while root file systems were taken away.
struct RemovalErrors
{
    std::uint64_t containers = 0;
    std::uint64_t bindRoots = 0;
};

/// Gives containers their root file systems from Docker and appc images, without a Docker engine:
/// pulls, unpacks once into a store shared by all images, and puts the layers together through a
/// backend. Source: Mesos containerizer documentation, container images.
///
/// Lives on the agent's thread; what takes time runs on workers. Containers that want the same
/// image at the same time share one pull.
class ImageProvisioner : public QObject
{
    Q_OBJECT
public:
    /// Looks at the machine, picks the backend, and takes the stores for this process. The error
    /// says which flag cannot be kept and why: no backend works, a store is in use by another
    /// agent, a folder cannot be made.
    static Result<std::unique_ptr<ImageProvisioner>> create(ImageOptions options);
    ~ImageProvisioner() override;

    /// "overlay", "copy" or "bind".
    const std::string &backend() const;
    /// Why other backends were passed over, a sentence each, for the log.
    const std::vector<std::string> &backendNotes() const;
    bool providesDocker() const;
    bool providesAppc() const;

    /// Takes up what an earlier agent left, before the first `provision`: root file systems of
    /// `known` containers stay, all others are unmounted and removed. `done` tells how many.
    void recover(const std::vector<std::string> &known, std::function<void(Result<int>)> done);

    /// A container may ask for several images; each gives a root file system of its own.
    void provision(ProvisionRequest request, ProvisionEvents events);

    /// Leaves the container's pulls that are under way; the last to leave a pull stops it. No event
    /// comes any more.
    void cancel(const std::string &containerId);

    /// Cancels, then takes away every root file system of the container and of those nested in it.
    /// Nothing of it may be mounted elsewhere. `done` (later, once) tells whether there was one.
    void destroy(const std::string &containerId, std::function<void(Result<bool>)> done);

    /// Forgets images that no container uses and removes their layers, except for `excluded` and
    /// those of --image_gc_config. Source: Mesos agent API, PRUNE_IMAGES.
    void prune(const std::vector<mesos::v1::Image> &excluded,
               std::function<void(Result<PruneOutcome>)> done);

    RemovalErrors removalErrors() const;
    /// Told how long each pull of a Docker image took, however it ended.
    void setPullWatcher(std::function<void(Duration)> watcher);

    struct Private;

private:
    explicit ImageProvisioner(std::unique_ptr<Private> parts);

    std::unique_ptr<Private> d;
};

} // namespace meseta::agent
