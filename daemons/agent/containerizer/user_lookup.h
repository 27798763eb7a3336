#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "common/base/result.h"

namespace meseta::agent {

struct UserIds
{
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< supplementary, with `gid`
};

/// A user of this machine by name.
Result<UserIds> lookUpUser(const std::string &name);

/// Whether running as `ids` needs no change of user at all.
bool isCurrentUser(const UserIds &ids);

} // namespace meseta::agent
