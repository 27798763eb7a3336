#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "common/base/random.h"
#include "common/http/server.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

class Master;
class SchedulerStreams;

/// POST /api/v1/scheduler: the checks on a call in Mesos' order with its status codes, then the
/// call. Source: Mesos scheduler HTTP API; order and codes as measured.
class SchedulerDoor
{
public:
    /// `gate` answers in place of a master that cannot: not the leader, not yet recovered. It is
    /// asked first.
    using Gate = std::function<std::optional<http::Response>(const http::Request &)>;

    SchedulerDoor(Master &master, SchedulerStreams &streams, Random &random, Gate gate)
        : m_master(master), m_streams(streams), m_random(random), m_gate(std::move(gate))
    { }

    void handle(const http::Request &request, const std::shared_ptr<http::Responder> &responder);

private:
    using Call = mesos::v1::scheduler::Call;
    void subscribe(const http::Request &request, const Call &call, http::Responder &responder);
    http::Response dispatch(const http::Request &request, Call &call);

    Master &m_master;
    SchedulerStreams &m_streams;
    Random &m_random;
    Gate m_gate;
};

} // namespace meseta::master
