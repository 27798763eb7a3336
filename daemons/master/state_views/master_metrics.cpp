#include "daemons/master/state_views/master_metrics.h"

#include <cstring>

#include "daemons/master/cluster/cluster.h"
#include "daemons/master/cluster/figures.h"
#include "daemons/master/state_views/master_facts.h"
#include "daemons/master/state_views/metric_names.h"
#include "daemons/master/state_views/role_figures.h"
#include "daemons/master/state_views/task_counts.h"

namespace meseta::master {

namespace {

using Snapshot = MetricsRegistry::Snapshot;

/// Scalars over all agents. Amounts are added item by item: copies of resources would cost more
/// than all else.
struct Amounts
{
    Quantities total, used, revocableTotal, revocableUsed, offeredOrAllocated;

    void add(const Resources &resources, Quantities *sure, Quantities *revocable)
    {
        for (const mesos::v1::Resource &item : resources.items()) {
            Quantities *to = item.has_revocable() ? revocable : sure;
            if (to && item.has_scalar())
                (*to)[item.name()] += toMilli(item.scalar().value());
        }
    }

    void add(const Agent &agent)
    {
        add(agent.total, &total, &revocableTotal);
        for (const auto &entry : agent.used) {
            add(entry.second, &used, &revocableUsed);
            add(entry.second, &offeredOrAllocated, &offeredOrAllocated);
        }
        for (const Offer *offer : agent.offers)
            add(offer->resources, &offeredOrAllocated, &offeredOrAllocated);
    }
};

double amount(const Quantities &quantities, const std::string &name)
{
    const auto found = quantities.find(name);
    return found == quantities.end() ? 0 : fromMilli(found->second);
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

class Filler
{
public:
    Filler(const MetricSources &sources, Snapshot &out)
        : m_sources(sources), m_cluster(sources.cluster), m_out(out)
    { }

    void fill()
    {
        master();
        resources();
        agents();
        frameworks();
        tasks();
        operations();
        roles();
        allocator();
        registrar();
    }

private:
    void set(const std::string &name, double value) { m_out[name] = value; }

    void master()
    {
        const MasterFacts facts = m_sources.facts();
        set("master/elected", facts.leads() ? 1 : 0);
        set("master/uptime_secs", m_sources.clock.seconds() - facts.startTime);
        set("master/outstanding_offers", double(m_cluster.offers().size()));
        set("master/operator_event_stream_subscribers", double(m_sources.streamSubscribers()));
        // Requests and messages are handled as they are read: nothing ever waits in a queue of
        // ours.
        for (const char *queue :
             {"master/event_queue_dispatches", "master/event_queue_http_requests",
              "master/event_queue_messages"})
            set(queue, 0);
        for (const std::string &name : masterCounterNames())
            set("master/" + name, double(m_sources.figures.value(name)));
        for (const auto &[name, value] : m_sources.figures.values()) {
            if (!name.starts_with("frameworks/") && !name.starts_with("principals/"))
                set("master/" + name, double(value));
        }
    }

    void resources()
    {
        Amounts all;
        for (const auto &entry : m_cluster.agents())
            all.add(*entry.second);
        for (const char *name : {"cpus", "gpus", "mem", "disk"}) {
            const std::string prefix = std::string("master/") + name;
            kind(prefix, amount(all.total, name), amount(all.used, name));
            kind(prefix + "_revocable", amount(all.revocableTotal, name),
                 amount(all.revocableUsed, name));
        }
        for (const auto &[name, milli] : all.total) {
            const std::string prefix = "allocator/mesos/resources/" + name;
            set(prefix + "/total", fromMilli(milli));
            set(prefix + "/offered_or_allocated", amount(all.offeredOrAllocated, name));
        }
    }

    void kind(const std::string &prefix, double total, double used)
    {
        set(prefix + "_total", total);
        set(prefix + "_used", used);
        set(prefix + "_percent", total > 0 ? used / total : 0);
    }

    void agents()
    {
        std::size_t connected = 0;
        std::size_t active = 0;
        for (const auto &entry : m_cluster.agents()) {
            connected += entry.second->connected;
            active += entry.second->connected && entry.second->active;
        }
        const std::size_t all = m_cluster.agents().size();
        set("master/slaves_connected", double(connected));
        set("master/slaves_disconnected", double(all - connected));
        set("master/slaves_active", double(active));
        set("master/slaves_inactive", double(all - active));
        set("master/slaves_unreachable", double(m_cluster.unreachable.size()));
    }

    void frameworks()
    {
        std::size_t connected = 0;
        std::size_t active = 0;
        for (const auto &[id, framework] : m_cluster.frameworks()) {
            connected += framework->connected();
            active += framework->active();
            if (!framework->info.principal().empty())
                principal(framework->info.principal());
            if (m_sources.perFramework)
                frameworkMetrics(*framework);
        }
        const std::size_t all = m_cluster.frameworks().size();
        set("master/frameworks_connected", double(connected));
        set("master/frameworks_disconnected", double(all - connected));
        set("master/frameworks_active", double(active));
        set("master/frameworks_inactive", double(all - active));
    }

    /// Of libmesos drivers: what comes over HTTP is no message in Mesos' count.
    void principal(const std::string &name)
    {
        for (const char *count : {"/messages_received", "/messages_processed"})
            set("frameworks/" + name + count,
                double(m_sources.figures.value("principals/" + name + count)));
    }

    void frameworkMetrics(const Framework &framework)
    {
        const std::string name =
            QByteArray::fromStdString(framework.info.name()).toPercentEncoding().toStdString();
        const std::string prefix = "master/frameworks/" + name + "/" + framework.id + "/";
        set(prefix + "subscribed", framework.connected() ? 1 : 0);
        for (const std::string &role : framework.roles)
            set(prefix + "roles/" + role + "/suppressed",
                framework.suppressedRoles.count(role) ? 1 : 0);
        for (const std::string &counter : frameworkCounterNames())
            set(prefix + counter,
                double(m_sources.figures.value("frameworks/" + framework.id + "/" + counter)));
        TaskCounts counts;
        for (const auto &entry : framework.tasks)
            ++counts[entry.second->state()];
        counts[mesos::v1::TASK_UNREACHABLE] += framework.unreachableTasks.size();
        const auto *states = mesos::v1::TaskState_descriptor();
        for (int i = 0; i < states->value_count(); ++i) {
            const auto state = mesos::v1::TaskState(states->value(i)->number());
            const std::string stateName = lower(states->value(i)->name());
            // Tasks that ended are counted as they end: the history keeps the newest only.
            const std::string ended = "tasks/terminal/" + stateName;
            if (isTerminal(state))
                set(prefix + ended,
                    double(m_sources.figures.value("frameworks/" + framework.id + "/" + ended)));
            else
                set(prefix + "tasks/active/" + stateName, double(counts[state]));
        }
    }

    void tasks()
    {
        TaskCounts counts;
        std::size_t unreachable = 0;
        for (const auto &entry : m_cluster.frameworks()) {
            for (const auto &task : entry.second->tasks)
                ++counts[task.second->state()];
            unreachable += entry.second->unreachableTasks.size();
        }
        set("master/tasks_staging", double(counts[mesos::v1::TASK_STAGING]));
        set("master/tasks_starting", double(counts[mesos::v1::TASK_STARTING]));
        set("master/tasks_running", double(counts[mesos::v1::TASK_RUNNING]));
        set("master/tasks_killing", double(counts[mesos::v1::TASK_KILLING]));
        set("master/tasks_unreachable", double(unreachable));
    }

    /// Those that are over are counted as they end; the others are counted here.
    void operations()
    {
        const std::string all = "master/operations/";
        for (const auto &entry : m_cluster.agents()) {
            for (const auto &[uuid, operation] : entry.second->operations) {
                const auto state = operation.proto.latest_status().state();
                if (isTerminal(state))
                    continue;
                const std::string name =
                    lower(mesos::v1::OperationState_Name(state)).substr(std::strlen("operation_"));
                const std::string kind =
                    lower(mesos::v1::Offer::Operation::Type_Name(operation.proto.info().type()));
                m_out[all + name] += 1;
                m_out[all + kind + "/" + name] += 1;
            }
        }
        std::map<std::string, double> totals;
        for (auto at = m_out.lower_bound(all); at != m_out.end() && at->first.starts_with(all);
             ++at)
            totals[at->first.substr(0, at->first.rfind('/') + 1) + "total"] += at->second;
        for (const auto &[name, total] : totals)
            set(name, total);
    }

    void roles()
    {
        Quantities everywhere;
        for (const RoleFigures &role : roleFigures(m_cluster)) {
            const std::string prefix = "allocator/mesos/quota/roles/" + role.name + "/resources/";
            for (const auto &[name, milli] : role.consumed) {
                set(prefix + name + "/consumed", fromMilli(milli));
                if (role.name.find('/') == std::string::npos)
                    everywhere[name] += milli;
            }
            for (const auto &[name, milli] : role.guarantee)
                set(prefix + name + "/guarantee", fromMilli(milli));
            for (const auto &[name, milli] : role.limit)
                set(prefix + name + "/limit", fromMilli(milli));
            for (const Quantities *named : {&role.guarantee, &role.limit}) {
                for (const auto &entry : *named) {
                    set(prefix + entry.first + "/offered_or_allocated",
                        amount(role.allocated, entry.first) + amount(role.offered, entry.first));
                }
            }
        }
        for (const auto &[name, milli] : everywhere) // the root of the role tree has the empty name
            set("allocator/mesos/quota/roles//resources/" + name + "/consumed", fromMilli(milli));
    }

    void allocator()
    {
        const Allocator::Figures figures = m_sources.allocator.figures();
        set("allocator/mesos/allocation_runs", double(figures.runs));
        set("allocator/mesos/event_queue_dispatches", double(figures.pendingRuns));
        set("allocator/event_queue_dispatches", double(figures.pendingRuns));
        for (const auto &entry : m_cluster.frameworks()) { // told from the first framework on
            for (const std::string &role : entry.second->roles)
                set("allocator/mesos/offer_filters/roles/" + role + "/active", 0);
        }
        for (const auto &[role, count] : figures.activeFiltersByRole)
            set("allocator/mesos/offer_filters/roles/" + role + "/active", double(count));
        for (const auto &[role, share] : figures.dominantShareByRole)
            set("allocator/mesos/roles/" + role + "/shares/dominant", share);
    }

    void registrar()
    {
        set("registrar/log/ensemble_size", 1);
        set("registrar/log/recovered", 1);
        set("registrar/queued_operations", double(m_sources.queuedRegistryChanges()));
        set("registrar/registry_size_bytes", double(m_sources.registryBytes()));
    }

    const MetricSources &m_sources;
    const Cluster &m_cluster;
    Snapshot &m_out;
};

} // namespace

void addMasterMetrics(MetricsRegistry &metrics, MetricSources sources)
{
    metrics.source([sources = std::move(sources)](Snapshot &out) { Filler(sources, out).fill(); });
}

} // namespace meseta::master
