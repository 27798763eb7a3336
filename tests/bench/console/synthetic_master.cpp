#include "tests/bench/console/synthetic_master.h"

#include <csignal>
#include <cstdio>
#include <map>
#include <vector>

#include <sys/prctl.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QTimer>

#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "mesos/v1/agent/agent.pb.h"
#include "tests/bench/console/living_cluster.h"

using namespace meseta;

namespace {

constexpr int feedEveryMs = 10;

QByteArray record(const std::string &bytes)
{
    return QByteArray::fromStdString(codec::encodeRecord(bytes));
}

constexpr int returningEachTime = 200; // 20,000 events a second
constexpr std::uint64_t logBytes = 10'000'000'000;
constexpr std::uint64_t logBytesEachMs = 1000;
constexpr std::uint64_t logLine = 100;
constexpr std::uint64_t needleLine = 4'000'000; // at 400 MB

/// What another leader tells: it knows the agents from its registry, and hears of nothing else
/// before they are back.
sample::Event ofTheNextLeader(sample::Event first)
{
    auto *state = sample::state(first);
    for (const auto &agent : state->get_agents().agents())
        *state->mutable_get_agents()->add_recovered_agents() = agent.agent_info();
    state->mutable_get_agents()->clear_agents();
    state->clear_get_tasks();
    state->clear_get_frameworks();
    first.mutable_subscribed()->clear_offers();
    return first;
}

/// Then they come back with their tasks.
std::vector<QByteArray> comeBack(const sample::Event &first)
{
    using mesos::v1::master::Event;
    std::vector<QByteArray> records;
    const auto &state = first.subscribed().get_state();
    for (const auto &framework : state.get_frameworks().frameworks()) {
        auto event = sample::mesosEvent(Event::FRAMEWORK_ADDED, first.time());
        *event.mutable_event()->mutable_framework_added()->mutable_framework() = framework;
        records.push_back(record(event.SerializeAsString()));
    }
    std::map<std::string, std::vector<QByteArray>> tasks;
    for (const auto &task : state.get_tasks().tasks())
        tasks[task.agent_id().value()].push_back(
            record(sample::taskAdded(task, first.time()).SerializeAsString()));
    for (const auto &agent : state.get_agents().agents()) {
        for (QByteArray &task : tasks[agent.agent_info().id().value()])
            records.push_back(std::move(task));
        auto event = sample::mesosEvent(Event::AGENT_ADDED, first.time());
        *event.mutable_event()->mutable_agent_added()->mutable_agent() = agent;
        records.push_back(record(event.SerializeAsString()));
    }
    return records;
}

/// A line of the log, wherever it is asked for: coloured, and one with a needle.
std::string lineOfLog(std::uint64_t number)
{
    std::string line = "\x1b[3" + std::to_string(1 + number % 6) + "mline " + std::to_string(number)
        + "\x1b[0m " + (number == needleLine ? "needle" : "");
    line.resize(logLine - 1, '.');
    return line + '\n';
}

std::string partOfLog(std::uint64_t offset, std::uint64_t length)
{
    std::string part;
    for (std::uint64_t line = offset / logLine; part.size() < length + logLine; ++line)
        part += lineOfLog(line);
    return part.substr(offset % logLine, length);
}

/// Feeds one subscriber.
class Feeder
{
public:
    Feeder(LivingCluster &city, double now) : m_city(city), m_now(now)
    {
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { feed(); });
        m_timer.setInterval(feedEveryMs);
        QObject::connect(&m_return, &QTimer::timeout, &m_return, [this] { bringBack(); });
        m_return.setInterval(feedEveryMs);
    }

    void start(std::shared_ptr<http::ResponseStream> stream) { m_stream = std::move(stream); }
    void cut()
    {
        m_timer.stop();
        if (const auto stream = std::exchange(m_stream, nullptr)) {
            stream->abort();
        }
    }
    void bringBack(std::vector<QByteArray> records)
    {
        m_returning = std::move(records);
        m_returned = 0;
        m_return.start();
    }
    void go()
    {
        m_clock.start();
        m_timer.start();
    }

private:
    void feed()
    {
        const qint64 due = m_clock.elapsed() * eventsPerSecond / 1000;
        QByteArray records;
        for (; m_fed < due; ++m_fed)
            records +=
                record(m_city.next(m_now + double(m_fed) / eventsPerSecond).SerializeAsString());
        if (m_stream)
            m_stream->write(records);
    }

