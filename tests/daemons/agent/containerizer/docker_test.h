#pragma once

#include <QObject>

#include "tests/daemons/agent/containerizer/docker_fixture.h"
#include "tests/support/missing.h"

namespace meseta::agent {

/// A test of the Docker containerizer: one engine with Redis' image and one registry for all its
/// functions, a containerizer for each.
class DockerTest : public QObject
{
    Q_OBJECT

protected:
    DockerFixture f;

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString missing = f.start(); !missing.isEmpty())
            MESETA_MISSING(missing);
        const auto built = f.engine.buildRedis();
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        const auto registry = f.registry.start();
        QVERIFY2(registry, registry ? "" : registry.error().message.c_str());
    }
    void cleanupTestCase() { f.engine.remove(); }
    void init() { f.docker = std::make_unique<DockerContainerizer>(f.options()); }
    void cleanup() { f.docker.reset(); }
};

} // namespace meseta::agent
