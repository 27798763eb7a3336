#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/codec/media_type.h"
#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "daemons/agent/operator_api/input_link.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

/// What a client may write to: the socket to a container's input, which counts as taken for as long
/// as `claim` is kept.
struct JoinedInput
{
    containerizer::FileDescriptor socket;
    std::shared_ptr<void> claim;
};

/// ATTACH_CONTAINER_INPUT: a request whose body is a RecordIO stream of calls, decoded as it comes,
/// in whatever pieces. The first record names the container; each later one is input for it, a size
/// of its window, or a heartbeat. The answer comes when the request has ended and the container has
/// taken all of it, when the container is over, or at once when something is wrong. Source: Mesos
/// operator HTTP API, streaming requests.
class AttachInput : public std::enable_shared_from_this<AttachInput>
{
public:
    using Join =
        std::function<tl::expected<JoinedInput, http::Response>(const mesos::v1::ContainerID &)>;

    /// Whether a request has the streaming form (Content-Type: application/recordio).
    static bool isStreaming(const http::Request &head);

    /// Serves one such request; `join` finds the container.
    static void begin(const http::Request &head, const std::shared_ptr<http::RequestStream> &body,
                      std::shared_ptr<http::Responder> responder, Join join);

    ~AttachInput();

private:
    AttachInput(codec::MediaType type, std::shared_ptr<http::Responder> responder, Join join);

    void onData(const QByteArray &bytes);
    void onEnd();
    bool onRecord(const std::string &record);
    bool onFirst(const mesos::v1::agent::Call &call);
    bool onInput(const mesos::v1::agent::ProcessIO &input);
    void link(JoinedInput joined);
    void onRefused(containerizer::Packet kind, int error);
    bool answer(int status, const std::string &text);
    bool answer(http::Response response);

    static constexpr std::size_t maxRecordBytes = 4 * 1024 * 1024;

    codec::MediaType m_type;
    std::shared_ptr<http::Responder> m_responder; ///< until answered
    std::weak_ptr<http::RequestStream> m_body;
    Join m_join;
    codec::RecordDecoder m_decoder;
    InputLink *m_link = nullptr; ///< once the container is found
    std::shared_ptr<void> m_claim;
    std::shared_ptr<AttachInput> m_self; ///< from then on, until answered
};

} // namespace meseta::agent
