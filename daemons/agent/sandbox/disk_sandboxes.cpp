#include "daemons/agent/sandbox/disk_sandboxes.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QMetaObject>
#include <QThreadPool>

#include "common/endpoints/file_service.h"
#include "daemons/agent/core/agent_log.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::agent {

namespace fs = std::filesystem;

namespace {

std::string because(int error)
{
    std::string text = std::strerror(error);
    if (error == ENOSPC)
        text += "; free some space on that disk, or give another --work_dir";
    return text;
}

Result<> makeDirectories(const std::string &path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        return fail("cannot make the directory " + path + ": " + because(error.value()));
    return {};
}

/// Replaces a symbolic link in one step, so that a reader always finds one.
Result<> pointLink(const std::string &link, const std::string &target)
{
    const std::string fresh = link + ".new";
    ::unlink(fresh.c_str());
    if (::symlink(target.c_str(), fresh.c_str()) != 0 || ::rename(fresh.c_str(), link.c_str()) != 0)
        return fail("cannot point the link " + link + " to " + target + ": " + because(errno));
    return {};
}

Result<> giveTo(const std::string &path, const std::string &user)
{
    if (user.empty() || ::geteuid() != 0)
        return {};
    const passwd *entry = ::getpwnam(user.c_str());
    if (!entry)
        return fail("user '" + user
                    + "' does not exist on this agent; name another in CommandInfo.user or "
                      "FrameworkInfo.user, or start the agent with --no-switch_user");
    if (::chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0)
        return fail("cannot give " + path + " to user '" + user + "': " + because(errno));
    return {};
}

Result<> makeSandbox(const std::string &path, const std::string &user)
{
    if (::mkdir(path.c_str(), 0750) != 0)
        return fail("cannot make the sandbox " + path + ": " + because(errno));
    ::chmod(path.c_str(), 0750); // whatever the umask says
    if (auto given = giveTo(path, user); !given) {
        ::rmdir(path.c_str());
        return given;
    }
    return {};
}

/// A folder below another, of which the way there is the agent's own: tasks own their sandboxes and
/// may put links into it. Negative with errno set.
int openBelow(const std::string &top, const fs::path &folder)
{
    const int start = ::open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (start < 0)
        return -1;
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const std::string way = folder.lexically_relative(top).string();
    const auto opened = ::syscall(SYS_openat2, start, way.c_str(), &how, sizeof how);
    const int error = errno;
    ::close(start);
    errno = error;
    return static_cast<int>(opened);
}

std::vector<std::string> foldersIn(const std::string &path)
{
    std::vector<std::string> folders;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(path, error)) {
        if (entry.is_directory(error) && !entry.is_symlink(error))
            folders.push_back(entry.path().string());
    }
    return folders;
}

bool removeAll(const std::string &path)
{
    std::error_code error;
    fs::remove_all(path, error);
    return !error;
}

/// Removes a run and the folders above it that are empty by then.
bool removeRun(const std::string &path)
{
    if (!removeAll(path))
        return false;
    const fs::path runs = fs::path(path).parent_path();
    if (!fs::exists(runs / "latest"))
        ::unlink((runs / "latest").c_str());
    fs::path above = runs;
    for (int level = 0; level < 5 && ::rmdir(above.c_str()) == 0; ++level)
        above = above.parent_path();
    return true;
}

} // namespace

DiskSandboxes::DiskSandboxes(SandboxOptions options, Clock &clock, FileService &files)
    : m_options(std::move(options))
    , m_clock(clock)
    , m_files(files)
    , m_figures(std::make_shared<CollectionFigures>())
{ }

DiskSandboxes::~DiskSandboxes()
{
    m_clock.cancel(m_timer);
}

Result<> DiskSandboxes::prepare(const std::string &agentId)
{
    // What an earlier agent did not get to removing.
    QThreadPool::globalInstance()->start([left = foldersIn(removedFolder())] {
        for (const std::string &path : left)
            removeAll(path);
    });
    for (const char *part : {"/slaves", "/meta/slaves", "/meta/removed"}) {
        if (auto made = makeDirectories(m_options.workDir + part); !made)
            return fail(made.error().within("--work_dir=" + m_options.workDir));
    }
    for (const char *part : {"/slaves", "/meta/slaves"})
        scheduleOldAgents(m_options.workDir + part, agentId);
    if (!agentId.empty())
        findEndedRuns(agentId);
    watchDisk();
    return {};
}

std::string DiskSandboxes::runsOf(const SandboxId &id) const
{
    return m_options.workDir + "/slaves/" + id.agentId + "/frameworks/" + id.frameworkId
        + "/executors/" + id.executorId + "/runs";
}

bool DiskSandboxes::knowsUser(const std::string &user) const
{
    return ::getpwnam(user.c_str()) != nullptr;
}

