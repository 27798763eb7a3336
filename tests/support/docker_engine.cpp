#include "tests/support/docker_engine.h"

#include <csignal>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

#include "daemons/containerizer/process_tree.h"
#include "tests/support/root_folder.h"

namespace meseta::test {

namespace {

constexpr const char *dockerfile = R"(FROM scratch
ADD base /
ADD tools /
ADD redis /
ENV PATH=/usr/bin:/bin
EXPOSE 6379
ENTRYPOINT ["/usr/bin/redis-server"]
CMD ["--protected-mode","no"]
)";

QByteArray firstLine(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readLine().trimmed() : QByteArray();
}

} // namespace

TestDockerEngine::TestDockerEngine()
    : m_folder(QStringLiteral("/tmp/meseta-engine-XXXXXX")) // short: sockets live below it
    , m_bridge(QStringLiteral("mst%1").arg(::getpid()))
{ }

QString TestDockerEngine::missing()
{
    if (::geteuid() != 0)
        return QStringLiteral("no Docker engine: starting one needs root");
    for (const char *program : {"dockerd", "containerd", "runc", "ip"}) {
        const QStringList folders{QStringLiteral("/usr/sbin"), QStringLiteral("/sbin")};
        if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty()
            && QStandardPaths::findExecutable(QLatin1String(program), folders).isEmpty())
            return QStringLiteral("no Docker engine: the program %1 (Debian packages docker.io and "
                                  "iproute2) is missing")
                .arg(QLatin1String(program));
    }
    return {};
}

QString TestDockerEngine::cgroupParent() const
{
    return QDir(m_folder.path()).dirName();
}

Result<> TestDockerEngine::makeBridge()
{
    if (QFile::exists(QStringLiteral("/sys/class/net/") + m_bridge))
        return {};
    const QString address =
        QStringLiteral("10.%1.%2.1/24").arg(200 + ::getpid() / 250 % 50).arg(::getpid() % 250);
    const QStringList steps[] = {
        {QStringLiteral("link"), QStringLiteral("add"), QStringLiteral("name"), m_bridge,
         QStringLiteral("type"), QStringLiteral("bridge")},
        {QStringLiteral("addr"), QStringLiteral("add"), address, QStringLiteral("dev"), m_bridge},
        {QStringLiteral("link"), QStringLiteral("set"), m_bridge, QStringLiteral("up")}};
    for (const auto &step : steps) {
        if (auto done = runProgram(QStringLiteral("ip"), step); !done)
            return fail(done.error().within("making the bridge " + m_bridge.toStdString()));
    }
    return {};
}

Result<> TestDockerEngine::start()
{
    if (auto made = makeBridge(); !made)
        return made;
    QStringList arguments{QStringLiteral("--data-root"),
                          m_folder.filePath(QStringLiteral("data")),
                          QStringLiteral("--exec-root"),
                          m_folder.filePath(QStringLiteral("exec")),
                          QStringLiteral("--pidfile"),
                          m_folder.filePath(QStringLiteral("pid")),
                          QStringLiteral("--host"),
                          QStringLiteral("unix://") + socket(),
                          QStringLiteral("--bridge"),
                          m_bridge,
                          QStringLiteral("--iptables=false"),
                          QStringLiteral("--ip-masq=false"),
                          QStringLiteral("--ip-forward=false"),
                          QStringLiteral("--cgroup-parent"),
                          QLatin1Char('/') + cgroupParent(),
                          QStringLiteral("--log-level"),
                          QStringLiteral("warn")};
    if (!m_mirror.isEmpty())
        arguments << QStringLiteral("--registry-mirror") << m_mirror;
    return m_server.start(QStringLiteral("dockerd"), arguments, [this] {
        const auto pong = QFile::exists(socket()) ? request("GET", "/_ping")
                                                  : Result<http::Response>(fail("no socket yet"));
        return pong && pong->status == 200;
    });
}

void TestDockerEngine::stop()
{
    m_server.stop();
}

void TestDockerEngine::crash()
{
    m_server.signal(SIGKILL);
    m_server.stop();
    killLeftovers(false);
    QFile::remove(m_folder.filePath(QStringLiteral("pid")));
}

void TestDockerEngine::freeze()
{
    m_server.signal(SIGSTOP);
}

void TestDockerEngine::thaw()
{
    m_server.signal(SIGCONT);
}

/// What outlives a crashed engine: its containerd and, with `containers`, the shims and what runs
/// below them.
void TestDockerEngine::killLeftovers(bool containers)
{
    if (!m_folder.isValid())
        return; // its path would be empty, and so in the command of every containerd
    for (const auto &entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        const auto pid = static_cast<pid_t>(entry.toInt());
        const auto command =
            pid > 1 ? firstLine(QStringLiteral("/proc/%1/cmdline").arg(pid)) : QByteArray();
        const bool isShim = command.contains("containerd-shim");
        if (!command.contains(m_folder.path().toUtf8()) || !command.contains("containerd")
            || (isShim && !containers))
            continue;
        for (const pid_t child : isShim ? containerizer::descendants(pid) : std::vector<pid_t>())
            ::kill(child, SIGKILL);
        ::kill(pid, SIGKILL);
    }
    QFile::remove(m_folder.filePath(QStringLiteral("exec/containerd/containerd.pid")));
}

