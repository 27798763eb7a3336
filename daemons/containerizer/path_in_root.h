#pragma once

#include <string>

#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

/// Opens a path below `root` as if `root` were "/": links and `..` of whoever wrote the tree stay
/// inside, and links of /proc are not followed. Invalid with errno set. Source: openat2(2),
/// RESOLVE_IN_ROOT.
FileDescriptor openInRoot(int root, const std::string &path, int flags);

/// The same with O_PATH, after making what is missing: folders (mode 0755), or folders and then an
/// empty file.
FileDescriptor makeInRoot(int root, const std::string &path, MountEntry::Missing missing);

/// "/proc/self/fd/7": a path for calls that take no descriptor.
std::string pathOf(const FileDescriptor &file);

} // namespace meseta::containerizer
