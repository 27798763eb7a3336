#include <algorithm>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "common/base/random.h"
#include "common/resources/resources.h"
#include "common/validation/calls.h"

namespace meseta {

namespace {

std::string lowered(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return name;
}

} // namespace

Result<> requireMember(const google::protobuf::Message &call, const std::string &typeName)
{
    const std::string name = lowered(typeName);
    const google::protobuf::FieldDescriptor *field = call.GetDescriptor()->FindFieldByName(name);
    if (field && !call.GetReflection()->HasField(call, field))
        return fail("'" + name + "' is missing");
    return {};
}

Result<> validateUuid(const std::string &bytes, const std::string &what)
{
    if (isUuid(bytes))
        return {};
    return fail("no UUID in '" + what + "': it must be the 16 bytes of an RFC 4122 UUID, not "
                + std::to_string(bytes.size()) + " bytes"
                + (bytes.size() == 16 ? " of another kind" : ""));
}

Result<> validateGpus(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources)
{
    const double gpus = Resources(resources).scalar("gpus");
    if (toMilli(gpus) % 1000 != 0)
        return fail("'gpus' must be a whole number, not " + milliText(toMilli(gpus)));
    return {};
}

} // namespace meseta
