#include "tests/bench/cluster/scenarios.h"

#include "mesos/v1/master/master.pb.h"
#include "tests/bench/cluster/bench_scheduler.h"
#include "tests/bench/cluster/emulated_agents.h"
#include "tests/bench/cluster/figures.h"

namespace meseta::bench {

namespace {

constexpr double taskCpus = 0.01;
constexpr double taskMemory = 1;
constexpr double patience = 300; // seconds that one step may take

bool complain(const char *what, const BenchScheduler &scheduler)
{
    std::fprintf(stderr, "gave up: %s (%s)\n", what, qPrintable(scheduler.problem()));
    return false;
}

/// The steps share one set of agents and one scheduler.
class ClusterRun
{
public:
    ClusterRun(const Options &options, Random &random)
        : m_options(options)
        , m_agents(options.pid(), random)
        , m_scheduler(options.endpoint(), "bench")
    { }

    bool run()
    {
        return registerAgents() && holdTasks() && singleLaunches() && freedResources()
            && readState() && fanOut();
    }

private:
    bool registerAgents();
    bool holdTasks();
    bool singleLaunches();
    bool freedResources();
    bool readState();
    bool fanOut();
    bool read(const char *what, const QByteArray &mediaType);
    double resident() const { return residentBytes(m_options.masterPid).value_or(0); }

