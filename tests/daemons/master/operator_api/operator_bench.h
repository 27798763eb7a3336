#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "common/codec/record_io.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/http/client.h"
#include "common/http/server.h"
#include "daemons/master/engine/master.h"
#include "daemons/master/operator_api/operator_api.h"

namespace meseta::master {

/// Swallows what the master sends, but keeps the events of schedulers.
class RecordingOutbox final : public MasterOutbox
{
public:
    void send(const std::string &, const messages::Pid &, const std::string &name,
              std::string) override
    {
        sent.push_back(name);
    }
    void link(const messages::Pid &) override { }
    void unlink(const messages::Pid &) override { }
    void cut(const messages::Pid &) override { }
    void attach(const std::string &) override { }
    void detach(const std::string &) override { }
    void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) override
    {
        events.emplace_back(stream, event);
    }
    void endStream(StreamHandle) override { }

    std::vector<std::string> sent;
    std::vector<std::pair<StreamHandle, mesos::v1::scheduler::Event>> events;
};

/// An event stream being read.
struct StreamReader
{
    std::unique_ptr<http::Exchange> exchange;
    http::Response head;
    codec::RecordDecoder decoder{512 * 1024 * 1024};
    std::vector<std::string> records;
    std::vector<QByteArray> pieces; ///< as they came from the connection
    bool closed = false;

    bool waitFor(std::size_t count)
    {
        return QTest::qWaitFor([this, count] { return records.size() >= count; }, 10000);
    }
    QJsonObject json(std::size_t index) const
    {
        return QJsonDocument::fromJson(QByteArray::fromStdString(records.at(index))).object();
    }
};

/// A whole master on a clock that stands still, its operator's doors on a real HTTP server.
class OperatorBench
{
public:
    explicit OperatorBench(std::uint64_t seed = 1, OperatorApiOptions apiOptions = {},
                           MasterOptions options = defaults())
        : random(seed)
        , master(std::move(options), clock, random, outbox)
        , api(server, master.core(),
              SharedServices{{{"cluster", "bench"}, {"port", "5050"}}, metrics, files, logging},
              std::move(apiOptions))
    {
        server.setDelegate("master");
        const auto listening = server.listen(QHostAddress::LocalHost, 0);
        if (!listening)
            qFatal("%s", listening.error().message.c_str());
        master.lead();
    }

    static MasterOptions defaults()
    {
        MasterOptions options;
        options.id = "M1";
        options.pid = {"master", "127.0.0.1", 5050};
        options.hostname = "127.0.0.1";
        options.version = "1.11.0";
        return options;
    }

    // --- The cluster.
    std::string
    addAgent(const std::string &resources = "cpus:4;mem:2048;disk:4096;ports:[31000-32000]",
             const std::vector<mesos::v1::Attribute> &attributes = {})
    {
        const messages::Pid pid{"slave(1)", "127.0.0.1", ++m_lastPort};
        mesos::internal::RegisterSlaveMessage message;
        auto &info = *message.mutable_slave();
        info.set_hostname("127.0.0.1");
        info.set_port(pid.port);
        *info.mutable_resources() = Resources::parse(resources)->proto();
        for (const auto &attribute : attributes)
            *info.add_attributes() = attribute;
        message.set_version("1.11.0");
        using Capability = mesos::v1::AgentInfo::Capability;
        for (int type = Capability::MULTI_ROLE; type <= Capability::TASK_RESOURCE_LIMITS; ++type)
            message.add_agent_capabilities()->set_type(Capability::Type(type));
        master.receive(pid, "master", message.GetTypeName(), message.SerializeAsString());
        clock.settle();
        for (const auto &[id, agent] : master.cluster().agents()) {
            if (agent->pid == pid)
                return id;
        }
        return {};
    }

