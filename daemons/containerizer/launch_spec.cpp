#include "daemons/containerizer/launch_spec.h"

#include <sys/mount.h>

#include "daemons/containerizer/wire_fields.h"

namespace meseta::containerizer {

// Static rather than in an unnamed namespace: the reader and the writer find these by their
// arguments.
template <typename Wire> static void wire(Wire &w, MountEntry &m)
{
    w('s', m.source);
    w('b', m.sourceRoot);
    w('n', m.sourceNamespace);
    w('t', m.target);
    w('y', m.type);
    w('f', m.flags);
    w('d', m.data);
    w('p', m.propagation);
    w('m', m.missing);
    w('o', m.optional);
}

template <typename Wire> static void wire(Wire &w, NodeEntry &n)
{
    w('p', n.path);
    w('t', n.type);
    w('a', n.major);
    w('i', n.minor);
    w('m', n.mode);
    w('l', n.linkTarget);
}

template <typename Wire> static void wire(Wire &w, CgroupEntry &c)
{
    w('d', c.directory);
    w('u', c.unified);
    w('f', c.freezer);
    w('s', c.shared);
}

template <typename Wire> static void wire(Wire &w, NamespaceEntry &n)
{
    w('p', n.path);
    w('t', n.type);
}

template <typename Wire> static void wire(Wire &w, TerminalEntry &t)
{
    w('r', t.rows);
    w('c', t.columns);
}

template <typename Wire> static void wire(Wire &w, LimitEntry &l)
{
    w('r', l.resource);
    w('s', l.soft);
    w('h', l.hard);
}

template <typename Wire> static void wire(Wire &w, CapabilitySets &c)
{
    w('b', c.bounding);
    w('e', c.effective);
    w('i', c.inheritable);
    w('a', c.ambient);
}

template <typename Wire> static void wire(Wire &w, PreExecEntry &p)
{
    w('a', p.arguments);
}

template <typename Wire> static void wire(Wire &w, LaunchSpec &s)
{
    w('f', s.file);
    w('a', s.arguments);
    w('e', s.environment);
    w('d', s.directory);
    w('w', s.workingDirectory);
    w('S', s.switchUser);
    w('u', s.uid);
    w('g', s.gid);
    w('s', s.groups);
    w('U', s.imageUser);
    w('1', s.maxStdoutBytes);
    w('2', s.maxStderrBytes);
    w('k', s.keepLogs);
    w('r', s.runtimeDirectory);
    w('t', s.recoveryMilliseconds);
    w('h', s.hold);
    w('I', s.attachable);
    w('W', s.awaitReader);
    w('T', s.terminal);
    w('N', s.newNamespaces);
    w('J', s.joinNamespaces);
    w('C', s.cgroups);
    w('A', s.awaitIsolation);
    w('R', s.rootfs);
    w('O', s.rootMounts);
    w('o', s.readOnlyRoot);
    w('F', s.rootFlags);
    w('M', s.mounts);
    w('D', s.nodes);
    w('m', s.maskedPaths);
    w('q', s.readOnlyPaths);
    w('H', s.hostname);
    w('P', s.preExec);
    w('L', s.limits);
    w('x', s.oomScoreAdjustment);
    w('c', s.capabilities);
    w('n', s.noNewPrivileges);
    w('B', s.seccompFilter);
}

MountEntry MountEntry::bind(std::string source, std::string target, bool readOnly)
{
    MountEntry entry;
    entry.source = std::move(source);
    entry.target = std::move(target);
    entry.type = "bind";
    entry.flags = MS_REC;
    if (readOnly)
        entry.flags |= MS_RDONLY;
    return entry;
}

void LaunchSpec::setEnvironment(std::string_view name, std::string_view value)
{
    std::string entry = std::string(name) + "=";
    const std::size_t nameLength = entry.size();
    entry += value;
    for (std::string &existing : environment) {
        if (existing.compare(0, nameLength, entry, 0, nameLength) == 0) {
            existing = std::move(entry);
            return;
        }
    }
    environment.push_back(std::move(entry));
}

std::string_view LaunchSpec::environmentValue(std::string_view name) const
{
    for (const std::string_view entry : environment) {
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            return entry.substr(name.size() + 1);
    }
    return {};
}

std::string LaunchSpec::encode() const
{
    WireWriter writer;
    // The one list of fields serves both directions, and writing changes nothing.
    wire(writer, const_cast<LaunchSpec &>(*this));
    return writer.take();
}

std::optional<LaunchSpec> LaunchSpec::decode(std::string_view bytes)
{
    WireReader reader(bytes);
    LaunchSpec spec;
    wire(reader, spec);
    if (!reader.valid() || spec.file.empty() || spec.directory.empty())
        return std::nullopt;
    return spec;
}

} // namespace meseta::containerizer