void TestDockerEngine::remove()
{
    if (m_server.isRunning()) {
        thaw();
        const auto containers = request("GET", "/containers/json?all=1");
        for (const auto &container :
             QJsonDocument::fromJson(containers ? containers->body : QByteArray()).array())
            request("DELETE",
                    "/containers/" + container.toObject().value(u"Id").toString().toLatin1()
                        + "?force=1&v=1");
        request("POST", "/networks/prune");
        m_server.stop();
    }
    killLeftovers(true);
    unmountLeftovers();
    removeCgroups();
    if (QFile::exists(QStringLiteral("/sys/class/net/") + m_bridge))
        runProgram(QStringLiteral("ip"),
                   {QStringLiteral("link"), QStringLiteral("delete"), m_bridge});
    m_folder.remove();
}

void TestDockerEngine::unmountLeftovers() const
{
    QFile mounts(QStringLiteral("/proc/self/mounts"));
    if (!mounts.open(QIODevice::ReadOnly))
        return;
    const auto lines = mounts.readAll().split('\n');
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const auto target = line->split(' ').value(1);
        if (target.startsWith(m_folder.path().toUtf8() + '/'))
            ::umount2(target.constData(), MNT_DETACH);
    }
}

void TestDockerEngine::removeCgroups() const
{
    const QDir controllers(QStringLiteral("/sys/fs/cgroup"));
    QStringList parents{controllers.filePath(cgroupParent())};
    for (const auto &controller : controllers.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        parents.append(controllers.filePath(controller + QLatin1Char('/') + cgroupParent()));
    for (const auto &parent : parents) {
        if (!QFile::exists(parent))
            continue;
        for (const auto &child : QDir(parent).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            ::rmdir((parent + QLatin1Char('/') + child).toLocal8Bit().constData());
        ::rmdir(parent.toLocal8Bit().constData());
    }
}

Result<http::Response> TestDockerEngine::request(const QByteArray &method, const QByteArray &target,
                                                 const QByteArray &body, http::Headers headers)
{
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    request.headers.set("Host", "docker");
    request.body = body;
    if (!body.isEmpty() && !request.headers.has("Content-Type"))
        request.headers.set("Content-Type", "application/json");
    const auto answer = std::make_shared<std::optional<Result<http::Response>>>();
    m_client.call(http::Endpoint::unixPath(socket()), std::move(request),
                  [answer](Result<http::Response> response) { *answer = std::move(response); },
                  {.timeout = std::chrono::minutes(2)});
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, 120000))
        return fail("the test engine does not answer " + target.toStdString());
    return std::move(**answer);
}

Result<> TestDockerEngine::buildRedis()
{
    QTemporaryDir folder;
    RootFolder base(folder.filePath(QStringLiteral("base"))),
        tools(folder.filePath(QStringLiteral("tools"))),
        redis(folder.filePath(QStringLiteral("redis")));
    for (const auto &[root, programs] : std::initializer_list<std::pair<RootFolder *, QStringList>>{
             {&base, {QStringLiteral("/bin/sh")}},
             {&tools,
              {QStringLiteral("/bin/cat"), QStringLiteral("/bin/echo"),
               QStringLiteral("/bin/sleep"), QStringLiteral("/usr/bin/env"),
               QStringLiteral("/usr/bin/id"), QStringLiteral("/bin/touch"),
               QStringLiteral("/bin/ls"), QStringLiteral("/usr/bin/head"),
               QStringLiteral("/usr/bin/tail"), QStringLiteral("/bin/hostname")}},
             {&redis,
              {QStringLiteral("/usr/bin/redis-server"), QStringLiteral("/usr/bin/redis-cli")}}}) {
        for (const auto &program : programs) {
            if (auto added = root->addProgram(program); !added)
                return added;
        }
    }
    tools.makeDirectory(QStringLiteral("tmp"));
    tools.makeDirectory(QStringLiteral("etc"));
    QFile file(folder.filePath(QStringLiteral("Dockerfile")));
    if (!file.open(QIODevice::WriteOnly) || file.write(dockerfile) < 0)
        return fail("cannot write the Dockerfile");
    file.close();

    const auto context = runProgram(
        QStringLiteral("tar"),
        {QStringLiteral("-C"), folder.path(), QStringLiteral("-c"), QStringLiteral(".")});
    if (!context)
        return fail(context.error());
    const auto built = request("POST", "/build?t=library%2Fredis%3Alatest&forcerm=1", *context,
                               {{"Content-Type", "application/x-tar"}});
    if (!built)
        return fail(built.error());
    if (built->status != 200 || !built->body.contains("Successfully tagged"))
        return fail("building the Redis image: " + built->body.right(1000).toStdString());
    return {};
}

Result<> TestDockerEngine::push(const QString &image, const QString &registryHost,
                                const QString &repository, const QByteArray &auth)
{
    const QByteArray name = (registryHost + QLatin1Char('/') + repository).toLatin1();
    const auto tagged = request(
        "POST", "/images/" + image.toLatin1() + "/tag?tag=latest&repo=" + name.toPercentEncoding());
    if (!tagged || tagged->status != 201)
        return fail("tagging " + image.toStdString() + " failed");
    const auto pushed = request("POST", "/images/" + name + "/push?tag=latest", {},
                                {{"X-Registry-Auth", auth.isEmpty() ? QByteArray("e30=") : auth}});
    if (!pushed)
        return fail(pushed.error());
    if (pushed->status != 200 || pushed->body.contains("errorDetail"))
        return fail("pushing " + name.toStdString() + ": "
                    + pushed->body.right(1000).toStdString());
    return {};
}

Result<> TestDockerEngine::removeImage(const QString &image)
{
    const auto removed = request("DELETE", "/images/" + image.toLatin1() + "?force=1");
    if (!removed || removed->status != 200)
        return fail("removing the image " + image.toStdString() + " failed");
    return {};
}

} // namespace meseta::test
