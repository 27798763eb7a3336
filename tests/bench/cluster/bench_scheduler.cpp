#include "tests/bench/cluster/bench_scheduler.h"

namespace meseta::bench {

using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

namespace {

http::Request post(const std::string &body, const QByteArray &streamId)
{
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1/scheduler";
    request.headers = {{"Content-Type", "application/x-protobuf"},
                       {"Accept", "application/x-protobuf"}};
    if (!streamId.isEmpty())
        request.headers.add("Mesos-Stream-Id", streamId);
    request.body = QByteArray::fromStdString(body);
    return request;
}

void addScalar(mesos::v1::TaskInfo &task, const char *name, double value, const std::string &role)
{
    auto *resource = task.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    resource->mutable_allocation_info()->set_role(role);
}

} // namespace

BenchScheduler::BenchScheduler(http::Endpoint master, std::string name, QObject *parent)
    : QObject(parent), m_master(std::move(master)), m_name(std::move(name))
{ }

BenchScheduler::~BenchScheduler() = default;

void BenchScheduler::subscribe()
{
    Call call;
    call.set_type(Call::SUBSCRIBE);
    auto *info = call.mutable_subscribe()->mutable_framework_info();
    info->set_user("root");
    info->set_name(m_name);
    info->add_roles("*");
    using Capability = mesos::v1::FrameworkInfo::Capability;
    for (const auto type :
         {Capability::MULTI_ROLE, Capability::PARTITION_AWARE, Capability::RESERVATION_REFINEMENT})
        info->add_capabilities()->set_type(type);
    m_stream = m_client.open(m_master, post(call.SerializeAsString(), {}));
    connect(m_stream.get(), &http::Exchange::head, this, [this](const http::Response &head) {
        m_streamId = head.headers.value("Mesos-Stream-Id");
        if (head.status != 200)
            m_problem = QStringLiteral("SUBSCRIBE was answered %1").arg(head.status);
    });
    connect(m_stream.get(), &http::Exchange::data, this, &BenchScheduler::take);
    connect(m_stream.get(), &http::Exchange::failed, this,
            [this](const QString &reason) { m_problem = reason; });
    connect(m_stream.get(), &http::Exchange::finished, this,
            [this] { m_problem = QStringLiteral("the stream ended"); });
}

void BenchScheduler::take(const QByteArray &bytes)
{
    auto records = m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!records) {
        m_problem = QString::fromStdString(records.error().message);
        return;
    }
    for (const std::string &record : *records)
        handle(record);
}

void BenchScheduler::handle(const std::string &record)
{
    Event event;
    if (!event.ParseFromString(record))
        return;
    switch (event.type()) {
    case Event::SUBSCRIBED:
        m_frameworkId = event.subscribed().framework_id().value();
        break;
    case Event::OFFERS:
        for (auto &offer : *event.mutable_offers()->mutable_offers()) {
            if (onOffer)
                onOffer(offer);
            m_offers.push_back(std::move(offer));
        }
        break;
    case Event::RESCIND:
        std::erase_if(m_offers, [&](const auto &offer) {
            return offer.id().value() == event.rescind().offer_id().value();
        });
        break;
    case Event::UPDATE:
        acknowledge(event.update().status());
        if (onUpdate)
            onUpdate(event.update().status());
        break;
    case Event::ERROR:
        m_problem = QString::fromStdString(event.error().message());
        break;
    default:
        break;
    }
}

void BenchScheduler::send(Call &call)
{
    call.mutable_framework_id()->set_value(m_frameworkId);
    m_client.call(m_master, post(call.SerializeAsString(), m_streamId),
                  [this](Result<http::Response> answer) {
                      if (!answer)
                          m_problem = QString::fromStdString(answer.error().message);
                      else if (answer->status != 202)
                          m_problem = QStringLiteral("%1 %2")
                                          .arg(answer->status)
                                          .arg(QString::fromUtf8(answer->body));
                  });
}

void BenchScheduler::acknowledge(const mesos::v1::TaskStatus &status)
{
    if (!status.has_uuid())
        return;
    Call call;
    call.set_type(Call::ACKNOWLEDGE);
    *call.mutable_acknowledge()->mutable_agent_id() = status.agent_id();
    *call.mutable_acknowledge()->mutable_task_id() = status.task_id();
    call.mutable_acknowledge()->set_uuid(status.uuid());
    send(call);
}

std::vector<std::string> BenchScheduler::launch(const mesos::v1::Offer &offer, int count,
                                                double cpus, double memory,
                                                const std::string &command, double refuseSeconds)
{
    Call call;
    call.set_type(Call::ACCEPT);
    auto *accept = call.mutable_accept();
    *accept->add_offer_ids() = offer.id();
    accept->mutable_filters()->set_refuse_seconds(refuseSeconds);
    auto *operation = accept->add_operations();
    operation->set_type(mesos::v1::Offer::Operation::LAUNCH);
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
        ids.push_back(m_name + "-" + std::to_string(m_nextTask++));
        auto *task = operation->mutable_launch()->add_task_infos();
        task->set_name("bench");
        task->mutable_task_id()->set_value(ids.back());
        *task->mutable_agent_id() = offer.agent_id();
        addScalar(*task, "cpus", cpus, offer.allocation_info().role());
        addScalar(*task, "mem", memory, offer.allocation_info().role());
        task->mutable_command()->set_value(command);
        if (shape)
            shape(*task);
    }
    send(call);
    return ids;
}

void BenchScheduler::decline(const mesos::v1::Offer &offer, double refuseSeconds)
{
    Call call;
    call.set_type(Call::DECLINE);
    *call.mutable_decline()->add_offer_ids() = offer.id();
    call.mutable_decline()->mutable_filters()->set_refuse_seconds(refuseSeconds);
    send(call);
}

void BenchScheduler::teardown()
{
    Call call;
    call.set_type(Call::TEARDOWN);
    send(call);
}

} // namespace meseta::bench
