#include "daemons/agent/containerizer/native/isolators/cni/cni_state.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <QFile>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/mount.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

namespace fs = std::filesystem;

namespace {

const char *const configName = "network.conf";
const char *const answerName = "network.info";

Result<> save(const std::string &path, const QByteArray &content)
{
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    QSaveFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return fail("cannot write " + path + ": " + file.errorString().toStdString());
    return {};
}

QByteArray load(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<std::string> foldersIn(const std::string &path)
{
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_directory(ignored))
            names.push_back(it->path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool isMountPoint(const std::string &path)
{
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);)
        if (line.find(" " + path + " ") != std::string::npos)
            return true;
    return false;
}

} // namespace

std::string CniState::interfaceFolder(const std::string &id, const Interface &interface) const
{
    return folder(id) + "/" + interface.network + "/" + interface.name;
}

Result<> CniState::make(const std::string &id) const
{
    std::error_code error;
    fs::create_directories(folder(id), error);
    if (error)
        return fail("cannot make " + folder(id) + ": " + error.message());
    for (const char *name : {"hostname", "hosts", "resolv.conf", "ns"})
        if (const Result<> made = writeFile(id, name, ""); !made)
            return made;
    return {};
}

bool CniState::contains(const std::string &id) const
{
    std::error_code error;
    return !id.empty() && fs::exists(folder(id), error);
}

/// In place: the file may be mounted already.
Result<> CniState::writeFile(const std::string &id, const char *name, const std::string &text) const
{
    const containerizer::FileDescriptor fd(
        ::open(file(id, name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd.valid()
        || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail("cannot write " + file(id, name) + ": " + std::strerror(errno));
    return {};
}

/// Containers copy the host's mounts when they start. Only of a shared mount do their copies go
/// when ours go; without that, a container would hold the namespaces of all that were there when it
/// started.
Result<> CniState::share() const
{
    if (isMountPoint(m_root))
        return {};
    if (::mount(m_root.c_str(), m_root.c_str(), nullptr, MS_BIND, nullptr) != 0
        || ::mount(nullptr, m_root.c_str(), nullptr, MS_PRIVATE, nullptr) != 0
        || ::mount(nullptr, m_root.c_str(), nullptr, MS_SHARED, nullptr) != 0)
        return fail("cannot make " + m_root + " a shared mount: " + std::strerror(errno));
    return {};
}

Result<> CniState::hold(const std::string &id, pid_t pid) const
{
    if (const Result<> shared = share(); !shared)
        return shared;
    const std::string source = "/proc/" + std::to_string(pid) + "/ns/net";
    if (::mount(source.c_str(), namespaceFile(id).c_str(), nullptr, MS_BIND, nullptr) != 0)
        return fail("cannot hold the network namespace of container " + id + ": "
                    + std::strerror(errno));
    return {};
}

Result<> CniState::saveConfig(const std::string &id, const Interface &interface) const
{
    std::error_code error;
    fs::create_directories(interfaceFolder(id, interface), error);
    if (error)
        return fail("cannot make " + interfaceFolder(id, interface) + ": " + error.message());
    return save(folder(id) + "/" + interface.network + "/" + configName, interface.config);
}

Result<> CniState::saveAnswer(const std::string &id, const Interface &interface) const
{
    return save(interfaceFolder(id, interface) + "/" + answerName, interface.answer);
}

void CniState::forgetInterface(const std::string &id, const Interface &interface) const
{
    std::error_code ignored;
    fs::remove_all(folder(id) + "/" + interface.network, ignored);
}

std::vector<CniState::Interface> CniState::interfaces(const std::string &id) const
{
    std::vector<Interface> result;
    for (const std::string &network : foldersIn(folder(id))) {
        for (const std::string &name : foldersIn(folder(id) + "/" + network)) {
            Interface interface {
                network, name, load(folder(id) + "/" + network + "/" + configName), { }
            };
            interface.answer = load(interfaceFolder(id, interface) + "/" + answerName);
            result.push_back(std::move(interface));
        }
    }
    std::sort(result.begin(), result.end(),
              [](const Interface &a, const Interface &b) { return a.name < b.name; });
    return result;
}

std::vector<std::string> CniState::containers() const
{
    return foldersIn(m_root);
}

Result<> CniState::remove(const std::string &id) const
{
    if (::umount2(namespaceFile(id).c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT)
        return fail("cannot let the network namespace of container " + id
                    + " go: " + std::strerror(errno));
    std::error_code error;
    fs::remove_all(folder(id), error);
    if (error)
        return fail("cannot remove " + folder(id) + ": " + error.message());
    if (containers().empty() && isMountPoint(m_root))
        ::umount2(m_root.c_str(), MNT_DETACH);
    return {};
}

} // namespace meseta::agent
