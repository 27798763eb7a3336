#include "common/resources/role.h"

#include <algorithm>

namespace meseta {

namespace {

bool isForbidden(unsigned char c)
{
    return c <= 0x20 || c == 0x7f;
}

/// Why a component cannot stand in a role path; empty when it can.
std::string componentFault(std::string_view component)
{
    if (component.empty())
        return "has an empty component (a '/' at an end, or two in a row)";
    if (component == "." || component == "..")
        return "has the component '" + std::string(component) + "'";
    if (component == "*")
        return "has '*' as a part of a path; '*' is a role of its own";
    if (component.front() == '-')
        return "has a component that begins with '-'";
    if (std::any_of(component.begin(), component.end(), isForbidden))
        return "has white space or a control character in it";
    return {};
}

} // namespace

Result<> validateRole(std::string_view role)
{
    if (role == "*")
        return {};
    if (role.empty())
        return fail("the role is empty; name one, or '*' for the default role");
    std::string_view rest = role;
    for (;;) {
        const std::size_t slash = rest.find('/');
        if (const std::string fault = componentFault(rest.substr(0, slash)); !fault.empty())
            return fail("the role '" + std::string(role) + "' " + fault);
        if (slash == std::string_view::npos)
            return {};
        rest.remove_prefix(slash + 1);
    }
}

bool isBelow(std::string_view role, std::string_view ancestor)
{
    return role.size() > ancestor.size() && role[ancestor.size()] == '/'
        && role.substr(0, ancestor.size()) == ancestor;
}

std::string_view topLevelRole(std::string_view role)
{
    return role.substr(0, role.find('/'));
}

std::vector<std::string_view> ancestorsOf(std::string_view role)
{
    std::vector<std::string_view> result;
    for (std::size_t slash = role.find('/'); slash != std::string_view::npos;
         slash = role.find('/', slash + 1))
        result.push_back(role.substr(0, slash));
    return result;
}

} // namespace meseta
