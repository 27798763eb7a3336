#pragma once

#include <string>
#include <vector>

#include <QStringList>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/engine/master.h"
#include "tests/daemons/master/support/recording_outbox.h"

namespace meseta::master::test {

using namespace std::chrono_literals;
using Call = mesos::v1::scheduler::Call;

struct AgentSpec
{
    std::string resources = "cpus:4;mem:4096";
    std::string hostname = "host";
    std::uint16_t port = 5051;
    bool capable = true; ///< the capabilities of an agent of today
    std::string process = "0123456789abcdef"; ///< its resource version: each process draws its own
};

struct SchedulerSpec
{
    std::string name = "framework";
    std::string id = {};
    std::vector<std::string> roles = {"*"};
    bool multiRole = true;
    bool partitionAware = true;
    bool checkpoint = true;
    double failoverTimeout = 0;
    std::string principal = {};
};

/// A master that leads, on a clock that stands still, with everything it does written down. Its id
/// is "M".
class TestMaster
{
public:
    using MakeRegistry = std::function<std::unique_ptr<Registry>(Clock &)>;
    /// Without `make` its registry is in memory.
    explicit TestMaster(MasterOptions options = {}, const MakeRegistry &make = {});

    SimulatedClock clock;
    SeededRandom random{7};
    RecordingOutbox outbox;
    Master master;

    /// What happened since the last call, after letting all that is due happen.
    QStringList take();

    // --- Agents; their pid is slave(1)@10.0.0.1:<port>.
    static messages::Pid pidOf(const AgentSpec &spec)
    {
        return {"slave(1)", "10.0.0.1", spec.port};
    }
    /// Registers and answers its first ping; gives its id and forgets what was written down.
    std::string addAgent(const AgentSpec &spec = {});
    void registerAgent(const AgentSpec &spec);
    mesos::internal::ReregisterSlaveMessage reregistration(const AgentSpec &spec,
                                                           const std::string &id) const;
    template <typename Message> void fromAgent(const Message &message, const AgentSpec &spec = {})
    {
        master.receive(pidOf(spec), "master", message.GetTypeName(),
                       message.SerializePartialAsString());
    }
    void pong(const AgentSpec &spec = {});

    /// An update of the agent about a task; `latest` is what it is in by now. Gives the uuid.
    std::string update(const std::string &agentId, const std::string &frameworkId,
                       const std::string &taskId, mesos::v1::TaskState state,
                       std::optional<mesos::v1::TaskState> latest = {});

    // --- Schedulers; streams are numbered from 1.
    static mesos::v1::FrameworkInfo info(const SchedulerSpec &spec);
    /// Subscribes on a new stream; gives the stream's number.
    StreamHandle subscribe(const SchedulerSpec &spec = {});
    /// The framework that is on a stream.
    Framework &on(StreamHandle stream);
    tl::expected<void, Refusal> call(StreamHandle stream, Call call);

    void accept(StreamHandle stream, const std::vector<std::string> &offers,
                const std::vector<mesos::v1::TaskInfo> &tasks, double refuseSeconds = 5);
    void decline(StreamHandle stream, const std::string &offer, double refuseSeconds);
    void acknowledge(StreamHandle stream, const std::string &agentId, const std::string &taskId,
                     const std::string &uuid);
    void kill(StreamHandle stream, const std::string &taskId);

    static mesos::v1::TaskInfo task(const std::string &id, const std::string &agentId,
                                    const std::string &resources = "cpus:1;mem:128");
    static mesos::v1::TaskInfo taskWithExecutor(const std::string &id, const std::string &agentId,
                                                const std::string &executorId);

    /// Runs a task on an agent that was just offered whole, up to TASK_RUNNING acknowledged.
    void run(StreamHandle stream, const std::string &offer, const mesos::v1::TaskInfo &task);

private:
    StreamHandle m_nextStream = 1;
};

/// "cpus:1;mem:2" as messages hold it.
google::protobuf::RepeatedPtrField<mesos::v1::Resource> resources(const std::string &text);

} // namespace meseta::master::test

/// Compares a transcript with its expectation, and shows both when they differ.
#define COMPARE_LINES(actual, ...)                                                                 \
    do {                                                                                           \
        const QStringList actualLines = (actual);                                                  \
        const QStringList expectedLines{__VA_ARGS__};                                              \
        if (actualLines != expectedLines)                                                          \
            qWarning("happened:\n  %s\nexpected:\n  %s",                                           \
                     qPrintable(actualLines.join(QStringLiteral("\n  "))),                         \
                     qPrintable(expectedLines.join(QStringLiteral("\n  "))));                      \
        QCOMPARE(actualLines, expectedLines);                                                      \
    } while (false)
