#pragma once

#include <string>

#include "common/base/flags.h"

namespace meseta {

/// The name of a type in --help and in messages: "DURATION".
std::string flagTypeName(FlagType type);

/// Brings the text of a value into the form it is told in (/flags): checked against the row's type,
/// choices and rule, `file://` contents read. The error says what is wrong and what would be right.
Result<std::string> normalFlagValue(const FlagRow &row, const std::string &text);

/// How many edits lie between two names.
std::size_t editDistance(const std::string &a, const std::string &b);

} // namespace meseta
