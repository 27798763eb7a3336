#pragma once

#include <optional>
#include <vector>

#include <sys/types.h>

#include "daemons/agent/containerizer/user_lookup.h"

namespace meseta::agent {

/// Touches files as a task's user while it lives, on this thread only: what the user may not read
/// is not fetched, what is written is the user's own, and a link planted in the sandbox leads
/// nowhere the user could not go. Without `ids`, or without root, nothing changes.
class FileIdentity
{
public:
    explicit FileIdentity(const std::optional<UserIds> &ids);
    ~FileIdentity();
    FileIdentity(const FileIdentity &) = delete;
    FileIdentity &operator=(const FileIdentity &) = delete;

private:
    bool m_changed = false;
    uid_t m_uid = 0;
    gid_t m_gid = 0;
    std::vector<gid_t> m_groups;
};

} // namespace meseta::agent
