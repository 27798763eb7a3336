#pragma once

#include <string>

#include "common/base/result.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// Where a URI leads.
struct FetchSource
{
    bool isRemote = false;
    std::string location; ///< an absolute path, or an http(s) URL
};

/// Source: Mesos fetcher ("/path", "file:///path", a path below --frameworks_home, http, https).
Result<FetchSource> sourceOf(const mesos::v1::CommandInfo::URI &uri,
                             const std::string &frameworksHome);

/// How a file is unpacked, told by its name.
enum class Packing { None, Archive, Gzip };
Packing packingOf(const std::string &name);

} // namespace meseta::agent
