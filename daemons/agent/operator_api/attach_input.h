#pragma once

#include <functional>
#include <memory>

#include "common/codec/media_type.h"
#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

/// ATTACH_CONTAINER_INPUT: a request whose body is a RecordIO stream of calls, decoded as it comes,
/// in whatever pieces, and answered before it ends. The first record names the container. Source:
/// Mesos operator HTTP API, streaming requests.
class AttachInput : public std::enable_shared_from_this<AttachInput>
{
public:
    using Knows = std::function<bool(const mesos::v1::ContainerID &)>;

    /// Whether a request has the streaming form (Content-Type: application/recordio).
    static bool isStreaming(const http::Request &head);

    /// Serves one such request; `knows` tells whether the container is there.
    static void begin(const http::Request &head, const std::shared_ptr<http::RequestStream> &body,
                      std::shared_ptr<http::Responder> responder, Knows knows);

private:
    AttachInput(codec::MediaType type, std::shared_ptr<http::Responder> responder, Knows knows)
        : m_type(type)
        , m_responder(std::move(responder))
        , m_knows(std::move(knows))
        , m_decoder(maxRecordBytes)
    { }

    void onData(const QByteArray &bytes);
    void onEnd();
    void onFirst(const std::string &record);
    void answer(int status, const std::string &text);

    static constexpr std::size_t maxRecordBytes = 4 * 1024 * 1024;

    codec::MediaType m_type;
    std::shared_ptr<http::Responder> m_responder; ///< until answered
    Knows m_knows;
    codec::RecordDecoder m_decoder;
};

} // namespace meseta::agent
