#include "common/validation/ids.h"

#include <algorithm>

#include "mesos/v1/ids.pb.h"

namespace meseta {

namespace {

constexpr std::size_t LongestId = 255;
constexpr std::size_t LongestContainerId = 242;

bool isForbidden(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
}

/// The id as it is shown in an error: short, control characters as '?'.
std::string shown(std::string_view id)
{
    std::string text(id.substr(0, 64));
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return "'" + text + (id.size() > 64 ? "…'" : "'");
}

Result<> refuse(std::string_view what, const std::string &why)
{
    return fail(std::string(what) + ": " + why);
}

} // namespace

Result<> validateId(std::string_view id, std::string_view what)
{
    if (id.empty())
        return refuse(what, "an id must not be empty");
    if (id.size() > LongestId)
        return refuse(what,
                      shown(id) + " is " + std::to_string(id.size()) + " bytes long; at most "
                          + std::to_string(LongestId) + " are allowed");
    if (id == "." || id == "..")
        return refuse(what, shown(id) + " is not allowed: it would name a directory");
    if (std::any_of(id.begin(), id.end(), isForbidden))
        return refuse(
            what,
            shown(id)
                + " contains invalid characters: '/', '\\' and control characters are not allowed");
    return {};
}

bool isValidId(std::string_view id)
{
    return validateId(id).has_value();
}

Result<> validateContainerId(const mesos::v1::ContainerID &id, const std::string &what)
{
    if (auto valid = validateId(id.value(), what); !valid)
        return valid;
    if (id.value().size() > LongestContainerId)
        return refuse(what,
                      shown(id.value()) + " is " + std::to_string(id.value().size())
                          + " bytes long; at most " + std::to_string(LongestContainerId)
                          + " are allowed for a container");
    if (id.value().find_first_of(". ") != std::string::npos)
        return refuse(what,
                      shown(id.value()) + " contains '.' or a space, which container ids may not");
    return id.has_parent() ? validateContainerId(id.parent(), what + ".parent") : Result<>();
}

} // namespace meseta