    std::string subscribe(const std::string &name, const std::vector<std::string> &roles = {"*"},
                          double failoverTimeout = 600)
    {
        Subscription wish;
        wish.info.set_user("root");
        wish.info.set_name(name);
        wish.info.set_principal("golden");
        wish.info.set_hostname("127.0.0.1");
        wish.info.set_checkpoint(true);
        wish.info.set_failover_timeout(failoverTimeout);
        for (const std::string &role : roles)
            wish.info.add_roles(role);
        using Capability = mesos::v1::FrameworkInfo::Capability;
        for (const auto type : {Capability::PARTITION_AWARE, Capability::MULTI_ROLE,
                                Capability::RESERVATION_REFINEMENT})
            wish.info.add_capabilities()->set_type(type);
        const StreamHandle stream = ++m_lastStream;
        master.subscribe({stream, "stream-" + std::to_string(stream), {}}, wish);
        clock.settle();
        for (const auto &[id, framework] : master.cluster().frameworks()) {
            if (framework->stream == stream)
                return id;
        }
        return {};
    }

    void call(const std::string &frameworkId, mesos::v1::scheduler::Call call)
    {
        call.mutable_framework_id()->set_value(frameworkId);
        if (Framework *framework = master.framework(frameworkId))
            (void)master.call(*framework, call);
        clock.settle();
    }

    /// Launches a task on an outstanding offer of the framework; false when it has none that is big
    /// enough.
    bool launch(const std::string &frameworkId, const std::string &taskId,
                const std::string &resources = "cpus:0.1;mem:32",
                const std::string &executorId = {})
    {
        const Resources wanted = *Resources::parse(resources);
        const Framework *framework = master.framework(frameworkId);
        for (const Offer *offer : framework->offers) {
            Resources needed = wanted.allocated(offer->role);
            if (!executorId.empty())
                needed += needed;
            if (!offer->resources.contains(needed))
                continue;
            mesos::v1::scheduler::Call accept;
            accept.set_type(mesos::v1::scheduler::Call::ACCEPT);
            accept.mutable_accept()->add_offer_ids()->set_value(offer->id);
            accept.mutable_accept()->mutable_filters()->set_refuse_seconds(0);
            auto &operation = *accept.mutable_accept()->add_operations();
            operation.set_type(mesos::v1::Offer::Operation::LAUNCH);
            auto &task = *operation.mutable_launch()->add_task_infos();
            task.set_name(taskId);
            task.mutable_task_id()->set_value(taskId);
            task.mutable_agent_id()->set_value(offer->agent->id);
            *task.mutable_resources() = wanted.proto();
            auto &label = *task.mutable_labels()->add_labels();
            label.set_key("k");
            label.set_value("v");
            if (executorId.empty()) {
                task.mutable_command()->set_value("sleep 1000");
            } else {
                task.mutable_executor()->mutable_executor_id()->set_value(executorId);
                task.mutable_executor()->mutable_command()->set_value("run");
                *task.mutable_executor()->mutable_resources() = wanted.proto();
            }
            call(frameworkId, accept);
            return true;
        }
        return false;
    }

    void update(const std::string &frameworkId, const std::string &taskId,
                mesos::v1::TaskState state,
                const std::vector<std::pair<std::string, std::string>> &labels = {})
    {
        const Task *task = master.cluster().task(frameworkId, taskId);
        if (!task)
            return;
        mesos::internal::StatusUpdateMessage message;
        auto &update = *message.mutable_update();
        update.mutable_framework_id()->set_value(frameworkId);
        update.mutable_slave_id()->set_value(std::string(task->agentId()));
        update.set_timestamp(clock.seconds());
        update.set_uuid(random.uuidBytes());
        auto &status = *update.mutable_status();
        status.mutable_task_id()->set_value(taskId);
        status.mutable_agent_id()->set_value(std::string(task->agentId()));
        status.set_state(state);
        status.set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
        status.set_timestamp(clock.seconds());
        status.set_uuid(update.uuid());
        status.mutable_container_status()->mutable_container_id()->set_value("C1");
        status.mutable_container_status()->set_executor_pid(4711);
        for (const auto &[key, value] : labels) {
            auto &label = *status.mutable_labels()->add_labels();
            label.set_key(key);
            label.set_value(value);
        }
        const Agent *agent = master.cluster().agent(std::string(task->agentId()));
        message.set_pid(agent->pid.text());
        const std::string uuid = update.uuid();
        const std::string agentId = agent->id;
        master.receive(agent->pid, "master", message.GetTypeName(), message.SerializeAsString());
        mesos::v1::scheduler::Call acknowledge;
        acknowledge.set_type(mesos::v1::scheduler::Call::ACKNOWLEDGE);
        acknowledge.mutable_acknowledge()->mutable_agent_id()->set_value(agentId);
        acknowledge.mutable_acknowledge()->mutable_task_id()->set_value(taskId);
        acknowledge.mutable_acknowledge()->set_uuid(uuid);
        call(frameworkId, acknowledge);
    }

