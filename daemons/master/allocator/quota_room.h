#pragma once

#include <string>

#include "daemons/master/allocator/allocator_state.h"

namespace meseta::master {

/// How much of an agent's unreserved, non-revocable scalars a role may be offered: its own limit
/// and those of its ancestors, and what must stay free so that unmet guarantees of others can be
/// met. Reservations, ranges, sets and revocable resources are never held back. Source: Mesos quota
/// documentation.
class QuotaRoom
{
public:
    explicit QuotaRoom(AllocatorState &state);

    /// Whether some role is guaranteed more than it has.
    bool anyUnmet() const { return !m_required.isZero(); }
    /// Whether the role itself is guaranteed more than it has.
    bool isUnmet(const RoleNode &role) const;

    /// What may be offered to everyone: within limits and without touching what guarantees need.
    Resources open(const RoleNode &role, const Resources &part) const;
    /// What may be offered to meet the role's guarantee, and what goes with it.
    Resources guaranteed(const RoleNode &role, const Resources &part) const;
    /// Something was offered to a role.
    void given(const Resources &resources);

    /// "the limit of role 'eng' is cpus:4, of which cpus:4 are consumed": for what `open` holds
    /// back of `part`.
    std::string reason(const RoleNode &role, const Resources &part) const;

private:
    std::int64_t limitLeft(const RoleNode &role, std::size_t resource) const;
    std::int64_t surplus(std::size_t resource) const;
    template <typename Cap> Resources chopped(const Resources &part, Cap cap) const;
    void computeRequired();

    AllocatorState &m_state;
    Amounts m_free; ///< unreserved and not revocable, held by nobody, of all agents
    Amounts m_required; ///< to meet all guarantees
};

} // namespace meseta::master
