#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemons/master/allocator/amounts.h"

namespace meseta::master {

struct Ranked;

/// First the lowest share, then who was given to less often, then by name.
struct ByRank
{
    bool operator()(const Ranked *a, const Ranked *b) const;
};

using Line = std::set<Ranked *, ByRank>;

/// Something that stands in line for resources. `share` and `count` are its place, renewed only by
/// `RoleTree::settle`.
struct Ranked
{
    std::string name;
    Line *line = nullptr; ///< where it stands when listed
    double share = 0; ///< weighted dominant share
    std::uint64_t count = 0;
    bool listed = false;
    bool stale = false;

    Amounts allocated; ///< offered or in use, all scalars
    std::uint64_t given = 0;
    double weight = 1.0;
};

struct RoleNode;

/// A framework in one of its roles.
struct Candidate : Ranked
{
    RoleNode *role = nullptr;
    bool active = false; ///< wants offers
};

/// A role: a path, what its subtree holds, and the lines of its children and of its frameworks.
struct RoleNode : Ranked
{
    struct Quota
    {
        Amounts guarantees;
        std::map<std::size_t, std::int64_t> limits; ///< by number of the resource; absent: no limit
    };

    std::string path;
    RoleNode *parent = nullptr;
    std::map<std::string, std::unique_ptr<RoleNode>> children;
    Ranked
        self; ///< the role itself, competing with its children through a virtual child (Mesos: ".")
    Line order; ///< children with active candidates below, and `self` when it has some
    Line frameworks; ///< active candidates of this role
    std::size_t candidates = 0; ///< all of this role, also inactive
    std::size_t activeBelow = 0; ///< active candidates of the subtree
    std::optional<Quota> quota;
    Amounts quotaUsed; ///< subtree: allocations that count against quota, reservations aside
    Amounts reserved; ///< subtree: reservations, used or not

    /// What counts as consumed (Mesos quota documentation): allocations and all reservations.
    Amounts consumed() const;
};

/// The roles, their lines, and what they hold. Lines are ordered sets: a change costs what changed,
/// nothing is sorted as a whole unless the size of the cluster changes. During a walk nothing
/// moves; `settle` renews what became stale.
class RoleTree
{
public:
    RoleNode &root() { return m_root; }
    const RoleNode &root() const { return m_root; }
    RoleNode &at(const std::string &path); ///< made when missing, with its ancestors
    RoleNode *find(const std::string &path) const;
    /// Forgets the role, and its ancestors, as far as nothing refers to them any more.
    void releaseUnused(RoleNode &node);

    void join(Candidate &candidate, const std::string &role);
    void leave(Candidate &candidate); ///< what it held must have been released
    void setActive(Candidate &candidate, bool active);

    /// `all` are its scalars; `quota` those that count against quota. `sign` +1 gives, -1 takes
    /// back.
    void track(Candidate &candidate, const Amounts &all, const Amounts &quota, int sign);
    void reserve(const std::string &role, const Amounts &amounts, int sign);
    void setWeight(const std::string &path, double weight);
    void addTotal(const Amounts &amounts, int sign);
    const Amounts &total() const { return m_total; }
    /// This resource does not count in shares.
    void exclude(std::size_t resource) { m_excluded.insert(resource); }

    /// Brings every line in order again.
    void settle();

    /// Visits every role, parents before children, not the root.
    void each(const std::function<void(RoleNode &)> &visit);

    /// The largest part of any resource of the cluster.
    double dominantShare(const Amounts &allocated) const;

    /// Whether `a` comes before `b` in a walk of the tree. Lines must be settled.
    static bool before(const Candidate &a, const Candidate &b);

private:
    void markStale(Ranked &ranked);
    void refresh(Ranked &ranked);
    void setListed(Ranked &ranked, bool listed);
    void refreshLine(Line &line);
    void forget(Ranked &ranked);
    static void eachBelow(RoleNode &node, const std::function<void(RoleNode &)> &visit);

    RoleNode m_root;
    Amounts m_total;
    std::set<std::size_t> m_excluded;
    std::map<std::string, double> m_weights;
    std::vector<Ranked *> m_stale;
    bool m_totalChanged = false;
};

} // namespace meseta::master
