#pragma once

#include <memory>

#include "common/http/server.h"
#include "daemons/master/operator_api/operator_services.h"

namespace meseta::master {

class EventStreams;

/// POST /meseta/v1: what Meseta adds to the operator API (common/api/meseta/v1/meseta.proto), with
/// the same checks.
class MesetaCalls
{
public:
    MesetaCalls(OperatorServices services, EventStreams &streams)
        : m_services(std::move(services)), m_streams(streams)
    { }

    void handle(const http::Request &request, const std::shared_ptr<http::Responder> &responder);

private:
    OperatorServices m_services;
    EventStreams &m_streams;
};

} // namespace meseta::master
