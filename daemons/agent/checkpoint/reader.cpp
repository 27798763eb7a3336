#include "daemons/agent/checkpoint/reader.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iterator>
#include <thread>

#include <google/protobuf/wrappers.pb.h>

#include "common/store/record_file.h"
#include "daemons/agent/checkpoint/layout.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/registration/slave_info.h"

namespace meseta::agent {

using namespace mesos::internal;

bool RecoveredTask::hasEnded() const
{
    return !updates.empty() && isTerminal(updates.back().status().state());
}

bool RecoveredTask::isDone() const
{
    return hasEnded() && acknowledged.count(updates.back().uuid()) > 0;
}

namespace {

/// Reads one work_dir. What cannot be read is noted, with what leaving it out means.
class AgentReader
{
public:
    AgentReader(store::Disk &disk, const ReaderOptions &options) : m_disk(disk), m_options(options)
    { }

    Result<RecoveredAgent> read();

private:
    enum class Found { Yes, Missing, Damaged };
    /// What survives a power cut must be whole after it; of the rest, which nothing that still runs
    /// needs then, parts may be missing.
    enum class Flushed { No, Yes };
    /// The runs of one executor, by their container ids.
    struct RunsOf
    {
        layout::ExecutorPath path;
        std::vector<std::string> open;
        std::string ended; ///< the last that was over
        double endedAt = 0; ///< seconds since the epoch
    };

    Found record(const std::string &path, google::protobuf::MessageLite &message,
                 const std::string &without, Flushed flushed = Flushed::No);
    std::string text(const std::string &path);
    std::optional<std::string> bytes(const std::string &path)
    {
        return m_disk.read(full(path)).value_or(std::nullopt);
    }
    std::vector<std::string> names(const std::string &folder);
    std::string full(const std::string &path) const { return m_options.metaFolder + "/" + path; }
    void damaged(const std::string &what, const std::string &without,
                 Flushed flushed = Flushed::No);
    void giveUpAfterPowerCut(const std::string &path, Flushed flushed);

    void readBootId();
    void readAgentInfo();
    void readDrain();
    void readFrameworks();
    void takeOver(AgentReader &&part);
    void readFramework(const layout::FrameworkPath &path);
    RunsOf runsOf(const layout::ExecutorPath &path);
    std::vector<RunsOf> executorsOf(const layout::FrameworkPath &path);
    void readExecutor(const RunsOf &found, RecoveredFramework &framework);
    void readEnded(const RunsOf &found, RecoveredFramework &framework);
    void readDriver(const layout::RunPath &path, RecoveredRun &run);
    void readRun(const layout::RunPath &path, RecoveredRun run, RecoveredFramework &framework);
    bool readTask(const layout::RunPath &path, const std::string &taskId, RecoveredRun &run);
    bool readUpdates(const std::string &path, RecoveredTask &task);
    void readEnding(const std::string &path, RecoveredTask &task);
    bool take(const StatusUpdateRecord &record, RecoveredTask &task);

    store::Disk &m_disk;
    const ReaderOptions &m_options;
    RecoveredAgent m_found;
    bool m_history = false; ///< reading what was over: nothing depends on it
    std::string m_fatal; ///< the first damage, with --strict
};

AgentReader::Found AgentReader::record(const std::string &path,
                                       google::protobuf::MessageLite &message,
                                       const std::string &without, Flushed flushed)
{
    const Result<bool> found = store::readRecord(m_disk, full(path), message);
    if (!found) {
        damaged(found.error().message, without, flushed);
        giveUpAfterPowerCut(path, flushed);
        return Found::Damaged;
    }
    return *found ? Found::Yes : Found::Missing;
}

std::string AgentReader::text(const std::string &path)
{
    std::string text = bytes(path).value_or(std::string());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0'))
        text.pop_back();
    return text;
}

std::vector<std::string> AgentReader::names(const std::string &folder)
{
    return m_disk.list(full(folder)).value_or(std::vector<std::string>());
}

void AgentReader::damaged(const std::string &what, const std::string &without, Flushed flushed)
{
    if (!m_options.strict || m_history || (m_found.rebooted && flushed == Flushed::No))
        m_found.errors.push_back(what + "; going on without it: " + without);
    else if (m_fatal.empty())
        m_fatal = what + ". Start the agent with --no-strict to go on without it: " + without;
}

/// A file that a power cut left in part goes: the agent after this one, which is the first of no
/// start of the machine, would take it for damage.
void AgentReader::giveUpAfterPowerCut(const std::string &path, Flushed flushed)
{
    if (m_found.rebooted && flushed == Flushed::No)
        m_found.leftovers.push_back(path);
}

Result<RecoveredAgent> AgentReader::read()
{
    if (m_options.agentId.empty())
        return std::move(m_found);
    readBootId();
    readAgentInfo();
    if (m_found.info) {
        readDrain();
        readFrameworks();
    }
    if (!m_fatal.empty())
        return fail(m_fatal);
    return std::move(m_found);
}

/// Each by a reader of its own; what they found is put together in the order of the names.
void AgentReader::readFrameworks()
{
    const std::vector<std::string> ids = names(layout::agent(m_options.agentId) + "/frameworks");
    std::vector<AgentReader> parts(ids.size(), AgentReader(m_disk, m_options));
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < ids.size(); i = next++) {
            parts[i].m_found.rebooted = m_found.rebooted;
            parts[i].readFramework({m_options.agentId, ids[i]});
        }
    };
    const std::size_t wanted = std::min<std::size_t>(m_options.threads, ids.size());
    std::vector<std::jthread> others;
    while (others.size() + 1 < wanted)
        others.emplace_back(work);
    work();
    others.clear(); // waits for them
    for (AgentReader &part : parts)
        takeOver(std::move(part));
}