    void bringBack()
    {
        QByteArray records;
        for (int i = 0; i < returningEachTime && m_returned < m_returning.size(); ++i)
            records += m_returning[m_returned++];
        if (m_stream)
            m_stream->write(records);
        if (m_returned == m_returning.size())
            m_return.stop();
    }

    LivingCluster &m_city;
    double m_now;
    QTimer m_return;
    std::vector<QByteArray> m_returning;
    std::size_t m_returned = 0;
    std::shared_ptr<http::ResponseStream> m_stream;
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_fed = 0;
};

} // namespace

int serveSyntheticMaster(int argc, char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    QCoreApplication application(argc, argv);
    const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    LivingCluster city({agentsOfBench, tasksOfBench, 40, 300}, now);
    // Made beforehand: how long this master takes to describe its cluster is not the console's
    // time.
    QByteArray first = record(city.snapshot().SerializeAsString());
    const qsizetype bytes = first.size();
    bool failsOver = false;
    http::Server server;
    http::Limits limits;
    limits.streamBacklogBytes = 512LL * 1024 * 1024;
    server.setLimits(limits);
    server.setDelegate("master");
    Feeder feeder(city, now);
    server.route("master", "/meseta/v1", [&](const http::Request &, auto responder) {
        auto stream = responder->stream(
            http::Response{200, {{"Content-Type", "application/x-protobuf"}}, {}});
        if (!first.isEmpty()) {
            stream->write(std::exchange(first, {}));
            return feeder.start(std::move(stream));
        }
        const sample::Event state = city.snapshot();
        stream->write(record((failsOver ? ofTheNextLeader(state) : state).SerializeAsString()));
        feeder.start(std::move(stream));
        if (std::exchange(failsOver, false))
            feeder.bringBack(comeBack(state));
    });
    const auto cut = [&](bool failover, auto responder) {
        failsOver = failover;
        feeder.cut();
        responder->send(http::Response::text(200));
    };
    server.route("master", "/cut",
                 [&](const http::Request &, auto responder) { cut(false, responder); });
    server.route("master", "/failover",
                 [&](const http::Request &, auto responder) { cut(true, responder); });
    QElapsedTimer sinceStart;
    sinceStart.start();
    server.route("master", "/api/v1", [&](const http::Request &request, auto responder) {
        using mesos::v1::agent::Call;
        mesos::v1::agent::Call call;
        mesos::v1::agent::Response response;
        if (!call.ParseFromArray(request.body.constData(), static_cast<int>(request.body.size())))
            return responder->send(http::Response::text(400));
        if (call.type() == Call::READ_FILE) {
            const std::uint64_t size =
                logBytes + logBytesEachMs * static_cast<std::uint64_t>(sinceStart.elapsed());
            const std::uint64_t from = std::min(size, call.read_file().offset());
            const std::uint64_t length = std::min<std::uint64_t>( // as a real agent
                {size - from, call.read_file().length(), 64 * 1024});
            response.set_type(mesos::v1::agent::Response::READ_FILE);
            response.mutable_read_file()->set_size(size);
            response.mutable_read_file()->set_data(length ? partOfLog(from, length) : "");
        }
        responder->send(http::Response{200,
                                       {{"Content-Type", "application/x-protobuf"}},
                                       QByteArray::fromStdString(response.SerializeAsString())});
    });
    server.route("master", "/go", [&](const http::Request &, auto responder) {
        feeder.go();
        responder->send(http::Response::text(200));
    });
    if (const auto listening = server.listen(QHostAddress::LocalHost, 0); !listening)
        return 1;
    std::printf("%d %lld\n", server.port(), static_cast<long long>(bytes));
    std::fflush(stdout);
    return QCoreApplication::exec();
}