    // --- HTTP.
    http::Response request(const QByteArray &method, const QByteArray &target,
                           const QByteArray &body = {}, const http::Headers &headers = {})
    {
        http::Request made;
        made.method = method;
        made.target = target;
        made.headers = headers;
        made.body = body;
        std::optional<Result<http::Response>> answer;
        m_client.call(endpoint(), made,
                      [&answer](Result<http::Response> given) { answer = std::move(given); });
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30000) || !*answer)
            qFatal("no answer to %s: %s", target.constData(),
                   answer ? answer->error().message.c_str() : "timeout");
        return **answer;
    }

    http::Response get(const QByteArray &target) { return request("GET", target); }
    QJsonDocument getJson(const QByteArray &target)
    {
        const http::Response answer = get(target);
        if (answer.status != 200)
            qFatal("%s: %d %s", target.constData(), answer.status, answer.body.constData());
        return QJsonDocument::fromJson(answer.body);
    }

    http::Response post(const QByteArray &body, const QByteArray &target = "/api/v1",
                        const QByteArray &accept = "application/json")
    {
        return request("POST", target, body,
                       {{"Content-Type", "application/json"}, {"Accept", accept}});
    }

    http::Response teardown(const std::string &frameworkId)
    {
        return post(QByteArray(R"({"type":"TEARDOWN","teardown":{"framework_id":{"value":"$"}}})")
                        .replace("$", frameworkId.c_str()));
    }
    http::Response markGone(const std::string &agentId)
    {
        return post(
            QByteArray(R"({"type":"MARK_AGENT_GONE","mark_agent_gone":{"agent_id":{"value":"$"}}})")
                .replace("$", agentId.c_str()));
    }

    /// A read call, answered in JSON.
    QJsonObject ask(const char *type)
    {
        return QJsonDocument::fromJson(post(QByteArray("{\"type\":\"") + type + "\"}").body)
            .object();
    }

    mesos::v1::master::Response askProtobuf(const char *type)
    {
        mesos::v1::master::Response response;
        response.ParseFromString(
            post(QByteArray("{\"type\":\"") + type + "\"}", "/api/v1", "application/x-protobuf")
                .body.toStdString());
        return response;
    }

    std::unique_ptr<StreamReader> open(const QByteArray &target = "/api/v1",
                                       const QByteArray &accept = "application/json")
    {
        auto reader = std::make_unique<StreamReader>();
        http::Request made;
        made.method = "POST";
        made.target = target;
        made.headers = {{"Content-Type", "application/json"}, {"Accept", accept}};
        made.body = "{\"type\":\"SUBSCRIBE\"}";
        http::CallOptions options;
        options.timeout = std::chrono::milliseconds(0);
        reader->exchange = m_client.open(endpoint(), made, options);
        StreamReader *to = reader.get();
        QObject::connect(to->exchange.get(), &http::Exchange::head,
                         [to](const http::Response &head) { to->head = head; });
        QObject::connect(to->exchange.get(), &http::Exchange::data, [to](const QByteArray &bytes) {
            to->pieces.push_back(bytes);
            auto records = to->decoder.feed({bytes.constData(), std::size_t(bytes.size())});
            if (records)
                std::move(records->begin(), records->end(), std::back_inserter(to->records));
        });
        QObject::connect(to->exchange.get(), &http::Exchange::finished,
                         [to] { to->closed = true; });
        QObject::connect(to->exchange.get(), &http::Exchange::failed, [to] { to->closed = true; });
        return reader;
    }

    http::Endpoint endpoint() const
    {
        return http::Endpoint::tcp(QStringLiteral("127.0.0.1"), server.port());
    }

    SimulatedClock clock;
    SeededRandom random;
    RecordingOutbox outbox;
    MetricsRegistry metrics{clock};
    FileService files;
    LoggingLevel logging{clock, 0, {}};
    http::Server server;
    Master master;
    OperatorApi api;

private:
    http::Client m_client;
    std::uint16_t m_lastPort = 15250;
    StreamHandle m_lastStream = 0;
};

} // namespace meseta::master