void AgentReader::takeOver(AgentReader &&part)
{
    const auto append = [](auto &all, auto &more) {
        std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    append(m_found.frameworks, part.m_found.frameworks);
    append(m_found.errors, part.m_found.errors);
    append(m_found.leftovers, part.m_found.leftovers);
    if (m_fatal.empty())
        m_fatal = part.m_fatal;
}

/// 36 characters, as the kernel tells it. A part of it must not be taken for another start.
void AgentReader::readBootId()
{
    const std::optional<std::string> kept = bytes(layout::bootId);
    if (!kept || m_options.bootId.empty())
        return;
    const std::string before = text(layout::bootId);
    if (before.size() == m_options.bootId.size())
        m_found.rebooted = before != m_options.bootId;
    else
        damaged("'" + full(layout::bootId) + "' is damaged: '" + before + "' is no boot id",
                "the machine would be taken for not restarted since, and what ran here looked for",
                Flushed::Yes);
}

void AgentReader::readAgentInfo()
{
    mesos::SlaveInfo info;
    if (record(layout::agentInfo(m_options.agentId), info,
               "it would start as a new agent, and end every container of the earlier one",
               Flushed::Yes)
            == Found::Yes
        && info.id().value() == m_options.agentId)
        m_found.info = toAgentInfo(info);
}

void AgentReader::readDrain()
{
    mesos::v1::DrainConfig drain;
    if (record(layout::drainConfig(m_options.agentId), drain,
               "it would not know that it is being drained until the master says so again",
               Flushed::Yes)
        == Found::Yes)
        m_found.drain = drain;
}

AgentReader::RunsOf AgentReader::runsOf(const layout::ExecutorPath &path)
{
    RunsOf found{path, {}, {}, 0};
    std::vector<std::string> over;
    for (const std::string &id : names(path.runs())) {
        if (id == "latest" || id == "latest.new") // links to one of the others
            continue;
        const layout::RunPath place{path, id};
        const std::optional<std::string> sentinel = bytes(place.sentinel());
        if (!sentinel) {
            found.open.push_back(id);
            continue;
        }
        over.push_back(id);
        const double at = std::strtod(sentinel->c_str(), nullptr); // 0 where Mesos wrote it
        if (found.ended.empty() || at > found.endedAt) {
            found.ended = id;
            found.endedAt = at;
        }
    }
    if (!found.open.empty())
        found.ended.clear();
    for (const std::string &id : over) {
        if (id != found.ended)
            m_found.leftovers.push_back(layout::RunPath{path, id}.folder());
    }
    return found;
}

/// Those with something to take up, and the newest of those that were over, oldest first.
std::vector<AgentReader::RunsOf> AgentReader::executorsOf(const layout::FrameworkPath &path)
{
    std::vector<RunsOf> open, ended;
    for (const std::string &id : names(path.executors())) {
        RunsOf found = runsOf({path, id});
        (found.ended.empty() ? open : ended).push_back(std::move(found));
    }
    std::stable_sort(ended.begin(), ended.end(),
                     [](const RunsOf &a, const RunsOf &b) { return a.endedAt < b.endedAt; });
    const std::size_t limit = m_options.maxHistoryPerFramework;
    const std::size_t tooOld = ended.size() > limit ? ended.size() - limit : 0;
    for (std::size_t i = 0; i < tooOld; ++i)
        m_found.leftovers.push_back(ended[i].path.folder());
    open.insert(open.end(), ended.begin() + static_cast<std::ptrdiff_t>(tooOld), ended.end());
    return open;
}

void AgentReader::readFramework(const layout::FrameworkPath &path)
{
    RecoveredFramework framework;
    const std::vector<RunsOf> executors = executorsOf(path);
    m_history = !executors.empty()
        && std::none_of(executors.begin(), executors.end(),
                        [](const RunsOf &one) { return one.ended.empty(); });
    const Found found = record(path.info(), framework.info,
                               "framework '" + path.frameworkId
                                   + (m_history ? "' would not be listed as one that ran here"
                                                : "' would be unknown, and all it runs here would "
                                                  "be ended"));
    const bool spent = m_history || m_found.rebooted;
    m_history = false;
    if (found == Found::Damaged && !spent)
        return;
    if (found != Found::Yes) {
        m_found.leftovers.push_back(path.folder());
        return;
    }
    if (const auto pid = messages::Pid::parse(text(path.pid())); pid && pid->port != 0)
        framework.pid = *pid;
    for (const RunsOf &executor : executors) {
        if (!m_fatal.empty())
            return;
        if (executor.ended.empty())
            readExecutor(executor, framework);
        else
            readEnded(executor, framework);
    }
    if (framework.runs.empty() && framework.history.empty())
        m_found.leftovers.push_back(path.folder());
    else
        m_found.frameworks.push_back(std::move(framework));
}

void AgentReader::readExecutor(const RunsOf &runs, RecoveredFramework &framework)
{
    const layout::ExecutorPath &path = runs.path;
    RecoveredRun run;
    const Found found =
        record(path.info(), run.info,
               "executor '" + path.executorId + "' of framework '" + path.framework.frameworkId
                   + "' would be ended, and the master told that its tasks are "
                     "not here");
    if (found == Found::Damaged && !m_found.rebooted)
        return;
    if (found != Found::Yes) {
        m_found.leftovers.push_back(path.folder());
        return;
    }
    const std::string forCommand = text(path.forCommandTask());
    run.isCommand = forCommand == "1";
    if (forCommand != "1" && forCommand != "0" && bytes(path.forCommandTask())) {
        damaged("'" + full(path.forCommandTask()) + "' is damaged: it holds '" + forCommand
                    + "' where 0 or 1 is due",
                "executor '" + path.executorId + "' would be ended");
        if (m_found.rebooted)
            m_found.leftovers.push_back(path.folder());
        return;
    }
    for (const std::string &id : runs.open) {
        run.containerId = id;
        if (m_fatal.empty())
            readRun({path, id}, run, framework);
    }
}

/// What it was is all that is asked of it: nothing of it runs, nothing of it is owed.
void AgentReader::readEnded(const RunsOf &runs, RecoveredFramework &framework)
{
    m_history = true;
    const layout::RunPath path{runs.path, runs.ended};
    RecoveredRun run;
    run.containerId = runs.ended;
    run.ended = runs.endedAt;
    const std::string without =
        "executor '" + runs.path.executorId + "' would not be listed as one that ran here";
    if (record(runs.path.info(), run.info, without) == Found::Yes) {
        run.isCommand = text(runs.path.forCommandTask()) == "1";
        for (const std::string &taskId : names(path.tasks()))
            (void)readTask(path, taskId, run);
        framework.history.push_back(std::move(run));
    } else {
        m_found.leftovers.push_back(runs.path.folder());
    }
    m_history = false;
}

void AgentReader::readRun(const layout::RunPath &path, RecoveredRun run,
                          RecoveredFramework &framework)
{
    readDriver(path, run);
    run.http = bytes(path.httpMarker()).has_value();
    run.exited = bytes(path.exitMarker()).has_value();
    for (const std::string &taskId : names(path.tasks())) {
        if (readTask(path, taskId, run) || !run.isCommand)
            continue;
        if (m_found.rebooted)
            m_found.leftovers.push_back(path.folder());
        return; // without its task there is nothing to rebuild it from
    }
    // An executor of a framework's own may wait for its next task.
    if (run.tasks.empty() && (run.isCommand || !run.hasRegistered()))
        m_found.leftovers.push_back(path.folder());
    else
        framework.runs.push_back(std::move(run));
}

/// The record tells it when there is one: the text, as Mesos has it, would not show its damage.
void AgentReader::readDriver(const layout::RunPath &path, RecoveredRun &run)
{
    const std::string without =
        "executor '" + path.executor.executorId + "' would not be asked to come back, and be ended";
    google::protobuf::StringValue kept;
    const bool known = record(path.driverRecord(), kept, without) == Found::Yes;
    const std::string told = known ? kept.value() : text(path.driverPid());
    const auto pid = messages::Pid::parse(told);
    if (pid && pid->port != 0)
        run.driver = *pid;
    if (run.driver || (!known && !bytes(path.driverPid())))
        return;
    damaged("'" + full(path.driverPid()) + "' is damaged: '" + told + "' is no address", without);
    giveUpAfterPowerCut(path.driverPid(), Flushed::No);
}

/// False when it is damaged.
bool AgentReader::readTask(const layout::RunPath &path, const std::string &taskId,
                           RecoveredRun &run)
{
    const std::string without = "task '" + taskId + "' of framework '"
        + path.executor.framework.frameworkId + "' would be unknown here, and the master told so";
    mesos::v1::Task raw;
    const Found found = record(path.taskInfo(taskId), raw, without);
    if (found != Found::Yes)
        return found == Found::Missing;
    Result<KeptTask> kept = decodeTask(raw.SerializeAsString());
    if (!kept) {
        damaged("'" + full(path.taskInfo(taskId)) + "' is damaged: " + kept.error().message,
                without);
        return false;
    }
    RecoveredTask task;
    task.kept = std::move(*kept);
    if (!readUpdates(path.taskUpdates(taskId), task))
        return false;
    readEnding(path.taskKill(taskId), task);
    run.tasks.push_back(std::move(task));
    return true;
}

bool AgentReader::readUpdates(const std::string &path, RecoveredTask &task)
{
    const std::string without = "task '" + task.kept.task.task_id().value()
        + "' would be taken as it was by the updates before the damaged one, and those after it "
          "would be lost";
    const Result<store::RecordList> list = store::readRecords(m_disk, full(path));
    if (!list) {
        damaged(list.error().message, without);
        return !m_options.strict || m_history;
    }
    bool readable = true;
    for (const std::string &bytes : list->records) {
        StatusUpdateRecord record;
        readable = readable && record.ParseFromString(bytes) && take(record, task);
    }
    if (!readable)
        damaged("'" + full(path) + "' is damaged: it holds a record that is no StatusUpdateRecord",
                without, Flushed::Yes);
    if (!list->damage.empty())
        damaged(list->damage, without, Flushed::Yes);
    if (!m_fatal.empty())
        return false;
    const bool isCut = list->tornBytes > 0 || !list->damage.empty();
    if (!isCut && (m_history || list->records.empty()))
        return true;
    if (auto file = m_disk.open(full(path), store::Disk::Open::Append)) {
        if (isCut) // what is appended has to follow a whole record
            (void)(*file)->truncate(list->goodBytes);
        // The earlier agent may have died between a write and its flush: what is acted on now
        // must not be gone after a power cut.
        (void)(*file)->sync();
    }
    return true;
}

bool AgentReader::take(const StatusUpdateRecord &record, RecoveredTask &task)
{
    if (record.type() == StatusUpdateRecord::ACK)
        task.acknowledged.insert(record.uuid());
    else if (record.has_update())
        task.updates.push_back(record.update());
    else
        return false;
    return true;
}

void AgentReader::readEnding(const std::string &path, RecoveredTask &task)
{
    const std::string without = "a kill of task '" + task.kept.task.task_id().value()
        + "' that was under way would have to be asked for again";
    mesos::v1::Labels labels;
    if (record(path, labels, without) != Found::Yes)
        return;
    if (const auto ending = decodeEnding(labels.SerializeAsString()))
        task.ending = *ending;
    else
        damaged("'" + full(path) + "' is damaged: " + ending.error().message, without);
}

} // namespace

Result<RecoveredAgent> readAgent(store::Disk &disk, const ReaderOptions &options)
{
    return AgentReader(disk, options).read();
}

} // namespace meseta::agent
