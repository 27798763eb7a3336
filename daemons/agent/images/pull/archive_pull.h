#pragma once

#include "daemons/agent/images/pull/image_arrival.h"

namespace meseta::agent {

/// An image that comes from an archive in a folder of this machine (--docker_registry=/folder):
/// `<folder>/<name as given>.tar`. Source: Mesos containerizer, Docker registries.
class ArchivePull final : public ImageArrival
{
    Q_OBJECT
public:
    struct What
    {
        std::string path;
        ImageReference reference;
        ImageLimits limits;
        std::string architecture;
    };

    ArchivePull(std::string name, LayerStore &store, LayerArrivals &layers, What what);

private:
    void findContents() override;

    LayerArrivals &m_arrivals;
    What m_what;
};

} // namespace meseta::agent
