#include "daemons/master/allocator/offer_constraints.h"

#include <algorithm>
#include <optional>

#include <re2/re2.h>

#include "common/resources/attributes.h"

namespace meseta::master {

using mesos::v1::AgentInfo;
using mesos::v1::Attribute;
using mesos::v1::scheduler::AttributeConstraint;
using Selector = AttributeConstraint::Selector;
using Predicate = AttributeConstraint::Predicate;

namespace {

/// What a constraint may see of an agent: nothing, a text, or an attribute that is no text.
struct Seen
{
    bool exists = false;
    std::optional<std::string> text;
};

/// One or several attributes can bear the name; the constraint looks at the first, as Mesos does.
Seen look(const Selector &selector, const AgentInfo &agent)
{
    if (selector.has_attribute_name()) {
        for (const Attribute &attribute : agent.attributes())
            if (attribute.name() == selector.attribute_name())
                return {true,
                        attribute.has_text() ? std::optional(attribute.text().value())
                                             : std::nullopt};
        return {};
    }
    const bool hasDomain = agent.domain().has_fault_domain();
    switch (selector.pseudoattribute_type()) {
    case Selector::HOSTNAME:
        return {true, agent.hostname()};
    case Selector::REGION:
        return hasDomain ? Seen{true, agent.domain().fault_domain().region().name()} : Seen{};
    case Selector::ZONE:
        return hasDomain ? Seen{true, agent.domain().fault_domain().zone().name()} : Seen{};
    case Selector::UNKNOWN:
        break;
    }
    return {};
}

std::string selectorText(const Selector &selector)
{
    if (selector.has_attribute_name())
        return "attribute '" + selector.attribute_name() + "'";
    return "pseudo attribute "
        + Selector::PseudoattributeType_Name(selector.pseudoattribute_type());
}

std::string predicateText(const Predicate &predicate)
{
    switch (predicate.predicate_case()) {
    case Predicate::kExists:
        return "must exist";
    case Predicate::kNotExists:
        return "must not exist";
    case Predicate::kTextEquals:
        return "must be '" + predicate.text_equals().value() + "'";
    case Predicate::kTextNotEquals:
        return "must not be '" + predicate.text_not_equals().value() + "'";
    case Predicate::kTextMatches:
        return "must match '" + predicate.text_matches().regex() + "'";
    case Predicate::kTextNotMatches:
        return "must not match '" + predicate.text_not_matches().regex() + "'";
    case Predicate::PREDICATE_NOT_SET:
        break;
    }
    return "has an unknown predicate";
}

std::string regexOf(const Predicate &predicate)
{
    if (predicate.has_text_matches())
        return predicate.text_matches().regex();
    return predicate.text_not_matches().regex();
}

Result<std::unique_ptr<re2::RE2>> compileRegex(const std::string &text, const RegexLimits &limits)
{
    re2::RE2::Options options{re2::RE2::CannedOptions::Quiet};
    options.set_max_mem(limits.maxMemory);
    auto regex = std::make_unique<re2::RE2>(text, options);
    if (!regex->ok())
        return fail("the regular expression '" + text + "' is not usable: " + regex->error());
    if (const int size = regex->ProgramSize(); size > limits.maxProgramSize)
        return fail("the regular expression '" + text + "' compiles to " + std::to_string(size)
                    + " steps; the master's limit is " + std::to_string(limits.maxProgramSize));
    return regex;
}

} // namespace

struct OfferConstraints::Constraint
{
    Selector selector;
    Predicate predicate;
    std::unique_ptr<re2::RE2> regex;

    bool holds(const AgentInfo &agent) const
    {
        const Seen seen = look(selector, agent);
        switch (predicate.predicate_case()) {
        case Predicate::kExists:
            return seen.exists;
        case Predicate::kNotExists:
            return !seen.exists;
        // A text predicate says nothing about an attribute that is no text, and a missing one
        // equals nothing.
        case Predicate::kTextEquals:
            return seen.text ? *seen.text == predicate.text_equals().value() : seen.exists;
        case Predicate::kTextNotEquals:
            return !seen.text || *seen.text != predicate.text_not_equals().value();
        case Predicate::kTextMatches:
            return seen.text ? re2::RE2::FullMatch(*seen.text, *regex) : seen.exists;
        case Predicate::kTextNotMatches:
            return !seen.text || !re2::RE2::FullMatch(*seen.text, *regex);
        case Predicate::PREDICATE_NOT_SET:
            break;
        }
        return false;
    }

