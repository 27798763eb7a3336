#include "daemons/agent/containerizer/sandbox_log_limits.h"

#include <algorithm>

#include "common/base/bytes_text.h"

namespace meseta::agent {

namespace {

constexpr std::uint64_t page = 4096;

void override(std::uint64_t &limit, const std::string &text)
{
    if (const auto bytes = parseBytes(text))
        limit = std::max<std::uint64_t>(*bytes, page);
}

} // namespace

SandboxLogLimits SandboxLogLimits::overriddenBy(const mesos::v1::Environment &environment) const
{
    SandboxLogLimits limits = *this;
    for (const auto &variable : environment.variables()) {
        if (variable.name() == "CONTAINER_LOGGER_MAX_STDOUT_SIZE")
            override(limits.maxStdoutBytes, variable.value());
        else if (variable.name() == "CONTAINER_LOGGER_MAX_STDERR_SIZE")
            override(limits.maxStderrBytes, variable.value());
    }
    return limits;
}

} // namespace meseta::agent