Result<std::string> DiskSandboxes::create(const SandboxId &id, const std::string &user)
{
    const std::string runs = runsOf(id);
    if (auto made = makeDirectories(runs); !made)
        return fail(made.error());
    const std::string path = runs + "/" + id.containerId;
    if (auto made = makeSandbox(path, user); !made)
        return fail(made.error());
    if (auto linked = pointLink(runs + "/latest", path); !linked)
        return fail(linked.error());
    m_live.insert(path);
    attach(id, path);
    return path;
}

Result<std::string> DiskSandboxes::createNested(const std::string &parentSandbox,
                                                const std::string &containerId,
                                                const std::string &user)
{
    const std::string folder = parentSandbox + "/containers";
    if (auto made = makeDirectories(folder); !made)
        return fail(made.error());
    const std::string path = folder + "/" + containerId;
    keepNested(path);
    std::error_code error; // there may have been one of that id before
    const bool there = fs::symlink_status(path, error).type() == fs::file_type::directory;
    if (auto made = there ? giveTo(path, user) : makeSandbox(path, user); !made)
        return fail(made.error());
    return path;
}

void DiskSandboxes::attach(const SandboxId &id, const std::string &path)
{
    const std::string virtualLink =
        "/frameworks/" + id.frameworkId + "/executors/" + id.executorId + "/runs/latest";
    const std::vector names{path, runsOf(id) + "/latest", virtualLink};
    if (auto attached = m_files.attach(path, names); !attached)
        qCWarning(agentLog) << "cannot show" << path.c_str()
                            << "under /files:" << attached.error().message.c_str();
}

std::string DiskSandboxes::adopt(const SandboxId &id)
{
    const std::string path = runsOf(id) + "/" + id.containerId;
    std::error_code error;
    if (!fs::is_directory(path, error))
        return {};
    m_live.insert(path);
    attach(id, path);
    return path;
}

std::string DiskSandboxes::showEnded(const SandboxId &id)
{
    const std::string path = runsOf(id) + "/" + id.containerId;
    std::error_code error;
    if (!fs::is_directory(path, error))
        return {};
    attach(id, path);
    return path;
}

DiskSandboxes::Retired DiskSandboxes::ended(SandboxId id, Duration since) const
{
    const std::string runs = runsOf(id);
    return {runs + "/" + id.containerId, runs + "/latest",
            "/frameworks/" + id.frameworkId + "/executors/" + id.executorId + "/runs/latest", since,
            std::move(id)};
}

void DiskSandboxes::retire(const SandboxId &id)
{
    m_live.erase(runsOf(id) + "/" + id.containerId);
    retire(ended(id, m_clock.sinceEpoch()));
}

void DiskSandboxes::retire(Retired retired)
{
    m_retired.push_back(std::move(retired));
    m_figures->pending = m_retired.size();
    if (m_retired.size() > maxRetired) {
        remove(m_retired.front());
        m_retired.pop_front();
    }
}

void DiskSandboxes::retireNested(const std::string &sandbox)
{
    if (!m_options.collectNested || sandbox.empty())
        return;
    keepNested(sandbox);
    retire(Retired{sandbox, {}, {}, m_clock.sinceEpoch()});
}

/// It is in use again, or taken away otherwise.
void DiskSandboxes::keepNested(const std::string &sandbox)
{
    if (m_options.collectNested)
        std::erase_if(m_retired, [&](const Retired &one) { return one.path == sandbox; });
    m_figures->pending = m_retired.size();
}

Result<> DiskSandboxes::removeNested(const std::string &sandbox)
{
    keepNested(sandbox);
    const auto failed = [&sandbox] {
        return fail("cannot remove the sandbox " + sandbox + ": " + because(errno));
    };
    const fs::path path(sandbox);
    const int folder = openBelow(m_options.workDir, path.parent_path());
    if (folder < 0)
        return errno == ENOENT ? Result<>() : failed();
    // At once out of the way, for whoever launches one of that id again. Large trees take a while:
    // not on the event loop.
    const std::string aside =
        removedFolder() + "/" + std::to_string(::getpid()) + "-" + std::to_string(++m_removals);
    const bool moved = ::renameat(folder, path.filename().c_str(), AT_FDCWD, aside.c_str()) == 0;
    const int error = moved ? 0 : errno;
    ::close(folder);
    errno = error;
    if (!moved)
        return error == ENOENT ? Result<>() : failed();
    QThreadPool::globalInstance()->start([aside] { removeAll(aside); });
    return {};
}

void DiskSandboxes::agentRegistered(const mesos::v1::AgentInfo &info)
{
    if (m_agentId == info.id().value())
        return;
    m_agentId = info.id().value();
    const std::string mine = m_options.workDir + "/slaves";
    Result<> done = makeDirectories(mine + "/" + m_agentId);
    if (done)
        done = pointLink(mine + "/latest", mine + "/" + m_agentId);
    if (!done)
        qCWarning(agentLog) << "cannot show the latest sandboxes:" << done.error().message.c_str();
}

