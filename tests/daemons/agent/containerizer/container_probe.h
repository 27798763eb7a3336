#pragma once

#include <optional>
#include <string>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "daemons/agent/containerizer/containerizer.h"

namespace meseta::agent {

/// What a container reported, for a test to wait for.
struct ContainerProbe
{
    std::optional<mesos::v1::ContainerStatus> started;
    std::optional<ContainerTermination> ended;
    int endedCount = 0;
    std::string inspected;
    std::vector<std::string> progress;

    ContainerEvents events()
    {
        ContainerEvents e;
        e.progress = [this](const std::string &message, std::uint64_t, std::uint64_t) {
            progress.push_back(message);
        };
        e.started = [this](const mesos::v1::ContainerStatus &status) { started = status; };
        e.ended = [this](const ContainerTermination &termination) {
            ended = termination;
            ++endedCount;
        };
        e.inspected = [this](const std::string &json) { inspected = json; };
        return e;
    }
};

/// A container spec with a sandbox of its own.
struct TestContainer
{
    QTemporaryDir sandbox;
    ContainerSpec spec;
    ContainerProbe probe;

    explicit TestContainer(const std::string &id)
    {
        spec.containerId = id;
        spec.sandbox = sandbox.path().toStdString();
        spec.taskId = "task-" + id;
        spec.agentId = "agent-1";
        spec.frameworkId = "framework-1";
        spec.executorId = spec.taskId;
    }
    static TestContainer *shell(const std::string &id, const std::string &script)
    {
        auto *container = new TestContainer(id);
        container->spec.command.set_value(script);
        return container;
    }
    QByteArray file(const QString &name) const
    {
        QFile file(sandbox.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

} // namespace meseta::agent
