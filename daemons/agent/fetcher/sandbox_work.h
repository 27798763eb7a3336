#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/user_lookup.h"
#include "daemons/agent/fetcher/fetch_source.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// What is done with one fetched file, on a worker thread, as the task's user. Copies of it are
/// plain values.
struct SandboxWork
{
    std::string sandbox;
    std::string name; ///< in the sandbox
    std::optional<UserIds> user;
    bool executable = false;
    bool extract = false;
    std::uint64_t maxBytes = 0;

    std::string localSource; ///< a file to copy, read as the user; or
    std::string cachedFile; ///< a file of the cache, read as the agent; or
    std::string temporary; ///< a file in the sandbox already, under this name

    Result<> run() const;

private:
    Result<containerizer::FileDescriptor> openSource() const;
    Result<> place(int source) const;
    Result<> unpack(int source) const;
};

/// Opens a new file in a directory for writing; an older one of that name goes first.
Result<containerizer::FileDescriptor> createFile(int directory, const std::string &name,
                                                 unsigned mode);

/// Writes all of it, also when the system takes it in pieces.
Result<> writeAll(int target, const char *data, std::size_t size);

/// Copies everything, at most `maxBytes`.
Result<> copyAll(int source, int target, std::uint64_t maxBytes);

} // namespace meseta::agent
