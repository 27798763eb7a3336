#pragma once

#include <optional>
#include <string>

namespace meseta::agent {

struct IsolatorContext;

/// What isolators need of the kernel, asked without changing anything. Each tells what is missing;
/// nothing when it is there.
std::optional<std::string> lackOfNamespace(const char *kind); ///< "pid", as in /proc/self/ns
/// openat2(2) and open_tree(2), with which roots of containers are built.
std::optional<std::string> lackOfMountCalls();
std::optional<std::string> lackOfSeccomp();
std::optional<std::string> lackOfSocketLists();
/// An empty name: any cgroups at all. "devices" of version 2 are a program of the kernel's.
std::optional<std::string> lackOfController(const IsolatorContext &context,
                                            const std::string &controller);

} // namespace meseta::agent
