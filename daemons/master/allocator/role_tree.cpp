#include "daemons/master/allocator/role_tree.h"

#include <algorithm>
#include <tuple>

#include "common/resources/role.h"

namespace meseta::master {

bool ByRank::operator()(const Ranked *a, const Ranked *b) const
{
    if (a->share != b->share)
        return a->share < b->share;
    if (a->count != b->count)
        return a->count < b->count;
    return a->name < b->name;
}

Amounts RoleNode::consumed() const
{
    Amounts result = quotaUsed;
    result.add(reserved);
    return result;
}

RoleNode &RoleTree::at(const std::string &path)
{
    RoleNode *node = &m_root;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        std::unique_ptr<RoleNode> &child = node->children[path.substr(begin, end - begin)];
        if (!child) {
            child = std::make_unique<RoleNode>();
            child->name = path.substr(begin, end - begin);
            child->path = path.substr(0, end);
            child->parent = node;
            child->line = &node->order;
            child->self.name = ".";
            child->self.line = &child->order;
            if (const auto weight = m_weights.find(child->path); weight != m_weights.end())
                child->weight = weight->second;
        }
        node = child.get();
        begin = end + 1;
    }
    return *node;
}

RoleNode *RoleTree::find(const std::string &path) const
{
    const RoleNode *node = &m_root;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const auto child = node->children.find(path.substr(begin, end - begin));
        if (child == node->children.end())
            return nullptr;
        node = child->second.get();
        begin = end + 1;
    }
    return const_cast<RoleNode *>(node);
}

void RoleTree::releaseUnused(RoleNode &start)
{
    RoleNode *node = &start;
    while (node != &m_root) {
        const bool used = node->candidates > 0 || !node->children.empty() || node->quota
            || !node->reserved.isZero() || !node->allocated.isZero();
        if (used)
            return;
        RoleNode *parent = node->parent;
        forget(node->self);
        forget(*node);
        parent->children.erase(std::string(node->name));
        node = parent;
    }
}

void RoleTree::join(Candidate &candidate, const std::string &role)
{
    candidate.role = &at(role);
    candidate.line = &candidate.role->frameworks;
    ++candidate.role->candidates;
}

void RoleTree::leave(Candidate &candidate)
{
    setActive(candidate, false);
    forget(candidate);
    RoleNode *role = std::exchange(candidate.role, nullptr);
    --role->candidates;
    releaseUnused(*role);
}

void RoleTree::setActive(Candidate &candidate, bool active)
{
    if (candidate.active == active)
        return;
    candidate.active = active;
    setListed(candidate, active);
    setListed(candidate.role->self, !candidate.role->frameworks.empty());
    for (RoleNode *node = candidate.role; node != &m_root; node = node->parent) {
        node->activeBelow += active ? 1 : std::size_t(-1);
        setListed(*node, node->activeBelow > 0);
    }
}

void RoleTree::track(Candidate &candidate, const Amounts &all, const Amounts &quota, int sign)
{
    const auto change = [&](Ranked &ranked) {
        ranked.allocated.add(all, sign);
        ranked.given += sign > 0 ? 1 : 0;
        markStale(ranked);
    };
    change(candidate);
    change(candidate.role->self);
    for (RoleNode *node = candidate.role; node != &m_root; node = node->parent) {
        change(*node);
        node->quotaUsed.add(quota, sign);
    }
}

void RoleTree::reserve(const std::string &role, const Amounts &amounts, int sign)
{
    RoleNode &reserved = at(role);
    for (RoleNode *node = &reserved; node != &m_root; node = node->parent)
        node->reserved.add(amounts, sign);
    releaseUnused(reserved);
}

void RoleTree::setWeight(const std::string &path, double weight)
{
    m_weights[path] = weight;
    if (weight == 1.0)
        m_weights.erase(path);
    if (RoleNode *node = find(path)) {
        node->weight = weight;
        markStale(*node);
    }
}

void RoleTree::addTotal(const Amounts &amounts, int sign)
{
    m_total.add(amounts, sign);
    m_totalChanged = true;
}

double RoleTree::dominantShare(const Amounts &allocated) const
{
    double share = 0;
    for (std::size_t id = 0; id < allocated.size(); ++id) {
        if (m_total.at(id) <= 0 || m_excluded.contains(id))
            continue;
        share = std::max(
            share, static_cast<double>(allocated.at(id)) / static_cast<double>(m_total.at(id)));
    }
    return share;
}

void RoleTree::markStale(Ranked &ranked)
{
    if (ranked.stale)
        return;
    ranked.stale = true;
    m_stale.push_back(&ranked);
}

void RoleTree::refresh(Ranked &ranked)
{
    ranked.share = dominantShare(ranked.allocated) / ranked.weight;
    ranked.count = ranked.given;
}

void RoleTree::setListed(Ranked &ranked, bool listed)
{
    if (ranked.listed == listed)
        return;
    ranked.listed = listed;
    if (!listed) {
        ranked.line->erase(&ranked);
        return;
    }
    refresh(ranked);
    ranked.line->insert(&ranked);
}

void RoleTree::forget(Ranked &ranked)
{
    setListed(ranked, false);
    if (ranked.stale)
        std::erase(m_stale, &ranked);
    ranked.stale = false;
}

void RoleTree::refreshLine(Line &line)
{
    std::vector<Ranked *> all(line.begin(), line.end());
    line.clear();
    for (Ranked *ranked : all) {
        refresh(*ranked);
        line.insert(ranked);
    }
}

void RoleTree::settle()
{
    if (m_totalChanged) {
        refreshLine(m_root.order);
        each([this](RoleNode &node) {
            refreshLine(node.order);
            refreshLine(node.frameworks);
        });
    }
    for (Ranked *ranked : m_stale) {
        ranked->stale = false;
        if (m_totalChanged || !ranked->listed)
            continue;
        ranked->line->erase(ranked);
        refresh(*ranked);
        ranked->line->insert(ranked);
    }
    m_stale.clear();
    m_totalChanged = false;
}

void RoleTree::eachBelow(RoleNode &node, const std::function<void(RoleNode &)> &visit)
{
    for (const auto &[name, child] : node.children) {
        visit(*child);
        eachBelow(*child, visit);
    }
}

void RoleTree::each(const std::function<void(RoleNode &)> &visit)
{
    eachBelow(m_root, visit);
}

namespace {

/// The places from the top of the tree down to a candidate.
std::vector<const Ranked *> placesOf(const Candidate &candidate)
{
    std::vector<const Ranked *> places{&candidate, &candidate.role->self};
    for (const RoleNode *node = candidate.role; node->parent; node = node->parent)
        places.push_back(node);
    std::reverse(places.begin(), places.end());
    return places;
}

} // namespace

bool RoleTree::before(const Candidate &a, const Candidate &b)
{
    const std::vector<const Ranked *> left = placesOf(a);
    const std::vector<const Ranked *> right = placesOf(b);
    return std::lexicographical_compare(
        left.begin(), left.end(), right.begin(), right.end(),
        [](const Ranked *x, const Ranked *y) { return x != y && ByRank()(x, y); });
}

} // namespace meseta::master
