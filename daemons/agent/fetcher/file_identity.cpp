#include "daemons/agent/fetcher/file_identity.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace meseta::agent {

namespace {

/// Of this thread; the C library's own would change every thread.
void setThreadGroups(const std::vector<gid_t> &groups)
{
    ::syscall(SYS_setgroups, groups.size(), groups.data());
}

} // namespace

FileIdentity::FileIdentity(const std::optional<UserIds> &ids)
{
    if (!ids || ::geteuid() != 0 || ids->uid == 0)
        return;
    m_groups.resize(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    m_groups.resize(static_cast<std::size_t>(
        std::max(0, ::getgroups(static_cast<int>(m_groups.size()), m_groups.data()))));
    setThreadGroups(ids->groups);
    m_gid = static_cast<gid_t>(::setfsgid(ids->gid));
    m_uid = static_cast<uid_t>(::setfsuid(ids->uid));
    m_changed = true;
}

FileIdentity::~FileIdentity()
{
    if (!m_changed)
        return;
    ::setfsuid(m_uid);
    ::setfsgid(m_gid);
    setThreadGroups(m_groups);
}

} // namespace meseta::agent
