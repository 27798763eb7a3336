#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

using Attributes = google::protobuf::RepeatedPtrField<mesos::v1::Attribute>;

/// The flag --attributes: "rack:abc;zone:1;ports:[1-2]". What reads as a number is a SCALAR, [..]
/// RANGES, the rest TEXT (it may hold colons). A set ({a,b}) is an error: no Mesos agent has them.
Result<Attributes> parseAttributes(std::string_view text);

/// "abc", "1.5", "[1-2]": as the legacy endpoints show ranges and texts, and people read all.
std::string attributeText(const mesos::v1::Attribute &attribute);

} // namespace meseta
