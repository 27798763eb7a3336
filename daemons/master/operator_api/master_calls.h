#pragma once

#include <memory>

#include "common/http/server.h"
#include "daemons/master/operator_api/operator_services.h"

namespace mesos::v1::master {
class Call;
}

namespace meseta::master {

class EventStreams;
struct CallForm;

/// POST /api/v1 of a master: the checks in Mesos' order, then the call. Source: Mesos operator HTTP
/// API.
class MasterCalls
{
public:
    MasterCalls(OperatorServices services, EventStreams &streams)
        : m_services(std::move(services)), m_streams(streams)
    { }

    void handle(const http::Request &request, const std::shared_ptr<http::Responder> &responder);

private:
    http::Response answer(const mesos::v1::master::Call &call, codec::MediaType accept);
    http::Response read(const mesos::v1::master::Call &call, codec::MediaType accept);

    OperatorServices m_services;
    EventStreams &m_streams;
};

} // namespace meseta::master
