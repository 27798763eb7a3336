#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/codec/media_type.h"
#include "common/http/message.h"

namespace google::protobuf {
class Message;
}

namespace meseta {

/// How the checks of one call endpoint differ.
struct CallRules
{
    /// The call's name in refusals: "master::Call", "agent::Call".
    std::string name;
    /// The rules of the call itself ("'teardown' is missing"); none: every call that
    /// parses is fine.
    std::function<Result<>(const google::protobuf::Message &)> validate;
    /// Whether the endpoint also speaks application/recordio (the agent's): then the headers
    /// Message-Content-Type and Message-Accept are checked too, and a request or an answer in
    /// recordio is refused for any call that does not stream, which `streamsIn` and `streamsOut`
    /// tell.
    bool recordIo = false;
    std::function<bool(const google::protobuf::Message &)> streamsIn;
    std::function<bool(const google::protobuf::Message &)> streamsOut;
};

/// What a call that passed the checks is answered in.
struct CallForm
{
    codec::MediaType accept =
        codec::MediaType::Json; ///< Json, Protobuf, or RecordIo where the rules allow it
    codec::MediaType messageAccept =
        codec::MediaType::Json; ///< of the records, when `accept` is RecordIo
};

/// The checks of POST /api/v1 in Mesos' order: method (405), Content-Type missing (400), body (400)
/// or unknown type (415), validation (400), Accept (406). Fills `call`. Principal, leader and
/// recovery come before, the caller's business. Source: Mesos operator HTTP API; order as measured.
tl::expected<CallForm, http::Response>
admitCall(const http::Request &request, const CallRules &rules, google::protobuf::Message &call);

} // namespace meseta
