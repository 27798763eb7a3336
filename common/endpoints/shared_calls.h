#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/codec/media_type.h"
#include "common/http/message.h"

namespace mesos::v1 {
namespace master {
class Call;
}
namespace agent {
class Call;
}
} // namespace mesos::v1

namespace meseta {

class FileService;
class LoggingLevel;
class MetricsRegistry;

/// What the endpoints and calls shared by master and agent tell of. Outlives them.
struct SharedServices
{
    std::map<std::string, std::string>
        flags; ///< as /flags shows them: every value a text, unset ones absent
    MetricsRegistry &metrics;
    FileService &files;
    LoggingLevel &logging;
};

/// Answers GET_HEALTH, GET_FLAGS, GET_VERSION, GET_METRICS, GET_LOGGING_LEVEL, SET_LOGGING_LEVEL,
/// LIST_FILES and READ_FILE; nothing for any other call. The call is validated. Source: Mesos
/// operator HTTP API.
std::optional<http::Response> answerSharedCall(const mesos::v1::master::Call &call,
                                               codec::MediaType accept, SharedServices &services);
std::optional<http::Response> answerSharedCall(const mesos::v1::agent::Call &call,
                                               codec::MediaType accept, SharedServices &services);

} // namespace meseta
