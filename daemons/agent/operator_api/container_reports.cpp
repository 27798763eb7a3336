#include "daemons/agent/operator_api/container_reports.h"

#include "daemons/agent/core/agent.h"

namespace meseta::agent {

namespace {

constexpr Duration patience = std::chrono::seconds(5);

/// One collection under way.
struct Collection
{
    std::vector<ContainerReport> reports;
    std::size_t open = 0;
    std::function<void(std::vector<ContainerReport>)> done;
    Clock *clock = nullptr;
    Clock::TimerId timer = 0;

    void finish()
    {
        if (!done)
            return;
        clock->cancel(timer);
        std::exchange(done, nullptr)(std::move(reports));
    }
};

bool matches(const Executor &executor, const ContainerFilter &filter)
{
    // A default executor may have no container of its own, but those of its tasks are in it.
    return (executor.containerLaunched || (executor.isDefault && executor.link))
        && executor.state != Executor::State::Terminated
        && (filter.frameworkId.empty() || filter.frameworkId == executor.frameworkId)
        && (filter.executorId.empty() || filter.executorId == executor.id())
        && (filter.containerId.empty() || filter.containerId == executor.containerId);
}

ContainerReport reportOf(const Executor &executor)
{
    ContainerReport report;
    report.frameworkId = executor.frameworkId;
    report.executorId = executor.id();
    report.executorName = executor.info.name();
    report.source = executor.info.source();
    report.containerId = executor.containerId;
    report.status = executor.containerizer->status(executor.containerId);
    if (!report.status)
        report.status = executor.lastStatus;
    report.status->mutable_container_id()->set_value(executor.containerId);
    return report;
}

ContainerReport reportOf(const NestedContainers &nested, const std::string &key)
{
    ContainerReport report;
    report.containerId = containerIdOf(key).value();
    report.status = nested.status(key);
    return report;
}

/// Of an executor without a container of its own: what it and its tasks may use.
mesos::v1::ResourceStatistics limitsOf(const Executor &executor)
{
    constexpr double bytesPerMegabyte = 1024.0 * 1024.0;
    const Resources allocated = executor.allocated();
    mesos::v1::ResourceStatistics limits;
    limits.set_cpus_soft_limit(allocated.scalar("cpus"));
    const auto bytes = static_cast<std::uint64_t>(allocated.scalar("mem") * bytesPerMegabyte);
    limits.set_mem_limit_bytes(bytes);
    limits.set_mem_soft_limit_bytes(bytes);
    return limits;
}

/// Whose usage to ask for, and which reports it is part of.
struct Question
{
    Containerizer *containerizer;
    std::string container;
    std::vector<std::size_t> reports;
};

/// Standalone containers, and those inside them.
void askStandalone(const NestedContainers &containers, const ContainerFilter &filter,
                   std::vector<ContainerReport> &reports, std::vector<Question> &questions)
{
    const bool one = !filter.containerId.empty();
    for (const std::string &root : containers.standalone()) {
        if (one && filter.containerId != root)
            continue;
        std::vector<std::string> keys{root};
        const auto inside = filter.nested ? containers.runningIn(root) : std::vector<std::string>();
        keys.insert(keys.end(), inside.begin(), inside.end());
        for (const std::string &key : keys) {
            questions.push_back({containers.containerizerOf(key), key, {reports.size()}});
            reports.push_back(reportOf(containers, key));
        }
    }
}

std::vector<Question> questionsFor(const Agent &agent, const ContainerFilter &filter,
                                   std::vector<ContainerReport> &reports)
{
    std::vector<Question> questions;
    for (const auto &[frameworkId, framework] : agent.state().frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            if (!matches(*executor, filter))
                continue;
            const std::size_t own = reports.size();
            reports.push_back(reportOf(*executor));
            const bool none = executor->isDefault && !executor->containerLaunched;
            if (none)
                reports.back().statistics = limitsOf(*executor);
            else
                questions.push_back({executor->containerizer, executor->containerId, {own}});
            for (const std::string &key : agent.nested().runningIn(executor->containerId)) {
                Question question{agent.nested().containerizerOf(key), key, {}};
                if (none)
                    question.reports.push_back(own);
                if (filter.nested) {
                    question.reports.push_back(reports.size());
                    reports.push_back(reportOf(agent.nested(), key));
                }
                if (!question.reports.empty())
                    questions.push_back(std::move(question));
            }
        }
    }
    if (filter.standalone && filter.frameworkId.empty())
        askStandalone(agent.nested(), filter, reports, questions);
    return questions;
}

/// Usages of parts add up, within limits that are known; the timestamp is the newest.
void add(const mesos::v1::ResourceStatistics &part,
         std::optional<mesos::v1::ResourceStatistics> &sum)
{
    if (!sum) {
        sum = part;
        return;
    }
    sum->set_timestamp(std::max(sum->timestamp(), part.timestamp()));
    sum->set_processes(sum->processes() + part.processes());
    sum->set_threads(sum->threads() + part.threads());
    sum->set_cpus_user_time_secs(sum->cpus_user_time_secs() + part.cpus_user_time_secs());
    sum->set_cpus_system_time_secs(sum->cpus_system_time_secs() + part.cpus_system_time_secs());
    sum->set_mem_rss_bytes(sum->mem_rss_bytes() + part.mem_rss_bytes());
}

} // namespace

void collectContainerReports(const Agent &agent, Clock &clock, const ContainerFilter &filter,
                             std::function<void(std::vector<ContainerReport>)> done)
{
    const auto collection = std::make_shared<Collection>();
    collection->done = std::move(done);
    collection->clock = &clock;
    const std::vector<Question> questions = questionsFor(agent, filter, collection->reports);
    if (questions.empty())
        return collection->finish();
    collection->open = questions.size();
    collection->timer = clock.after(patience, [collection] { collection->finish(); });
    for (const Question &question : questions) {
        question.containerizer->usage(
            question.container,
            [collection, reports = question.reports](Result<mesos::v1::ResourceStatistics> usage) {
                if (!collection->done)
                    return;
                for (const std::size_t report : reports) {
                    if (usage)
                        add(*usage, collection->reports[report].statistics);
                }
                if (--collection->open == 0)
                    collection->finish();
            });
    }
}

} // namespace meseta::agent
