#include "daemons/master/core/framework_sink.h"

#include "daemons/master/cluster/agent.h"
#include "daemons/master/cluster/framework.h"
#include "daemons/master/core/master_outbox.h"

namespace meseta::master {

namespace {

class DriverSink : public FrameworkSink
{
public:
    DriverSink(MasterOutbox &outbox, Figures &figures) : m_outbox(outbox), m_figures(figures) { }

    void subscribed(const Framework &to, const mesos::v1::MasterInfo &master,
                    bool again) const override
    {
        const auto tell = [&](auto message) {
            message.mutable_framework_id()->set_value(to.id);
            *message.mutable_master_info() = master;
            post(to, "events/subscribed", message);
        };
        if (again)
            tell(mesos::internal::FrameworkReregisteredMessage());
        else
            tell(mesos::internal::FrameworkRegisteredMessage());
    }

    void offers(const Framework &to, const std::vector<const Offer *> &offers) const override
    {
        mesos::internal::ResourceOffersMessage message;
        for (const Offer *offer : offers) {
            *message.add_offers() = toProto(*offer);
            message.add_pids(offer->agent->pid.text());
        }
        post(to, "events/offers", message);
    }

    void rescind(const Framework &to, const std::string &offerId) const override
    {
        mesos::internal::RescindResourceOfferMessage message;
        message.mutable_offer_id()->set_value(offerId);
        post(to, "events/rescind", message);
    }

    void inverseOffer(const Framework &, const mesos::v1::InverseOffer &) const override { }
    void rescindInverse(const Framework &, const std::string &) const override { }

    void update(const Framework &to, const mesos::internal::StatusUpdate &update,
                const std::string &pid) const override
    {
        mesos::internal::StatusUpdateMessage message;
        *message.mutable_update() = update;
        if (!pid.empty())
            message.set_pid(pid);
        post(to, "events/update", message);
    }

    void operation(const Framework &, const mesos::v1::OperationStatus &) const override {
    } // drivers get no feedback

    void message(const Framework &to,
                 const mesos::internal::ExecutorToFrameworkMessage &message) const override
    {
        post(to, "events/message", message);
    }

    void agentLost(const Framework &to, const std::string &agentId) const override
    {
        mesos::internal::LostSlaveMessage message;
        message.mutable_slave_id()->set_value(agentId);
        post(to, "events/failure", message);
    }

    void executorExited(const Framework &to,
                        const mesos::internal::ExitedExecutorMessage &message) const override
    {
        post(to, "events/failure", message);
    }

    void error(const Framework &to, const std::string &text) const override
    {
        mesos::internal::FrameworkErrorMessage message;
        message.set_message(text);
        post(to, "events/error", message);
    }

    void heartbeat(const Framework &) const override {
    } // the link tells drivers whether the master lives
    void close(const Framework &to) const override { m_outbox.unlink(to.pid); }

private:
    template <typename Message>
    void post(const Framework &to, const char *event, const Message &message) const
    {
        countFor(m_figures, to, "events");
        countFor(m_figures, to, event);
        m_outbox.send("master", to.pid, message.GetTypeName(), message.SerializePartialAsString());
    }

    MasterOutbox &m_outbox;
    Figures &m_figures;
};

} // namespace

std::unique_ptr<FrameworkSink> makeDriverSink(MasterOutbox &outbox, Figures &figures)
{
    return std::make_unique<DriverSink>(outbox, figures);
}

} // namespace meseta::master