void DiskSandboxes::scheduleOldAgents(const std::string &folder, const std::string &agentId)
{
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(folder, error)) {
        if (!entry.is_directory(error) || entry.is_symlink(error)
            || entry.path().filename() == agentId)
            continue;
        struct stat info
        { };
        if (::stat(entry.path().c_str(), &info) == 0)
            m_retired.push_back(
                {entry.path().string(), {}, {}, std::chrono::seconds(info.st_mtime)});
    }
    std::sort(m_retired.begin(), m_retired.end(),
              [](const Retired &a, const Retired &b) { return a.since < b.since; });
    m_figures->pending = m_retired.size();
}

/// Reads the folders of an agent's runs, which may be many, not on the event loop.
void DiskSandboxes::findEndedRuns(const std::string &agentId)
{
    const std::string folder = m_options.workDir + "/slaves/" + agentId + "/frameworks";
    const auto name = [](const std::string &path) { return fs::path(path).filename().string(); };
    QThreadPool::globalInstance()->start([self = QPointer(this), folder, name, agentId] {
        std::vector<std::pair<SandboxId, Duration>> found;
        for (const std::string &framework : foldersIn(folder)) {
            for (const std::string &executor : foldersIn(framework + "/executors")) {
                for (const std::string &run : foldersIn(executor + "/runs")) {
                    struct stat info
                    { };
                    if (found.size() < maxRetired && ::stat(run.c_str(), &info) == 0)
                        found.emplace_back(
                            SandboxId{agentId, name(framework), name(executor), name(run)},
                            std::chrono::seconds(info.st_mtime));
                }
            }
        }
        if (QCoreApplication *app = QCoreApplication::instance())
            QMetaObject::invokeMethod(app, [self, found = std::move(found)]() mutable {
                if (self)
                    self->scheduleEnded(std::move(found));
            });
    });
}

void DiskSandboxes::scheduleEnded(std::vector<std::pair<SandboxId, Duration>> found)
{
    std::set<std::string> known = m_live;
    for (const Retired &run : m_retired)
        known.insert(run.path);
    for (auto &[id, since] : found) {
        Retired run = ended(std::move(id), since);
        if (known.count(run.path) > 0)
            continue;
        (void)m_files.attach(run.path, run.path); // its logs can still be read
        m_retired.push_back(std::move(run));
    }
    std::sort(m_retired.begin(), m_retired.end(),
              [](const Retired &a, const Retired &b) { return a.since < b.since; });
    m_figures->pending = m_retired.size();
}

void DiskSandboxes::watchDisk()
{
    collect(allowedAge());
    m_timer = m_clock.after(m_options.diskWatchInterval, [this] { watchDisk(); });
}

Duration DiskSandboxes::allowedAge() const
{
    struct statvfs disk
    { };
    double usage = 0;
    if (::statvfs(m_options.workDir.c_str(), &disk) == 0 && disk.f_blocks > 0)
        usage = 1.0 - static_cast<double>(disk.f_bavail) / static_cast<double>(disk.f_blocks);
    const double share = std::max(0.0, 1.0 - m_options.gcDiskHeadroom - usage);
    return Duration(
        static_cast<Duration::rep>(static_cast<double>(m_options.gcDelay.count()) * share));
}

void DiskSandboxes::collect(Duration maxAge)
{
    m_figures->maxAge = maxAge;
    const Duration now = m_clock.sinceEpoch();
    while (!m_retired.empty() && now - m_retired.front().since >= maxAge) {
        remove(m_retired.front());
        m_retired.pop_front();
    }
    m_figures->pending = m_retired.size();
}

void DiskSandboxes::remove(const Retired &retired)
{
    m_files.detach(retired.path);
    // A newer run may have taken these names over.
    for (const std::string &name : {retired.link, retired.virtualLink}) {
        const auto &attached = m_files.attached();
        const auto it = attached.find(name);
        if (it != attached.end() && it->second == retired.path)
            m_files.detach(name);
    }
    if (onCollected && !retired.id.containerId.empty())
        onCollected(retired.id);
    // Large trees take a while: not on the event loop.
    QThreadPool::globalInstance()->start([path = retired.path, figures = m_figures] {
        const bool removed = removeRun(path);
        if (QCoreApplication *app = QCoreApplication::instance()) {
            QMetaObject::invokeMethod(app, [figures, removed, path] {
                ++(removed ? figures->succeeded : figures->failed);
                if (!removed)
                    qCWarning(agentLog) << "could not remove the old sandbox" << path.c_str();
            });
        }
    });
}

CollectionFigures DiskSandboxes::figures() const
{
    return *m_figures;
}

} // namespace meseta::agent
