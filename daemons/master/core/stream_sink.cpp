#include "daemons/master/core/framework_sink.h"

#include <cctype>

#include "daemons/master/cluster/figures.h"
#include "daemons/master/cluster/framework.h"
#include "daemons/master/core/master_outbox.h"

namespace meseta::master {

namespace {

using mesos::v1::scheduler::Event;

class StreamSink : public FrameworkSink
{
public:
    StreamSink(MasterOutbox &outbox, Figures &figures) : m_outbox(outbox), m_figures(figures) { }

    void subscribed(const Framework &to, const mesos::v1::MasterInfo &master, bool) const override
    {
        Event event;
        event.set_type(Event::SUBSCRIBED);
        event.mutable_subscribed()->mutable_framework_id()->set_value(to.id);
        event.mutable_subscribed()->set_heartbeat_interval_seconds(HeartbeatSeconds);
        *event.mutable_subscribed()->mutable_master_info() = master;
        tell(to, event);
    }

    void offers(const Framework &to, const std::vector<const Offer *> &offers) const override
    {
        Event event;
        event.set_type(Event::OFFERS);
        for (const Offer *offer : offers)
            *event.mutable_offers()->add_offers() = toProto(*offer);
        tell(to, event);
    }

    void rescind(const Framework &to, const std::string &offerId) const override
    {
        Event event;
        event.set_type(Event::RESCIND);
        event.mutable_rescind()->mutable_offer_id()->set_value(offerId);
        tell(to, event);
    }

    void inverseOffer(const Framework &to, const mesos::v1::InverseOffer &offer) const override
    {
        Event event;
        event.set_type(Event::INVERSE_OFFERS);
        *event.mutable_inverse_offers()->add_inverse_offers() = offer;
        tell(to, event);
    }

    void rescindInverse(const Framework &to, const std::string &offerId) const override
    {
        Event event;
        event.set_type(Event::RESCIND_INVERSE_OFFER);
        event.mutable_rescind_inverse_offer()->mutable_inverse_offer_id()->set_value(offerId);
        tell(to, event);
    }

    /// The uuid is there only when an acknowledgement is expected: what the master made up itself
    /// has none.
    void update(const Framework &to, const mesos::internal::StatusUpdate &update,
                const std::string &) const override
    {
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
        tell(to, event);
    }

    void operation(const Framework &to, const mesos::v1::OperationStatus &status) const override
    {
        Event event;
        event.set_type(Event::UPDATE_OPERATION_STATUS);
        *event.mutable_update_operation_status()->mutable_status() = status;
        tell(to, event);
    }

    void message(const Framework &to,
                 const mesos::internal::ExecutorToFrameworkMessage &message) const override
    {
        Event event;
        event.set_type(Event::MESSAGE);
        *event.mutable_message()->mutable_agent_id() = message.slave_id();
        *event.mutable_message()->mutable_executor_id() = message.executor_id();
        event.mutable_message()->set_data(message.data());
        tell(to, event);
    }

    void agentLost(const Framework &to, const std::string &agentId) const override
    {
        Event event;
        event.set_type(Event::FAILURE);
        event.mutable_failure()->mutable_agent_id()->set_value(agentId);
        tell(to, event);
    }

    void executorExited(const Framework &to,
                        const mesos::internal::ExitedExecutorMessage &message) const override
    {
        Event event;
        event.set_type(Event::FAILURE);
        *event.mutable_failure()->mutable_agent_id() = message.slave_id();
        *event.mutable_failure()->mutable_executor_id() = message.executor_id();
        event.mutable_failure()->set_status(message.status());
        tell(to, event);
    }

    void error(const Framework &to, const std::string &text) const override
    {
        Event event;
        event.set_type(Event::ERROR);
        event.mutable_error()->set_message(text);
        tell(to, event);
    }

    void heartbeat(const Framework &to) const override
    {
        Event event;
        event.set_type(Event::HEARTBEAT);
        tell(to, event);
    }

    void close(const Framework &to) const override { m_outbox.endStream(to.stream); }

private:
    void tell(const Framework &to, const Event &event) const
    {
        std::string name = "events/" + Event::Type_Name(event.type());
        for (char &letter : name)
            letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        countFor(m_figures, to, "events");
        countFor(m_figures, to, name);
        m_outbox.sendEvent(to.stream, event);
    }

    MasterOutbox &m_outbox;
    Figures &m_figures;
};

class NullSink : public FrameworkSink
{
    void subscribed(const Framework &, const mesos::v1::MasterInfo &, bool) const override { }
    void offers(const Framework &, const std::vector<const Offer *> &) const override { }
    void rescind(const Framework &, const std::string &) const override { }
    void inverseOffer(const Framework &, const mesos::v1::InverseOffer &) const override { }
    void rescindInverse(const Framework &, const std::string &) const override { }
    void update(const Framework &, const mesos::internal::StatusUpdate &,
                const std::string &) const override
    { }
    void operation(const Framework &, const mesos::v1::OperationStatus &) const override { }
    void message(const Framework &,
                 const mesos::internal::ExecutorToFrameworkMessage &) const override
    { }
    void agentLost(const Framework &, const std::string &) const override { }
    void executorExited(const Framework &,
                        const mesos::internal::ExitedExecutorMessage &) const override
    { }
    void error(const Framework &, const std::string &) const override { }
    void heartbeat(const Framework &) const override { }
    void close(const Framework &) const override { }
};

} // namespace

void countFor(Figures &figures, const Framework &framework, const std::string &what,
              std::uint64_t by)
{
    if (!framework.id.empty())
        figures.count("frameworks/" + framework.id + "/" + what, by);
}

std::unique_ptr<FrameworkSink> makeStreamSink(MasterOutbox &outbox, Figures &figures)
{
    return std::make_unique<StreamSink>(outbox, figures);
}

std::unique_ptr<FrameworkSink> makeNullSink()
{
    return std::make_unique<NullSink>();
}

} // namespace meseta::master
