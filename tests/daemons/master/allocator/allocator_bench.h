#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <QtCore/QDebug>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/allocator/allocator.h"

namespace meseta::master {

inline Resources resources(const std::string &text)
{
    return Resources::parse(text).value();
}

/// Whether the decision's words hold `text`; shows them when not.
inline bool says(const ::meseta::v1::OfferDecision &decision, const char *text)
{
    if (decision.detail().find(text) != std::string::npos)
        return true;
    qWarning() << "the detail is" << decision.detail().c_str();
    return false;
}

inline mesos::v1::Attribute attribute(const std::string &name, const std::string &text)
{
    mesos::v1::Attribute result;
    result.set_name(name);
    result.set_type(mesos::v1::Value::TEXT);
    result.mutable_text()->set_value(text);
    return result;
}

inline AllocatorAgent describedAgent(const std::string &id, const std::string &total)
{
    AllocatorAgent agent;
    agent.info.mutable_id()->set_value(id);
    agent.info.set_hostname(id + ".example");
    agent.capabilities = {"MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"};
    agent.total = resources(total);
    return agent;
}

/// An offer the allocator made.
struct Offered
{
    std::string framework;
    std::string role;
    std::string agent;
    Resources resources; ///< allocated form

    std::string text() const
    {
        return framework + "/" + role + "@" + agent + " " + resources.text();
    }
};

/// An allocator on a clock that stands still, and what it offered.
class Bench
{
public:
    explicit Bench(AllocatorOptions options = {}, std::uint64_t seed = 1)
        : random(seed)
        , allocator(std::move(options), clock, random,
                    [this](const std::vector<Allocation> &all) { take(all); })
    { }

    void agent(const std::string &id, const std::string &total,
               const std::set<std::string> &capabilities = allCapabilities())
    {
        addAgent(id, resources(total), capabilities);
    }

    void addAgent(const std::string &id, const Resources &total,
                  const std::set<std::string> &capabilities = allCapabilities())
    {
        AllocatorAgent agent;
        agent.info.mutable_id()->set_value(id);
        agent.info.set_hostname(id + ".example");
        agent.capabilities = capabilities;
        agent.total = total;
        allocator.addAgent(agent);
    }

    static std::set<std::string> allCapabilities()
    {
        return {"MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"};
    }

    static AllocatorFramework
    describe(const std::string &id, const std::set<std::string> &roles = {"*"},
             const std::set<std::string> &capabilities = {"MULTI_ROLE", "RESERVATION_REFINEMENT"})
    {
        AllocatorFramework framework;
        framework.id = id;
        framework.roles = roles;
        framework.capabilities = capabilities;
        return framework;
    }

    void framework(const std::string &id, const std::set<std::string> &roles = {"*"})
    {
        allocator.addFramework(describe(id, roles));
    }

    /// Lets pending runs happen and gives what was offered since the last call.
    std::vector<Offered> offers()
    {
        clock.settle();
        return std::exchange(m_offers, {});
    }

    std::vector<Offered> offersAfter(Duration duration)
    {
        clock.advance(duration);
        return std::exchange(m_offers, {});
    }

    /// The frameworks among the offers.
    static std::set<std::string> frameworksOf(const std::vector<Offered> &offers)
    {
        std::set<std::string> result;
        for (const Offered &offered : offers)
            result.insert(offered.framework);
        return result;
    }

    void decline(const Offered &offered, std::optional<Duration> refuse = std::chrono::seconds(5))
    {
        allocator.recover(offered.framework, offered.agent, offered.resources, refuse);
    }

    /// Keeps `used` of the offer for a task and gives the rest back without refusing it.
    void use(const Offered &offered, const std::string &used)
    {
        allocator.recover(offered.framework, offered.agent,
                          offered.resources - resources(used).allocated(offered.role),
                          std::nullopt);
    }

    /// The one decision about this pair.
    ::meseta::v1::OfferDecision why(const std::string &framework, const std::string &agent,
                                    const std::string &role = "*")
    {
        const auto decisions = allocator.decisions(framework, agent, role, 10);
        return decisions.size() == 1 ? decisions.front() : ::meseta::v1::OfferDecision();
    }

    SimulatedClock clock;
    SeededRandom random;
    Allocator allocator;

private:
    void take(const std::vector<Allocation> &all)
    {
        for (const Allocation &allocation : all)
            for (const auto &[role, byAgent] : allocation.byRoleAndAgent)
                for (const auto &[agentId, offered] : byAgent)
                    m_offers.push_back({allocation.frameworkId, role, agentId, offered});
    }

    std::vector<Offered> m_offers;
};

} // namespace meseta::master
