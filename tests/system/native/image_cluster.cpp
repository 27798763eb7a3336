#include "tests/system/native/image_cluster.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>

#include <unistd.h>

#include "tests/system/support/execute.h"
#include "tests/system/support/scheduler.h"
#include "tests/system/support/task_output.h"

namespace meseta::test {

QString ImageCluster::missing()
{
    if (::geteuid() != 0)
        return QStringLiteral("containers with a root of their own need root");
    const QString tools = OciImage::missing();
    return tools.isEmpty() ? TestRegistry::missing() : tools;
}

Result<> ImageCluster::makeProbe(OciImage &image)
{
    if (auto made = image.create(); !made)
        return made;
    const auto fill = [](const QString &root) -> Result<> {
        const QString program =
            qEnvironmentVariable("MESETA_BIN_DIR") + QStringLiteral("/static_probe");
        const QString target = root + QStringLiteral("/probe");
        if (!QFile::copy(program, target))
            return fail("cannot copy " + program.toStdString());
        return {};
    };
    if (auto added = image.addLayer(fill); !added)
        return added;
    return image.configure({QStringLiteral("--config.entrypoint=/probe"),
                            QStringLiteral("--config.cmd=greetings"),
                            QStringLiteral("--config.env=OF_IMAGE=from the image")});
}

Result<> ImageCluster::start()
{
    if (auto started = m_registry.start(); !started)
        return started;
    OciImage probe;
    if (auto made = makeProbe(probe); !made)
        return made;
    if (auto pushed = probe.push(m_registry.host(), QStringLiteral("library/probe:1")); !pushed)
        return pushed;
    return m_cluster.startMaster();
}

Result<> ImageCluster::startAgent(const QStringList &flags)
{
    QStringList all{QStringLiteral("--containerizers=mesos"),
                    QStringLiteral("--isolation=filesystem/linux,docker/runtime"),
                    QStringLiteral("--image_providers=docker"),
                    QStringLiteral("--launcher=linux"),
                    QStringLiteral("--docker_registry=http://") + m_registry.host(),
                    QStringLiteral("--docker_store_dir=") + storeFolder()};
    for (const QString &flag : flags) { // the last word
        const QString name = flag.section(QLatin1Char('='), 0, 0) + QLatin1Char('=');
        all.removeIf([&name](const QString &usual) { return usual.startsWith(name); });
        all += flag;
    }
    if (!std::exchange(m_hasAgent, true))
        return m_cluster.startAgent(all);
    const QString folder = m_cluster.folder() + QStringLiteral("/agent0");
    all += {QStringLiteral("--master=127.0.0.1:%1").arg(m_cluster.masterPort()),
            QStringLiteral("--runtime_dir=%1/run").arg(folder),
            QStringLiteral("--no-systemd_enable_support"),
            QStringLiteral("--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"),
            QStringLiteral("--registration_backoff_factor=10ms")};
    return agent().start(all);
}

QJsonObject ImageCluster::task(const QString &name, const QString &image,
                               const QStringList &arguments) const
{
    QJsonObject task = json("{'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},"
                            "{'name':'mem','type':'SCALAR','scalar':{'value':64}}]}");
    task[u"name"] = name;
    task[u"task_id"] = idOf(name);
    task[u"command"] =
        QJsonObject{{QStringLiteral("shell"), false},
                    {QStringLiteral("arguments"), QJsonArray::fromStringList(arguments)}};
    const QJsonObject docker{{QStringLiteral("name"), image}};
    const QJsonObject wanted{{QStringLiteral("type"), QStringLiteral("DOCKER")},
                             {QStringLiteral("docker"), docker}};
    task[u"container"] =
        QJsonObject{{QStringLiteral("type"), QStringLiteral("MESOS")},
                    {QStringLiteral("mesos"), QJsonObject{{QStringLiteral("image"), wanted}}}};
    return task;
}

QByteArray ImageCluster::run(const QString &image, const QStringList &arguments)
{
    const QString name = QStringLiteral("run-%1").arg(m_tasks++);
    Execute execute(m_cluster.masterPort());
    execute.startTask(task(name, image, arguments));
    return execute.exitCode(60000) == 0 ? outputOf(name) : execute.output();
}

QByteArray ImageCluster::outputOf(const QString &task) const
{
    return test::outputOf(m_cluster.folder(), task);
}

QStringList ImageCluster::stored(const QString &folder) const
{
    return QDir(storeFolder() + QLatin1Char('/') + folder)
        .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
}

} // namespace meseta::test
