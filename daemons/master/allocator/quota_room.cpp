#include "daemons/master/allocator/quota_room.h"

#include <algorithm>

namespace meseta::master {

QuotaRoom::QuotaRoom(AllocatorState &state) : m_state(state)
{
    computeRequired();
    if (m_required.isZero())
        return;
    for (const auto &[id, agent] : state.agents)
        m_free.add(Amounts::of(agent->available, state.names, countsAsQuota));
}

void QuotaRoom::computeRequired()
{
    m_required = Amounts();
    for (const std::string &path : m_state.quotaRoles) {
        const RoleNode *role = m_state.tree.find(path);
        if (!role || !role->quota)
            continue;
        const Amounts consumed = role->consumed();
        const Amounts &guarantees = role->quota->guarantees;
        for (std::size_t id = 0; id < guarantees.size(); ++id)
            m_required.add(id, std::max<std::int64_t>(0, guarantees.at(id) - consumed.at(id)));
    }
}

bool QuotaRoom::isUnmet(const RoleNode &role) const
{
    if (!role.quota)
        return false;
    const Amounts consumed = role.consumed();
    const Amounts &guarantees = role.quota->guarantees;
    for (std::size_t id = 0; id < guarantees.size(); ++id)
        if (guarantees.at(id) > consumed.at(id))
            return true;
    return false;
}

std::int64_t QuotaRoom::limitLeft(const RoleNode &role, std::size_t resource) const
{
    std::int64_t left = Amounts::unlimited;
    for (const RoleNode *node = &role; node; node = node->parent) {
        if (!node->quota)
            continue;
        const auto limit = node->quota->limits.find(resource);
        if (limit == node->quota->limits.end())
            continue;
        const std::int64_t consumed = node->quotaUsed.at(resource) + node->reserved.at(resource);
        left = std::min(left, std::max<std::int64_t>(0, limit->second - consumed));
    }
    return left;
}

std::int64_t QuotaRoom::surplus(std::size_t resource) const
{
    const std::int64_t required = m_required.at(resource);
    if (required == 0)
        return Amounts::unlimited;
    return std::max<std::int64_t>(0, m_free.at(resource) - required);
}

template <typename Cap> Resources QuotaRoom::chopped(const Resources &part, Cap cap) const
{
    Resources result;
    Amounts taken;
    for (ResourceEntry entry : part.entries()) {
        if (countsAsQuota(entry)) {
            const std::size_t id = m_state.names.idOf(entry.name.text());
            const std::int64_t most = cap(id);
            const std::int64_t left =
                most == Amounts::unlimited ? most : std::max<std::int64_t>(0, most - taken.at(id));
            if (entry.milli > left)
                entry.milli = entry.isWhole() ? 0 : left;
            // GPUs are handed out whole.
            if (entry.name == "gpus")
                entry.milli -= entry.milli % 1000;
            taken.add(id, entry.milli);
        }
        result.add(entry);
    }
    return result;
}

Resources QuotaRoom::open(const RoleNode &role, const Resources &part) const
{
    if (!m_state.anyQuota())
        return part;
    return chopped(part,
                   [&](std::size_t id) { return std::min(limitLeft(role, id), surplus(id)); });
}

Resources QuotaRoom::guaranteed(const RoleNode &role, const Resources &part) const
{
    const Amounts consumed = role.consumed();
    const Amounts &guarantees = role.quota->guarantees;
    const Resources result = chopped(part, [&](std::size_t id) {
        if (guarantees.at(id) == 0)
            return std::min(limitLeft(role, id), surplus(id));
        return std::max<std::int64_t>(0, guarantees.at(id) - consumed.at(id));
    });
    const Amounts offered = Amounts::of(result, m_state.names, countsAsQuota);
    for (std::size_t id = 0; id < guarantees.size(); ++id)
        if (guarantees.at(id) > 0 && offered.at(id) > 0)
            return result;
    return {};
}

void QuotaRoom::given(const Resources &resources)
{
    if (!m_state.anyQuota())
        return;
    m_free.add(Amounts::of(resources, m_state.names, countsAsQuota), -1);
    computeRequired();
}

std::string QuotaRoom::reason(const RoleNode &role, const Resources &part) const
{
    std::string out;
    const auto say = [&out](const std::string &text) { out += (out.empty() ? "" : "; ") + text; };
    const Amounts wanted = Amounts::of(part, m_state.names, countsAsQuota);
    for (std::size_t id = 0; id < wanted.size(); ++id) {
        if (wanted.at(id) == 0)
            continue;
        const std::string &name = m_state.names.name(id);
        for (const RoleNode *node = &role; node; node = node->parent) {
            const bool limited = node->quota && node->quota->limits.contains(id);
            if (const std::int64_t limit = limited ? node->quota->limits.at(id) : 0;
                limited && node->consumed().at(id) >= limit)
                say("the role '" + node->path + "' is limited to " + name + ":" + milliText(limit)
                    + " and has " + milliText(node->consumed().at(id)));
        }
        if (surplus(id) < wanted.at(id))
            say(name + ":" + milliText(m_required.at(id)) + " of the free "
                + milliText(m_free.at(id)) + " are held back for guarantees of other roles");
    }
    return out;
}

} // namespace meseta::master
