#pragma once

#include "daemons/agent/containerizer/native/image_source.h"
#include "daemons/agent/containerizer/native/isolators/volumes/volume_paths.h"

namespace meseta::agent {

/// File systems of images as volumes. The containerizer takes them away with the container's own.
/// Source: Mesos volume/image isolator.
class ImageVolumes final : public Isolator
{
public:
    /// `images` may be null: then a container with such a volume is refused.
    ImageVolumes(VolumeSettings settings, ImageSource *images)
        : m_settings(std::move(settings)), m_images(images)
    { }

    std::string name() const override { return "volume/image"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    void provision(const IsolatedContainer &container, const mesos::v1::Volume &volume,
                   containerizer::LaunchSpec &launch, Done done);

    VolumeSettings m_settings;
    ImageSource *m_images;
};

} // namespace meseta::agent
