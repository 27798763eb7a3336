#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

/// Bounds for one regular expression of a framework (flags --offer_constraints_re2_max_mem,
/// _max_program_size).
struct RegexLimits
{
    std::int64_t maxMemory = 4096;
    int maxProgramSize = 100;
};

/// The offer constraints of a framework, compiled. An agent fits a role when every constraint of
/// any one of its groups holds; a role without constraints fits every agent. Source:
/// scheduler.proto, OfferConstraints.
class OfferConstraints
{
public:
    OfferConstraints();
    ~OfferConstraints();
    OfferConstraints(OfferConstraints &&) noexcept;
    OfferConstraints &operator=(OfferConstraints &&) noexcept;

    /// Fails on an unknown selector or predicate, an empty group, or a regular expression that is
    /// wrong or too large: what SUBSCRIBE and UPDATE_FRAMEWORK answer with 400.
    static Result<OfferConstraints> compile(const mesos::v1::scheduler::OfferConstraints &proto,
                                            const RegexLimits &limits = {});

    bool constrains(const std::string &role) const;
    bool admits(const std::string &role, const mesos::v1::AgentInfo &agent) const;
    /// "rack must be 'a' (it is 'b')": the first that fails of each group.
    std::string refusal(const std::string &role, const mesos::v1::AgentInfo &agent) const;

private:
    struct Constraint;
    using Group = std::vector<Constraint>;

    std::map<std::string, std::vector<Group>> m_roles;
};

} // namespace meseta::master
