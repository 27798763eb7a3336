#include "daemons/agent/operator_api/container_reports.h"

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
    return executor.containerLaunched && executor.state != Executor::State::Terminated
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

} // namespace

void collectContainerReports(const AgentState &state, Clock &clock, const ContainerFilter &filter,
                             std::function<void(std::vector<ContainerReport>)> done)
{
    const auto collection = std::make_shared<Collection>();
    collection->done = std::move(done);
    collection->clock = &clock;
    std::vector<std::pair<Containerizer *, std::string>> asked;
    for (const auto &[frameworkId, framework] : state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            if (!matches(*executor, filter))
                continue;
            collection->reports.push_back(reportOf(*executor));
            asked.emplace_back(executor->containerizer, executor->containerId);
        }
    }
    if (asked.empty())
        return collection->finish();
    collection->open = asked.size();
    collection->timer = clock.after(patience, [collection] { collection->finish(); });
    for (std::size_t i = 0; i < asked.size(); ++i) {
        asked[i].first->usage(asked[i].second,
                              [collection, i](Result<mesos::v1::ResourceStatistics> usage) {
                                  if (!collection->done)
                                      return;
                                  if (usage)
                                      collection->reports[i].statistics = std::move(*usage);
                                  if (--collection->open == 0)
                                      collection->finish();
                              });
    }
}

} // namespace meseta::agent
