#include "daemons/agent/containerizer/native/isolators/volumes/image_volumes.h"

#include <sys/mount.h>

#include "daemons/agent/containerizer/native/in_order.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using mesos::v1::Volume;

void ImageVolumes::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    std::vector<Volume> volumes;
    for (const Volume &volume : container.info().volumes())
        if (volume.has_image())
            volumes.push_back(volume);
    InOrder<Volume>::run(
        std::move(volumes),
        [this, &container, &launch](const Volume &volume, Done next) {
            provision(container, volume, launch, std::move(next));
        },
        std::move(done));
}

void ImageVolumes::provision(const IsolatedContainer &container, const Volume &volume,
                             LaunchSpec &launch, Done done)
{
    if (m_images == nullptr || container.debug) {
        done(fail(volumeName(volume)
                  + (container.debug ? ": a command beside a container's own cannot have volumes"
                                     : ": images need --image_providers")));
        return;
    }
    const auto place = [this, &container, volume,
                        &launch](const ContainerImage &image) -> Result<> {
        auto entry = volumeMount(container, m_settings, image.rootfs, volume);
        if (!entry)
            return fail(entry.error().within(volumeName(volume)));
        entry->flags |= MS_NODEV; // whoever made the image
        entry->missing = entry->missing == containerizer::MountEntry::Missing::Refuse
            ? entry->missing
            : containerizer::MountEntry::Missing::MakeDirectory;
        if (image.rootMounts.empty()) {
            launch.mounts.push_back(std::move(*entry));
            return {};
        }
        for (auto mount : image.rootMounts) { // made at the volume's place instead of the root
            mount.target = entry->target;
            mount.flags |= entry->flags;
            mount.missing = entry->missing;
            launch.mounts.push_back(std::move(mount));
        }
        return {};
    };
    ImageSource::Events events;
    events.done = [place, done, name = volumeName(volume)](const Result<ContainerImage> &image) {
        done(image ? place(*image) : fail(image.error().within(name)));
    };
    m_images->provision(container.id(), volume.image(), std::move(events));
}

} // namespace meseta::agent
