#pragma once

#include <functional>

#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/agent/images/unpack/tar_entry.h"

namespace meseta::agent {

/// How an overlay marks a directory that hides what lies below it (kernel documentation,
/// overlayfs: whiteouts and opaque directories). Without root the `user.` form is used.
std::string opaqueMark(bool privileged);

/// Writes the entries of one layer into a directory of its own. Whiteouts become what overlayfs
/// takes for them: a character device 0/0 for a hidden name, an attribute for an opaque directory.
/// Source: OCI image specification, layer, whiteouts.
class LayerWriter
{
public:
    using Content = std::function<Result<std::string_view>()>; ///< empty at the end

    explicit LayerWriter(RootedTree tree) : m_tree(std::move(tree)) { }

    /// The error names the entry and the rule it breaks.
    Result<> write(const TarEntry &entry, const Content &content);
    Result<> finish() { return m_tree.finish(); }

    /// Whether the layer says anything about the root directory itself.
    bool describesRoot() const { return m_describesRoot; }
    bool hasWhiteouts() const { return m_hasWhiteouts; }
    const std::set<std::string> &impliedFolders() const { return m_tree.implied(); }

private:
    Result<> place(const TarEntry &entry, const Content &content);
    Result<> whiteOut(const std::string &leaf);
    Result<> markOpaque(const std::string &leaf) const;
    Result<> markOpaque(int directory) const;
    Result<> writeDirectory(const TarEntry &entry, const std::string &leaf);
    Result<> writeFile(const TarEntry &entry, const std::string &leaf, const Content &content);
    Result<> writeSymbolicLink(const TarEntry &entry, const std::string &leaf);
    Result<> writeHardLink(const TarEntry &entry, const std::string &leaf);
    Result<> writeNode(const TarEntry &entry, const std::string &leaf);
    Result<> setLinkAttributes(const TarEntry &entry, const std::string &leaf) const;
    Result<> makeRoom(const std::string &leaf);
    Result<> retrying(const std::string &leaf, const std::function<int()> &make);

    RootedTree m_tree;
    bool m_describesRoot = false;
    bool m_hasWhiteouts = false;
};

} // namespace meseta::agent
