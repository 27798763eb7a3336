#pragma once

#include <memory>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTest>

#include "daemons/agent/containerizer/docker_containerizer.h"
#include "tests/daemons/agent/containerizer/container_probe.h"
#include "tests/support/docker_engine.h"
#include "tests/support/registry.h"

namespace meseta::agent {

constexpr int patience = 60000; ///< milliseconds; of a machine busy with other things

/// A container from the Redis image.
struct DockerTask : TestContainer
{
    explicit DockerTask(const std::string &id, const std::string &image = "library/redis")
        : TestContainer(id)
    {
        spec.container.emplace().set_type(mesos::v1::ContainerInfo::DOCKER);
        docker().set_image(image);
        spec.command.set_shell(false);
        spec.cpus = 0.1;
        spec.memBytes = 64 << 20;
    }
    mesos::v1::ContainerInfo::DockerInfo &docker() { return *spec.container->mutable_docker(); }
    DockerTask &shell(const std::string &script)
    {
        spec.command.set_shell(true);
        spec.command.set_value(script);
        return *this;
    }
    DockerTask &parameter(const std::string &key, const std::string &value)
    {
        auto *p = docker().add_parameters();
        p->set_key(key);
        p->set_value(value);
        return *this;
    }
};

/// What Redis answers to PING.
inline QByteArray ping(quint16 port, const QString &host = QStringLiteral("127.0.0.1"))
{
    QTcpSocket socket;
    socket.connectToHost(host, port);
    if (!socket.waitForConnected(1000))
        return {};
    socket.write("PING\r\n");
    socket.waitForReadyRead(1000);
    return socket.readAll().trimmed();
}

/// An engine, a registry and a containerizer, for the tests of one program.
struct DockerFixture
{
    test::TestDockerEngine engine;
    test::TestRegistry registry;
    std::unique_ptr<DockerContainerizer> docker;

    /// Starts everything; what is missing, or empty.
    QString start()
    {
        for (const QString &missing :
             {test::TestDockerEngine::missing(), test::TestRegistry::missing()}) {
            if (!missing.isEmpty())
                return missing;
        }
        if (const auto started = engine.start(); !started)
            return QString::fromStdString(started.error().message);
        return {};
    }
    DockerOptions options() const
    {
        DockerOptions o;
        o.socket = engine.socket().toStdString();
        o.workDir = "/var/test/agent";
        o.engineTimeout = std::chrono::seconds(20);
        return o;
    }
    void launch(TestContainer &task) { docker->launch(task.spec, task.probe.events()); }
    QJsonObject inspect(const std::string &id)
    {
        const auto reply =
            engine.request("GET", "/containers/mesos-" + QByteArray::fromStdString(id) + "/json");
        return QJsonDocument::fromJson(reply ? reply->body : QByteArray()).object();
    }
    /// Runs a task to its end and gives what it wrote, or why it could not.
    QByteArray outputOf(DockerTask &task)
    {
        launch(task);
        if (!QTest::qWaitFor([&] { return task.probe.ended.has_value(); }, patience))
            return "did not end";
        return task.probe.ended->waitStatus ? task.file(QStringLiteral("stdout"))
                                            : QByteArray::fromStdString(task.probe.ended->message);
    }
    void destroyAndWait(TestContainer &task)
    {
        docker->destroy(task.spec.containerId);
        QTRY_VERIFY_WITH_TIMEOUT(task.probe.ended, patience);
    }
};

} // namespace meseta::agent
