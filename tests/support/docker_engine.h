#pragma once

#include <QTemporaryDir>

#include "common/http/client.h"
#include "tests/support/server_process.h"

namespace meseta::test {

/// A Docker engine of a test's own: data, state, socket, bridge and cgroups apart from any other
/// engine of the machine. Nothing of it is left when it is stopped for good.
class TestDockerEngine
{
public:
    TestDockerEngine();
    ~TestDockerEngine() { remove(); }

    /// What is missing to run one (root, programs); empty when nothing is.
    static QString missing();

    /// Where to look first for what images of Docker Hub are called, from the next start on:
    /// "http://127.0.0.1:5001".
    void setRegistryMirror(const QString &url) { m_mirror = url; }

    /// Makes the bridge and starts the engine. A failure outside CI is a reason to skip.
    Result<> start();
    /// As when the engine is restarted or crashes; `start` brings it back with its images and
    /// containers.
    void stop();
    void crash();
    /// The engine hangs: it keeps its socket but says nothing.
    void freeze();
    void thaw();
    /// Stops it and takes away every trace.
    void remove();

    QString socket() const { return m_folder.filePath(QStringLiteral("docker.sock")); }

    /// Builds `library/redis:latest` from the Redis of this machine: a layer of libraries and a
    /// shell, one of small tools, one of Redis; ENTRYPOINT ["/usr/bin/redis-server"], CMD
    /// ["--protected-mode","no"].
    Result<> buildRedis();
    /// Tags the image and pushes it; `auth` is an X-Registry-Auth header.
    Result<> push(const QString &image, const QString &registryHost, const QString &repository,
                  const QByteArray &auth = {});
    Result<> removeImage(const QString &image);

    /// One request to the engine's API, waited for.
    Result<http::Response> request(const QByteArray &method, const QByteArray &target,
                                   const QByteArray &body = {}, http::Headers headers = {});

private:
    Result<> makeBridge();
    void killLeftovers(bool containers);
    void unmountLeftovers() const;
    void removeCgroups() const;
    QString cgroupParent() const;

    QTemporaryDir m_folder;
    QString m_bridge;
    QString m_mirror;
    ServerProcess m_server;
    http::Client m_client;
};

} // namespace meseta::test
