#include "tests/system/support/docker_cluster.h"

#include <QJsonArray>
#include <QTcpSocket>
#include <QTest>

namespace meseta::test {

DockerCluster::~DockerCluster()
{
    m_agent.reset();
    m_master.reset();
    m_engine.remove();
}

QString DockerCluster::missing()
{
    const QString engine = TestDockerEngine::missing();
    return engine.isEmpty() ? TestRegistry::missing() : engine;
}

Result<> DockerCluster::start()
{
    if (auto started = m_registry.start(); !started)
        return started;
    m_engine.setRegistryMirror(QStringLiteral("http://") + m_registry.host());
    if (auto started = m_engine.start(); !started)
        return started;
    if (auto built = m_engine.buildRedis(); !built)
        return built;
    if (auto pushed = m_engine.push(QStringLiteral("library/redis"), m_registry.host(),
                                    QStringLiteral("library/redis"));
        !pushed)
        return pushed;
    m_master = std::make_unique<Daemon>(QStringLiteral("mesos-master"),
                                        m_folder.filePath(QStringLiteral("master")));
    if (auto started = m_master->start({}); !started)
        return started;
    return startAgent();
}

Result<> DockerCluster::startAgent()
{
    qputenv("GLOG_v", "1");
    if (!m_agent)
        m_agent = std::make_unique<Daemon>(QStringLiteral("mesos-agent"),
                                           m_folder.filePath(QStringLiteral("agent")));
    const QStringList flags{QStringLiteral("--master=127.0.0.1:%1").arg(masterPort()),
                            QStringLiteral("--containerizers=docker,mesos"),
                            QStringLiteral("--executor_environment_variables={}"),
                            QStringLiteral("--executor_registration_timeout=60mins"),
                            QStringLiteral("--resources=ports:[40001-44000]"),
                            QStringLiteral("--docker_socket=") + m_engine.socket(),
                            QStringLiteral("--runtime_dir=")
                                + m_folder.filePath(QStringLiteral("run")),
                            QStringLiteral("--registration_backoff_factor=10ms")};
    auto started = m_agent->start(flags);
    qunsetenv("GLOG_v");
    if (!started)
        return started;
    const auto active = [this] {
        for (const auto &agent :
             getJson(masterPort(), "/state-summary").value(u"slaves").toArray()) {
            if (agent[u"active"].toBool() && agent[u"port"].toInt() == agentPort())
                return true;
        }
        return false;
    };
    if (QTest::qWaitFor(active, 60000))
        return {};
    return fail("the agent did not register: " + logTails().toStdString());
}

/// A container of the Redis image that runs (or would run) the script, made an image.
Result<QByteArray> DockerCluster::commit(const QByteArray &script, bool run,
                                         const QString &repository, const QByteArray &changes)
{
    const QJsonObject config{
        {QStringLiteral("Image"), QStringLiteral("library/redis")},
        {QStringLiteral("Entrypoint"), QJsonArray{QStringLiteral("/bin/sh"), QStringLiteral("-c")}},
        {QStringLiteral("Cmd"), QJsonArray{QString::fromUtf8(script)}}};
    const auto created =
        m_engine.request("POST", "/containers/create", QJsonDocument(config).toJson());
    if (!created || created->status != 201)
        return fail("cannot make a container: "
                    + (created ? created->body.toStdString() : created.error().message));
    const QByteArray id =
        QJsonDocument::fromJson(created->body).object().value(u"Id").toString().toLatin1();
    if (run) {
        m_engine.request("POST", "/containers/" + id + "/start");
        m_engine.request("POST", "/containers/" + id + "/wait");
    }
    const auto committed = m_engine.request("POST",
                                            "/commit?container=" + id + "&tag=latest&repo="
                                                + repository.toUtf8().toPercentEncoding() + changes,
                                            "{}");
    m_engine.request("DELETE", "/containers/" + id + "?force=1");
    if (!committed || committed->status != 201)
        return fail("cannot make the image " + repository.toStdString() + ": "
                    + (committed ? committed->body.toStdString() : committed.error().message));
    return id;
}

Result<> DockerCluster::publish(const QString &repository)
{
    if (auto pushed = m_engine.push(repository, m_registry.host(), repository); !pushed)
        return pushed;
    m_engine.removeImage(m_registry.host() + QLatin1Char('/') + repository);
    return m_engine.removeImage(repository);
}

Result<> DockerCluster::publishScript(const QString &repository, const QByteArray &script)
{
    const QJsonArray entrypoint{QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                                QString::fromUtf8(script)};
    const QByteArray line =
        "ENTRYPOINT " + QJsonDocument(entrypoint).toJson(QJsonDocument::Compact);
    if (auto made = commit("true", false, repository, "&changes=" + line.toPercentEncoding());
        !made)
        return fail(made.error());
    return publish(repository);
}

Result<> DockerCluster::publishLarge(const QString &repository, int megabytes)
{
    const QByteArray line = R"(ENTRYPOINT ["/bin/sh","-c","echo ready; sleep 600"])";
    const QByteArray fill = "head -c " + QByteArray::number(megabytes) + "m /dev/urandom > /large";
    if (auto made = commit(fill, true, repository, "&changes=" + line.toPercentEncoding()); !made)
        return fail(made.error());
    return publish(repository);
}

QStringList DockerCluster::containers(bool running)
{
    QStringList names;
    const auto listed =
        m_engine.request("GET", running ? "/containers/json" : "/containers/json?all=1");
    if (!listed)
        return {QStringLiteral("the engine does not answer")};
    for (const auto &container : QJsonDocument::fromJson(listed->body).array())
        names.append(container[u"Names"][0].toString());
    return names;
}

QByteArray DockerCluster::logTails() const
{
    return (m_master ? m_master->logTail() : QByteArray())
        + (m_agent ? m_agent->logTail() : QByteArray());
}

QByteArray pingRedis(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    if (!socket.waitForConnected(3000))
        return {};
    socket.write("PING\r\n");
    socket.waitForReadyRead(3000);
    return socket.readAll().trimmed();
}

} // namespace meseta::test
