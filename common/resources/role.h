#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta {

/// Whether a text can name a role: "*", or path components joined by "/", none of which is empty,
/// ".", "..", "*", begins with "-", or holds white space, a backspace or another control character.
/// Source: Mesos roles documentation.
Result<> validateRole(std::string_view role);

/// Whether `role` lies strictly below `ancestor`: "eng/web" below "eng". Nothing lies below "*".
bool isBelow(std::string_view role, std::string_view ancestor);

/// `role` itself or below it.
inline bool isWithin(std::string_view role, std::string_view ancestor)
{
    return role == ancestor || isBelow(role, ancestor);
}

/// "eng" of "eng/web/front".
std::string_view topLevelRole(std::string_view role);

/// "eng", "eng/web" of "eng/web/front": the ancestors, outermost first.
std::vector<std::string_view> ancestorsOf(std::string_view role);

} // namespace meseta
