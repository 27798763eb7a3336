#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meseta::containerizer {

struct ImageUser
{
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
};

/// A user by the /etc/passwd and /etc/group of the root the caller is in; of a name that is not
/// there nothing. The files are an image's, so what does not look right in them is passed over.
std::optional<ImageUser> lookUpInImage(const std::string &name);

} // namespace meseta::containerizer
