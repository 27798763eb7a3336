#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// The door to the files of cgroups. Everything the room does goes through it, so that a test can
/// put a tree of its own behind it; what a kernel does by itself (filling a new group with files,
/// letting a group with files be removed) is the test's to do there.
class CgroupFiles
{
public:
    virtual ~CgroupFiles() = default;

    /// Makes a group (and those above it that are missing). One that is there already is fine.
    virtual Result<> make(const std::string &group);

    /// Removes a group without members or children. False: it is still busy; a group that does not
    /// exist is removed.
    virtual Result<bool> remove(const std::string &group);

    bool exists(const std::string &path) const;

    /// The whole content of a file of the kernel.
    Result<std::string> read(const std::string &file) const;

    /// Writes with one system call, as the kernel wants it; does not create the file.
    virtual Result<> write(const std::string &file, std::string_view text);

    /// The names of the groups right below, sorted.
    std::vector<std::string> children(const std::string &group) const;

    /// Who a group belongs to (an extended attribute), so that an agent tidies up only after
    /// itself. Empty: nobody said.
    virtual std::string owner(const std::string &group) const;
    virtual Result<> setOwner(const std::string &group, const std::string &owner);
};

} // namespace meseta::agent
