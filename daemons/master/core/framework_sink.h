#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mesos/internal/messages.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

struct Framework;
struct Offer;
class Figures;
class MasterOutbox;

/// What a master tells a framework, whichever way the framework listens. Source: Mesos scheduler
/// API, Events; libmesos scheduler driver messages.
class FrameworkSink
{
public:
    virtual ~FrameworkSink() = default;

    /// `again`: the same scheduler instance subscribed before at this master.
    virtual void subscribed(const Framework &to, const mesos::v1::MasterInfo &master,
                            bool again) const = 0;
    virtual void offers(const Framework &to, const std::vector<const Offer *> &offers) const = 0;
    virtual void rescind(const Framework &to, const std::string &offerId) const = 0;
    /// Drivers do not hear of maintenance.
    virtual void inverseOffer(const Framework &to, const mesos::v1::InverseOffer &offer) const = 0;
    virtual void rescindInverse(const Framework &to, const std::string &offerId) const = 0;
    /// `pid` is who acknowledges it: the agent's, "@0.0.0.0:0" for what the master made, empty for
    /// an answer to reconciliation. Only drivers are told.
    virtual void update(const Framework &to, const mesos::internal::StatusUpdate &update,
                        const std::string &pid) const = 0;
    virtual void operation(const Framework &to, const mesos::v1::OperationStatus &status) const = 0;
    virtual void message(const Framework &to,
                         const mesos::internal::ExecutorToFrameworkMessage &message) const = 0;
    virtual void agentLost(const Framework &to, const std::string &agentId) const = 0;
    virtual void executorExited(const Framework &to,
                                const mesos::internal::ExitedExecutorMessage &message) const = 0;
    virtual void error(const Framework &to, const std::string &text) const = 0;
    virtual void heartbeat(const Framework &to) const = 0;
    /// Nothing follows.
    virtual void close(const Framework &to) const = 0;
};

/// Events on the stream of an HTTP scheduler.
std::unique_ptr<FrameworkSink> makeStreamSink(MasterOutbox &outbox, Figures &figures);
/// Messages to a libmesos driver.
std::unique_ptr<FrameworkSink> makeDriverSink(MasterOutbox &outbox, Figures &figures);
/// For frameworks that are not connected.
std::unique_ptr<FrameworkSink> makeNullSink();

/// Counts what concerns one framework: "calls/accept", "events/offers", "offers/sent".
void countFor(Figures &figures, const Framework &framework, const std::string &what,
              std::uint64_t by = 1);

/// Heartbeats on scheduler and operator streams.
constexpr double HeartbeatSeconds = 15.0;

} // namespace meseta::master