    std::string refusal(const AgentInfo &agent) const
    {
        const Seen seen = look(selector, agent);
        const std::string found = seen.text ? "it is '" + *seen.text + "'"
            : seen.exists                   ? "it is no text"
                                            : "it is not there";
        return selectorText(selector) + " " + predicateText(predicate) + " (" + found + ")";
    }

    static Result<Constraint> compile(const AttributeConstraint &proto, const RegexLimits &limits)
    {
        Constraint constraint{proto.selector(), proto.predicate(), nullptr};
        const Selector &selector = proto.selector();
        if (!selector.has_attribute_name() && selector.pseudoattribute_type() == Selector::UNKNOWN)
            return fail(
                "a constraint selects neither an attribute by name nor HOSTNAME, REGION or ZONE");
        if (proto.predicate().predicate_case() == Predicate::PREDICATE_NOT_SET)
            return fail("the constraint on " + selectorText(selector)
                        + " has no predicate this master knows");
        if (!proto.predicate().has_text_matches() && !proto.predicate().has_text_not_matches())
            return constraint;
        auto regex = compileRegex(regexOf(proto.predicate()), limits);
        if (!regex)
            return fail(regex.error().within("the constraint on " + selectorText(selector)));
        constraint.regex = std::move(*regex);
        return constraint;
    }
};

OfferConstraints::OfferConstraints() = default;
OfferConstraints::~OfferConstraints() = default;
OfferConstraints::OfferConstraints(OfferConstraints &&) noexcept = default;
OfferConstraints &OfferConstraints::operator=(OfferConstraints &&) noexcept = default;

Result<OfferConstraints>
OfferConstraints::compile(const mesos::v1::scheduler::OfferConstraints &proto,
                          const RegexLimits &limits)
{
    OfferConstraints result;
    for (const auto &[role, constraints] : proto.role_constraints()) {
        const std::string where = "the offer constraints of the role '" + role + "'";
        if (constraints.groups().empty())
            return fail(where + " have no group; leave the role out to admit every agent");
        std::vector<Group> &groups = result.m_roles[role];
        for (const auto &groupProto : constraints.groups()) {
            if (groupProto.attribute_constraints().empty())
                return fail(where + " have a group without constraints");
            Group &group = groups.emplace_back();
            for (const AttributeConstraint &constraintProto : groupProto.attribute_constraints()) {
                auto constraint = Constraint::compile(constraintProto, limits);
                if (!constraint)
                    return fail(constraint.error().within(where));
                group.push_back(std::move(*constraint));
            }
        }
    }
    return result;
}

bool OfferConstraints::constrains(const std::string &role) const
{
    return m_roles.contains(role);
}

bool OfferConstraints::admits(const std::string &role, const AgentInfo &agent) const
{
    const auto groups = m_roles.find(role);
    if (groups == m_roles.end())
        return true;
    return std::any_of(groups->second.begin(), groups->second.end(), [&agent](const Group &group) {
        return std::all_of(group.begin(), group.end(),
                           [&agent](const Constraint &c) { return c.holds(agent); });
    });
}

std::string OfferConstraints::refusal(const std::string &role, const AgentInfo &agent) const
{
    std::string out;
    const auto groups = m_roles.find(role);
    if (groups == m_roles.end())
        return out;
    for (const Group &group : groups->second)
        for (const Constraint &constraint : group)
            if (!constraint.holds(agent)) {
                out +=
                    (out.empty() ? "" : ", and no other group fits: ") + constraint.refusal(agent);
                break;
            }
    return out;
}

} // namespace meseta::master
