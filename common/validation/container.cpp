#include "common/validation/calls.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

using mesos::v1::ContainerInfo;
using mesos::v1::Volume;

namespace {

Result<> requireSource(bool present, const char *field, Volume::Source::Type type)
{
    if (present)
        return {};
    return fail(std::string("its source is of type ") + Volume::Source::Type_Name(type)
                + ", so 'source." + field + "' must be set");
}

Result<> validateSource(const Volume::Source &source)
{
    switch (source.type()) {
    case Volume::Source::DOCKER_VOLUME:
        return requireSource(source.has_docker_volume(), "docker_volume", source.type());
    case Volume::Source::HOST_PATH:
        return requireSource(source.has_host_path(), "host_path", source.type());
    case Volume::Source::SANDBOX_PATH:
        return requireSource(source.has_sandbox_path(), "sandbox_path", source.type());
    case Volume::Source::SECRET:
        return requireSource(source.has_secret(), "secret", source.type());
    case Volume::Source::CSI_VOLUME:
        return requireSource(source.csi_volume().has_static_provisioning(),
                             "csi_volume.static_provisioning", source.type());
    default:
        return fail("'source.type' is not known; use DOCKER_VOLUME, HOST_PATH, SANDBOX_PATH, "
                    "SECRET or CSI_VOLUME");
    }
}

} // namespace

Result<> validateVolume(const Volume &volume)
{
    const int sources = volume.has_host_path() + volume.has_image() + volume.has_source();
    if (sources != 1)
        return fail("exactly one of 'host_path', 'image' and 'source' must be set, not "
                    + std::to_string(sources));
    return volume.has_source() ? validateSource(volume.source()) : Result<>();
}

Result<> validateContainer(const ContainerInfo &container)
{
    for (const Volume &volume : container.volumes()) {
        if (auto valid = validateVolume(volume); !valid)
            return fail(valid.error().within("the volume at '" + volume.container_path() + "'"));
    }
    if (container.type() != ContainerInfo::DOCKER)
        return {};
    if (!container.has_docker())
        return fail("the type is DOCKER, so 'docker' must be set");
    for (const mesos::v1::Parameter &parameter : container.docker().parameters()) {
        if (parameter.key() == "name")
            return fail(
                "'docker.parameters' must not contain 'name': the agent names the container");
    }
    return {};
}

} // namespace meseta
