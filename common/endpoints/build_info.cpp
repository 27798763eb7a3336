#include "common/endpoints/build_info.h"

#include <ctime>

namespace meseta {

namespace {

mesos::v1::VersionInfo make()
{
    mesos::v1::VersionInfo info;
    info.set_version(MESETA_VERSION);
    const std::time_t built = MESETA_BUILD_TIME;
    std::tm utc{};
    char text[32] = {};
    if (gmtime_r(&built, &utc) && std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc) > 0)
        info.set_build_date(text);
    info.set_build_time(static_cast<double>(built));
    info.set_build_user(MESETA_BUILD_USER);
    return info;
}

} // namespace

const mesos::v1::VersionInfo &buildInfo()
{
    static const mesos::v1::VersionInfo info = make();
    return info;
}

} // namespace meseta
