#include "daemons/agent/checkpoint/compatibility.h"

#include "common/resources/attributes.h"
#include "common/resources/resources.h"

namespace meseta::agent {

using mesos::v1::AgentInfo;
using mesos::v1::Attribute;

namespace {

std::string changed(const std::string &flag, const std::string &before, const std::string &now)
{
    return "--" + flag + " was '" + before + "' and is '" + now + "' now";
}

std::string textOf(const google::protobuf::RepeatedPtrField<Attribute> &attributes)
{
    std::string text;
    for (const Attribute &attribute : attributes)
        text += (text.empty() ? "" : ";") + attribute.name() + ":" + attributeText(attribute);
    return text;
}

bool sameDomain(const AgentInfo &before, const AgentInfo &now)
{
    return before.has_domain() == now.has_domain()
        && before.domain().SerializeAsString() == now.domain().SerializeAsString();
}

/// Resources as the machine has them: reservations and volumes that were made later come on top.
Resources asConfigured(Resources::Proto list)
{
    for (auto &resource : list) {
        resource.clear_allocation_info();
        auto &reservations = *resource.mutable_reservations();
        while (!reservations.empty()
               && reservations.rbegin()->type() == mesos::v1::Resource::ReservationInfo::DYNAMIC)
            reservations.RemoveLast();
        if (resource.has_disk()) {
            resource.mutable_disk()->clear_persistence();
            resource.mutable_disk()->clear_volume();
            if (!resource.disk().has_source())
                resource.clear_disk();
        }
        resource.clear_shared();
    }
    return Resources(list);
}

/// The first task that no longer fits; empty when all do.
std::string inTheWay(const RecoveredAgent &earlier, const AgentInfo &now)
{
    Resources left(now.resources());
    for (const RecoveredFramework &framework : earlier.frameworks) {
        for (const RecoveredRun &run : framework.runs) {
            // A built-in executor's own resources are only told, not taken.
            const Resources own = run.isCommand ? Resources() : asConfigured(run.info.resources());
            if (!left.contains(own))
                return "executor '" + run.info.executor_id().value() + "' of framework '"
                    + framework.info.id().value() + "', which uses " + own.text();
            left -= own;
            for (const RecoveredTask &task : run.tasks) {
                if (task.hasEnded())
                    continue;
                const Resources used = asConfigured(Resources(task.kept.task.resources()).proto());
                if (!left.contains(used))
                    return "task '" + task.kept.task.task_id().value() + "' of framework '"
                        + framework.info.id().value() + "', which uses " + used.text();
                left -= used;
            }
        }
    }
    return {};
}

bool attributesKept(const AgentInfo &before, const AgentInfo &now)
{
    return std::all_of(
        before.attributes().begin(), before.attributes().end(), [&now](const Attribute &old) {
            return std::any_of(
                now.attributes().begin(), now.attributes().end(), [&old](const Attribute &one) {
                    if (one.name() != old.name() || one.type() != old.type())
                        return false;
                    if (old.type() != mesos::v1::Value::RANGES)
                        return one.SerializeAsString() == old.SerializeAsString();
                    const auto covers = [&one](const mesos::v1::Value::Range &range) {
                        return std::any_of(one.ranges().range().begin(), one.ranges().range().end(),
                                           [&range](const auto &wide) {
                                               return wide.begin() <= range.begin()
                                                   && wide.end() >= range.end();
                                           });
                    };
                    return std::all_of(old.ranges().range().begin(), old.ranges().range().end(),
                                       covers);
                });
        });
}

std::string againstEqual(const AgentInfo &before, const AgentInfo &now)
{
    if (!(Resources(before.resources()) == Resources(now.resources())))
        return changed("resources", Resources(before.resources()).text(),
                       Resources(now.resources()).text());
    if (textOf(before.attributes()) != textOf(now.attributes()))
        return changed("attributes", textOf(before.attributes()), textOf(now.attributes()));
    if (!sameDomain(before, now))
        return "--domain has changed";
    return {};
}

std::string againstAdditive(const AgentInfo &before, const AgentInfo &now)
{
    if (!Resources(now.resources()).contains(Resources(before.resources())))
        return changed("resources", Resources(before.resources()).text(),
                       Resources(now.resources()).text())
            + ", which is not more of each";
    if (!attributesKept(before, now))
        return changed("attributes", textOf(before.attributes()), textOf(now.attributes()))
            + ", which lacks some of them";
    return {};
}

bool runsCustomExecutors(const RecoveredAgent &earlier)
{
    for (const auto &framework : earlier.frameworks) {
        for (const auto &run : framework.runs) {
            if (!run.isCommand)
                return true;
        }
    }
    return false;
}

/// What keeps it from going on as the same agent whatever the resources; empty when nothing does.
std::string identityChange(const RecoveredAgent &earlier, const AgentInfo &now,
                           ReconfigurationPolicy policy)
{
    const AgentInfo &before = *earlier.info;
    if (before.hostname() != now.hostname())
        return changed("hostname", before.hostname(), now.hostname())
            + ", and a master takes no agent back under another name";
    const bool portMatters =
        policy != ReconfigurationPolicy::WhatFits || runsCustomExecutors(earlier);
    if (before.port() != now.port() && portMatters)
        return changed("port", std::to_string(before.port()), std::to_string(now.port()))
            + ", where its executors will not look for it";
    if (before.has_domain() && !sameDomain(before, now))
        return "--domain has changed, and may only be added";
    return {};
}

} // namespace

Result<Continuation> continuation(const RecoveredAgent &earlier, const AgentInfo &now,
                                  ReconfigurationPolicy policy)
{
    if (!earlier.info)
        return Continuation::NewAgent;
    std::string problem = identityChange(earlier, now, policy);
    if (problem.empty() && policy == ReconfigurationPolicy::Equal)
        problem = againstEqual(*earlier.info, now);
    if (problem.empty() && policy == ReconfigurationPolicy::Additive)
        problem = againstAdditive(*earlier.info, now);
    if (problem.empty() && policy == ReconfigurationPolicy::WhatFits && !earlier.rebooted) {
        if (const std::string task = inTheWay(earlier, now); !task.empty())
            problem = "the resources, now " + Resources(now.resources()).text()
                + ", have no room any more for " + task;
    }
    if (problem.empty())
        return Continuation::SameAgent;
    const bool runsNothing =
        std::all_of(earlier.frameworks.begin(), earlier.frameworks.end(),
                    [](const RecoveredFramework &framework) { return framework.runs.empty(); });
    if (earlier.rebooted || runsNothing)
        return Continuation::NewAgent;
    std::string help = "; start it as before, or end what it runs first, with --recover=cleanup";
    if (policy != ReconfigurationPolicy::WhatFits)
        help += ", or leave --reconfiguration_policy out: then all changes are taken that the "
                "running tasks fit in";
    return fail("this agent cannot go on as agent " + earlier.info->id().value() + ": " + problem
                + help);
}

} // namespace meseta::agent
