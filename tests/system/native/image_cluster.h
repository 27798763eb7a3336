#pragma once

#include "tests/support/daemons.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"

namespace meseta::test {

/// A master, a registry, and an agent that runs its images without any engine. Each container of
/// `probe:1` is one static program, static_probe.cpp.
class ImageCluster
{
public:
    /// What is missing for one; empty when nothing is.
    static QString missing();

    /// Registry with the image, and master.
    Result<> start();
    /// The agent; the first or the next one with the same folders. `flags` replace the usual ones.
    Result<> startAgent(const QStringList &flags = {});

    /// What the agent does with the image, a file system layer for each step.
    static Result<> makeProbe(OciImage &image);

    Cluster &cluster() { return m_cluster; }
    Daemon &agent() { return m_cluster.agent(); }
    TestRegistry &registry() { return m_registry; }

    /// Runs the image's program with these arguments to its end; what it wrote on stdout, or what
    /// mesos-execute said when it did not end well.
    QByteArray run(const QString &image, const QStringList &arguments);
    /// The description of such a task.
    QJsonObject task(const QString &name, const QString &image, const QStringList &arguments) const;
    QByteArray outputOf(const QString &task) const;

    /// Names in the store: "layers", "staging", "images".
    QStringList stored(const QString &folder) const;
    QString storeFolder() const { return m_cluster.folder() + QStringLiteral("/store"); }

private:
    TestRegistry m_registry;
    Cluster m_cluster;
    int m_tasks = 0;
    bool m_hasAgent = false;
};

} // namespace meseta::test
