#include "daemons/master/core/framework_sink.h"

#include "daemons/master/cluster/framework.h"
#include "daemons/master/core/master_outbox.h"

namespace meseta::master {

namespace {

using mesos::v1::scheduler::Event;

class StreamSink : public FrameworkSink
{
public:
    explicit StreamSink(MasterOutbox &outbox) : m_outbox(outbox) {}

    void subscribed(const Framework &to, const mesos::v1::MasterInfo &master, bool) const override
    {
        Event event;
        event.set_type(Event::SUBSCRIBED);
        event.mutable_subscribed()->mutable_framework_id()->set_value(to.id);
        event.mutable_subscribed()->set_heartbeat_interval_seconds(HeartbeatSeconds);
        *event.mutable_subscribed()->mutable_master_info() = master;
        m_outbox.sendEvent(to.stream, event);
    }

    void offers(const Framework &to, const std::vector<const Offer *> &offers) const override
    {
        Event event;
        event.set_type(Event::OFFERS);
        for (const Offer *offer : offers)
            *event.mutable_offers()->add_offers() = toProto(*offer);
        m_outbox.sendEvent(to.stream, event);
    }

    void rescind(const Framework &to, const std::string &offerId) const override
    {
        Event event;
        event.set_type(Event::RESCIND);
        event.mutable_rescind()->mutable_offer_id()->set_value(offerId);
        m_outbox.sendEvent(to.stream, event);
    }

    /// The uuid is there only when an acknowledgement is expected: what the master made up itself has none.
    void update(const Framework &to, const mesos::internal::StatusUpdateMessage &message) const override
    {
        const mesos::internal::StatusUpdate &update = message.update();
        Event event;
        event.set_type(Event::UPDATE);
        mesos::v1::TaskStatus &status = *event.mutable_update()->mutable_status();
        status = update.status();
        if (update.has_slave_id())
            *status.mutable_agent_id() = update.slave_id();
        if (update.has_executor_id())
            *status.mutable_executor_id() = update.executor_id();
        status.set_timestamp(update.timestamp());
        if (update.uuid().empty())
            status.clear_uuid();
        else
            status.set_uuid(update.uuid());
        m_outbox.sendEvent(to.stream, event);
    }

    void operation(const Framework &to, const mesos::v1::OperationStatus &status) const override
    {
        Event event;
        event.set_type(Event::UPDATE_OPERATION_STATUS);
        *event.mutable_update_operation_status()->mutable_status() = status;
        m_outbox.sendEvent(to.stream, event);
    }

    void message(const Framework &to, const mesos::internal::ExecutorToFrameworkMessage &message) const override
    {
        Event event;
        event.set_type(Event::MESSAGE);
        *event.mutable_message()->mutable_agent_id() = message.slave_id();
        *event.mutable_message()->mutable_executor_id() = message.executor_id();
        event.mutable_message()->set_data(message.data());
        m_outbox.sendEvent(to.stream, event);
    }

    void agentLost(const Framework &to, const std::string &agentId) const override
    {
        Event event;
        event.set_type(Event::FAILURE);
        event.mutable_failure()->mutable_agent_id()->set_value(agentId);
        m_outbox.sendEvent(to.stream, event);
    }

    void executorExited(const Framework &to, const mesos::internal::ExitedExecutorMessage &message) const override
    {
        Event event;
        event.set_type(Event::FAILURE);
        *event.mutable_failure()->mutable_agent_id() = message.slave_id();
        *event.mutable_failure()->mutable_executor_id() = message.executor_id();
        event.mutable_failure()->set_status(message.status());
        m_outbox.sendEvent(to.stream, event);
    }

    void error(const Framework &to, const std::string &text) const override
    {
        Event event;
        event.set_type(Event::ERROR);
        event.mutable_error()->set_message(text);
        m_outbox.sendEvent(to.stream, event);
    }

    void heartbeat(const Framework &to) const override
    {
        Event event;
        event.set_type(Event::HEARTBEAT);
        m_outbox.sendEvent(to.stream, event);
    }

    void close(const Framework &to) const override { m_outbox.endStream(to.stream); }

private:
    MasterOutbox &m_outbox;
};

class NullSink : public FrameworkSink
{
    void subscribed(const Framework &, const mesos::v1::MasterInfo &, bool) const override {}
    void offers(const Framework &, const std::vector<const Offer *> &) const override {}
    void rescind(const Framework &, const std::string &) const override {}
    void update(const Framework &, const mesos::internal::StatusUpdateMessage &) const override {}
    void operation(const Framework &, const mesos::v1::OperationStatus &) const override {}
    void message(const Framework &, const mesos::internal::ExecutorToFrameworkMessage &) const override {}
    void agentLost(const Framework &, const std::string &) const override {}
    void executorExited(const Framework &, const mesos::internal::ExitedExecutorMessage &) const override {}
    void error(const Framework &, const std::string &) const override {}
    void heartbeat(const Framework &) const override {}
    void close(const Framework &) const override {}
};

} // namespace

std::unique_ptr<FrameworkSink> makeStreamSink(MasterOutbox &outbox)
{
    return std::make_unique<StreamSink>(outbox);
}

std::unique_ptr<FrameworkSink> makeNullSink()
{
    return std::make_unique<NullSink>();
}

} // namespace meseta::master
