#include "common/validation/calls.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/ids.pb.h"

namespace meseta {

using mesos::v1::Environment;
using mesos::v1::Secret;

namespace {

Result<> validateSecretVariable(const Environment::Variable &variable)
{
    if (!variable.has_secret())
        return fail("it is of type SECRET, so 'secret' must be set");
    if (variable.has_value())
        return fail("it is of type SECRET, so 'value' must not be set");
    if (auto valid = validateSecret(variable.secret()); !valid)
        return valid;
    if (variable.secret().value().data().find('\0') != std::string::npos)
        return fail("its secret contains a null byte, which an environment cannot hold");
    return {};
}

Result<> validateVariable(const Environment::Variable &variable)
{
    switch (variable.type()) {
    case Environment::Variable::SECRET:
        return validateSecretVariable(variable);
    case Environment::Variable::VALUE:
        if (!variable.has_value())
            return fail("it is of type VALUE, so 'value' must be set");
        if (variable.has_secret())
            return fail("it is of type VALUE, so 'secret' must not be set");
        return {};
    default:
        return fail("its type is UNKNOWN; use VALUE or SECRET");
    }
}

} // namespace

Result<> validateSecret(const Secret &secret)
{
    if (secret.type() == Secret::REFERENCE) {
        if (!secret.has_reference())
            return fail("it is a secret of type REFERENCE, but 'reference' is missing");
        if (secret.has_value())
            return fail("the secret '" + secret.reference().name()
                        + "' is of type REFERENCE, so 'value' must not be set");
    }
    if (secret.type() == Secret::VALUE) {
        if (!secret.has_value())
            return fail("it is a secret of type VALUE, but 'value' is missing");
        if (secret.has_reference())
            return fail("it is a secret of type VALUE, so leave 'reference' out");
    }
    return {};
}

Result<> validateEnvironment(const Environment &environment)
{
    for (const Environment::Variable &variable : environment.variables()) {
        if (auto valid = validateVariable(variable); !valid)
            return fail(valid.error().within("environment variable '" + variable.name() + "'"));
    }
    return {};
}

Result<> validateCommand(const mesos::v1::CommandInfo &command)
{
    return validateEnvironment(command.environment());
}

} // namespace meseta
