#include "common/validation/calls.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta {

using mesos::v1::CheckInfo;
using mesos::v1::CheckStatusInfo;
using mesos::v1::CommandInfo;
using mesos::v1::HealthCheck;

namespace {

Result<> require(bool present, const std::string &field, const std::string &type)
{
    if (present)
        return {};
    return fail("'" + field + "' is missing: " + type + " needs it");
}

Result<> requireNotNegative(double seconds, const char *field)
{
    if (seconds >= 0)
        return {};
    return fail("'" + std::string(field) + "' has to be 0 or more, not " + std::to_string(seconds));
}

Result<> validateCheckCommand(const CommandInfo &command)
{
    if (!command.has_value())
        return fail(std::string("'command.value' must be set: the ")
                    + (command.shell() ? "shell command" : "path of the executable") + " to run");
    return validateCommand(command);
}

Result<> validatePath(bool present, const std::string &path)
{
    if (present && !path.starts_with('/'))
        return fail("'http.path' must start with '/', not be '" + path + "'");
    return {};
}

Result<> validateHttp(const HealthCheck::HTTPCheckInfo &http)
{
    if (http.has_scheme() && http.scheme() != "http" && http.scheme() != "https")
        return fail("'http.scheme' must be http or https, not '" + http.scheme() + "'");
    return validatePath(http.has_path(), http.path());
}

Result<> validateKind(const HealthCheck &check)
{
    Result<> given;
    switch (check.type()) {
    case HealthCheck::COMMAND:
        given = require(check.has_command(), "command", "a COMMAND health check");
        return given ? validateCheckCommand(check.command()) : given;
    case HealthCheck::HTTP:
        given = require(check.has_http(), "http", "an HTTP health check");
        return given ? validateHttp(check.http()) : given;
    case HealthCheck::TCP:
        return require(check.has_tcp(), "tcp", "a TCP health check");
    default:
        return fail("'type' must be COMMAND, HTTP or TCP");
    }
}

Result<> validateKind(const CheckInfo &check)
{
    Result<> given;
    switch (check.type()) {
    case CheckInfo::COMMAND:
        given = require(check.has_command(), "command", "a COMMAND check");
        return given ? validateCheckCommand(check.command().command()) : given;
    case CheckInfo::HTTP:
        given = require(check.has_http(), "http", "an HTTP check");
        return given ? validatePath(check.http().has_path(), check.http().path()) : given;
    case CheckInfo::TCP:
        return require(check.has_tcp(), "tcp", "a TCP check");
    default:
        return fail("'type' must be COMMAND, HTTP or TCP");
    }
}

} // namespace

Result<> validateHealthCheck(const HealthCheck &check)
{
    if (!check.has_type())
        return fail("'type' must be set: COMMAND, HTTP or TCP");
    if (auto valid = validateKind(check); !valid)
        return valid;
    if (auto valid = requireNotNegative(check.delay_seconds(), "delay_seconds"); !valid)
        return valid;
    if (auto valid = requireNotNegative(check.grace_period_seconds(), "grace_period_seconds");
        !valid)
        return valid;
    if (auto valid = requireNotNegative(check.interval_seconds(), "interval_seconds"); !valid)
        return valid;
    return requireNotNegative(check.timeout_seconds(), "timeout_seconds");
}

Result<> validateCheck(const CheckInfo &check)
{
    if (!check.has_type())
        return fail("'type' must be set: COMMAND, HTTP or TCP");
    if (auto valid = validateKind(check); !valid)
        return valid;
    if (auto valid = requireNotNegative(check.delay_seconds(), "delay_seconds"); !valid)
        return valid;
    if (auto valid = requireNotNegative(check.interval_seconds(), "interval_seconds"); !valid)
        return valid;
    return requireNotNegative(check.timeout_seconds(), "timeout_seconds");
}

Result<> validateCheckStatus(const CheckStatusInfo &status)
{
    if (!status.has_type())
        return fail("'check_status.type' must be set: COMMAND, HTTP or TCP");
    switch (status.type()) {
    case CheckInfo::COMMAND:
        return require(status.has_command(), "check_status.command",
                       "the status of a COMMAND check");
    case CheckInfo::HTTP:
        return require(status.has_http(), "check_status.http", "the status of an HTTP check");
    case CheckInfo::TCP:
        return require(status.has_tcp(), "check_status.tcp", "the status of a TCP check");
    default:
        return fail("'check_status.type' must be COMMAND, HTTP or TCP");
    }
}

} // namespace meseta
