#pragma once

#include <cstdint>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::containerizer {

/// A copy of what is mounted at `source`, attached nowhere yet; `recursive`: with what is mounted
/// below. Invalid with errno set. Source: open_tree(2).
FileDescriptor cloneTree(const FileDescriptor &source, bool recursive);

/// Adds MS_RDONLY, MS_NOSUID, MS_NODEV and MS_NOEXEC to a tree's mount, leaves its others alone,
/// and sets its propagation (MS_PRIVATE ...) unless that is 0. False with errno set.
bool restrictTree(const FileDescriptor &tree, std::uint64_t flags, std::uint64_t propagation,
                  bool recursive);

/// Mounts a tree at a place of the caller's mount namespace. False with errno set.
bool attachTree(const FileDescriptor &tree, const FileDescriptor &target);

} // namespace meseta::containerizer