    Options m_options;
    EmulatedAgents m_agents;
    BenchScheduler m_scheduler;
    std::vector<std::pair<std::string, std::string>> m_held; // agent, task
};

bool ClusterRun::registerAgents()
{
    const double before = resident(), start = now();
    // Room for the tasks to hold and for those that come and go.
    const double perAgent = 2.0 * m_options.tasks / m_options.agents + 40;
    if (const auto started =
            m_agents.start(m_options.agents, perAgent * taskCpus, perAgent * taskMemory + 64);
        !started) {
        std::fprintf(stderr, "%s\n", started.error().message.c_str());
        return false;
    }
    if (!waitFor([&] { return m_agents.registered() == m_options.agents; }, patience))
        return complain("not all agents were registered", m_scheduler);
    report("agents registered a second", format("%.0f", m_options.agents / (now() - start)));
    if (m_options.masterPid)
        report("master RSS an agent",
               format("%.1f kB", (resident() - before) / m_options.agents / 1024));
    return true;
}

bool ClusterRun::holdTasks()
{
    m_scheduler.subscribe();
    if (!waitFor([&] { return static_cast<int>(m_scheduler.offers().size()) >= m_options.agents; },
                 patience))
        return complain("not all agents were offered", m_scheduler);
    const double before = resident();
    int running = 0;
    m_scheduler.onUpdate = [&](const mesos::v1::TaskStatus &status) {
        if (status.state() != mesos::v1::TASK_RUNNING)
            return;
        ++running;
        m_held.emplace_back(status.agent_id().value(), status.task_id().value());
    };
    const double start = now();
    const int perAgent = m_options.tasks / m_options.agents;
    int sent = 0;
    auto offers = std::exchange(m_scheduler.offers(), {});
    for (const auto &offer : offers) {
        m_scheduler.launch(offer, perAgent, taskCpus, taskMemory, "true", 1e6);
        sent += perAgent;
    }
    if (!waitFor([&] { return running >= sent; }, patience))
        return complain("not all tasks run", m_scheduler);
    report("launches a second, batched by " + std::to_string(perAgent),
           format("%.0f", sent / (now() - start)));
    if (m_options.masterPid) {
        report("master RSS a task", format("%.2f kB", (resident() - before) / sent / 1024));
        report("master RSS now", format("%.0f MB", resident() / 1024 / 1024));
    }
    m_scheduler.onUpdate = nullptr;
    return true;
}

// A second scheduler is offered what the first refuses; one task an ACCEPT, one ACCEPT at a time.
bool ClusterRun::singleLaunches()
{
    BenchScheduler single(m_options.endpoint(), "single");
    Samples toRunning;
    std::string awaited;
    double sentAt = 0;
    single.onUpdate = [&](const mesos::v1::TaskStatus &status) {
        if (status.task_id().value() != awaited)
            return;
        toRunning.add(now() - sentAt);
        awaited.clear();
    };
    single.subscribe();
    const double start = now();
    for (int i = 0; i < m_options.samples; ++i) {
        if (!waitFor([&] { return !single.offers().empty(); }, 60))
            return complain("no offer for a single launch", single);
        const auto offer = single.offers().front();
        single.offers().pop_front();
        sentAt = now();
        awaited = single.launch(offer, 1, taskCpus, taskMemory).front();
        if (!waitFor([&] { return awaited.empty(); }, 60))
            return complain("a single launch was not answered", single);
    }
    report("launches a second, one at a time", format("%.0f", m_options.samples / (now() - start)));
    report("ACCEPT to TASK_RUNNING", toRunning.text());
    single.teardown();
    waitFor([] { return false; }, 0.5);
    return true;
}

// Each round fills one agent up, ends a task there, and waits for the agent to be offered again.
bool ClusterRun::freedResources()
{
    BenchScheduler waiting(m_options.endpoint(), "waiting");
    Samples toOffer;
    std::string watched;
    double freedAt = 0;
    bool offered = false;
    waiting.onOffer = [&](const mesos::v1::Offer &offer) {
        if (offer.agent_id().value() == watched && freedAt > 0) {
            toOffer.add(now() - freedAt);
            offered = true;
            freedAt = 0;
        }
    };
    waiting.subscribe();
    if (!waitFor(
            [&] {
                return static_cast<int>(waiting.offers().size())
                    >= std::min(m_options.agents, m_options.samples);
            },
            60))
        return complain("no offers to hold back", waiting);
    // What is offered now stays held, so the freed task's resources alone make the next offer of
    // that agent.
    const int rounds = std::min<int>(m_options.samples, static_cast<int>(waiting.offers().size()));
    for (int i = 0; i < rounds; ++i) {
        watched = waiting.offers()[static_cast<std::size_t>(i)].agent_id().value();
        const auto task = std::find_if(m_held.begin(), m_held.end(),
                                       [&](const auto &held) { return held.first == watched; });
        if (task == m_held.end())
            continue;
        offered = false;
        const int needed = 4; // one task is less than the smallest offer; free a few
        freedAt = 0;
        int freed = 0;
        for (auto it = m_held.begin(); it != m_held.end() && freed < needed;) {
            if (it->first == watched) {
                if (++freed == needed)
                    freedAt = now();
                m_agents.finish(it->first, it->second);
                it = m_held.erase(it);
            } else {
                ++it;
            }
        }
        if (freedAt == 0)
            freedAt = now();
        if (!waitFor([&] { return offered; }, 20))
            break;
    }
    report("resource freed to its next offer", toOffer.text());
    waiting.teardown();
    waitFor([] { return false; }, 0.5);
    return true;
}

bool ClusterRun::read(const char *what, const QByteArray &mediaType)
{
    http::Client client;
    mesos::v1::master::Call call;
    call.set_type(mesos::v1::master::Call::GET_STATE);
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1";
    request.headers = {{"Content-Type", "application/x-protobuf"}, {"Accept", mediaType}};
    request.body = QByteArray::fromStdString(call.SerializeAsString());
    bool done = false;
    qsizetype size = 0;
    const double start = now();
    client.call(m_options.endpoint(), request,
                [&](Result<http::Response> answer) {
                    done = true;
                    size = answer ? answer->body.size() : 0;
                },
                {std::chrono::milliseconds(120000), {}, 2LL * 1024 * 1024 * 1024});
    if (!waitFor([&] { return done; }, 130) || size == 0)
        return complain(what, m_scheduler);
    report(what,
           format("%.3f s", now() - start) + format(", %.1f MB", static_cast<double>(size) / 1e6));
    return true;
}

bool ClusterRun::readState()
{
    const std::string tasks = std::to_string(m_agents.running()) + " tasks";
    for (int repeat = 0; repeat < 2; ++repeat) { // the first warms up
        if (!read(("GET_STATE in JSON, " + tasks).c_str(), "application/json")
            || !read(("GET_STATE in protobuf, " + tasks).c_str(), "application/x-protobuf"))
            return false;
    }
    return true;
}

bool ClusterRun::fanOut()
{
    // Small snapshots are not what is measured: each subscriber's counting starts when all have
    // theirs.
    http::Client client;
    std::vector<std::unique_ptr<http::Exchange>> streams;
    std::vector<std::unique_ptr<codec::RecordDecoder>> decoders;
    std::uint64_t records = 0;
    mesos::v1::master::Call call;
    call.set_type(mesos::v1::master::Call::SUBSCRIBE);
    for (int i = 0; i < m_options.subscribers; ++i) {
        http::Request request;
        request.method = "POST";
        request.target = "/api/v1";
        request.headers = {{"Content-Type", "application/x-protobuf"},
                           {"Accept", "application/x-protobuf"}};
        request.body = QByteArray::fromStdString(call.SerializeAsString());
        decoders.push_back(std::make_unique<codec::RecordDecoder>(std::size_t(1) << 30));
        streams.push_back(client.open(m_options.endpoint(), request));
        QObject::connect(streams.back().get(), &http::Exchange::data, streams.back().get(),
                         [&records, decoder = decoders.back().get()](const QByteArray &bytes) {
                             if (auto whole = decoder->feed(
                                     {bytes.constData(), static_cast<std::size_t>(bytes.size())}))
                                 records += whole->size();
                         });
    }
    const auto expectedFirst =
        static_cast<std::uint64_t>(2 * m_options.subscribers); // SUBSCRIBED and HEARTBEAT
    if (!waitFor([&] { return records >= expectedFirst; }, 120))
        return complain("not all event streams opened", m_scheduler);

    const int updates = std::min<int>(5000, static_cast<int>(m_held.size()));
    records = 0;
    const double start = now();
    for (int i = 0; i < updates; ++i)
        m_agents.finish(m_held[static_cast<std::size_t>(i)].first,
                        m_held[static_cast<std::size_t>(i)].second);
    const auto expected =
        static_cast<std::uint64_t>(updates) * static_cast<std::uint64_t>(m_options.subscribers);
    if (!waitFor([&] { return records >= expected; }, 120))
        return complain("not all events arrived", m_scheduler);
    report("events delivered a second to " + std::to_string(m_options.subscribers) + " subscribers",
           format("%.0f", static_cast<double>(expected) / (now() - start)));
    return true;
}

} // namespace

bool measureCluster(const Options &options, Random &random)
{
    return ClusterRun(options, random).run();
}

bool measureCommandTasks(const Options &options)
{
    BenchScheduler scheduler(options.endpoint(), "commands");
    constexpr int tasks = 100;
    int ended = 0, failed = 0;
    scheduler.onUpdate = [&](const mesos::v1::TaskStatus &status) {
        if (status.state() == mesos::v1::TASK_FINISHED)
            ++ended;
        else if (status.state() != mesos::v1::TASK_STARTING
                 && status.state() != mesos::v1::TASK_RUNNING)
            ++failed;
    };
    scheduler.subscribe();
    if (!waitFor([&] { return !scheduler.offers().empty(); }, 30))
        return complain("the agent was not offered", scheduler);
    const double start = now();
    scheduler.launch(scheduler.offers().front(), tasks, 0.1, 32);
    if (!waitFor([&] { return ended + failed == tasks; }, 120))
        return complain("not all commands ended", scheduler);
    report("100 commands of `true` in one ACCEPT, all finished",
           format("%.3f s", now() - start) + (failed ? ", FAILED " + std::to_string(failed) : ""));
    scheduler.teardown();
    waitFor([] { return false; }, 0.2);
    return failed == 0;
}

} // namespace meseta::bench
