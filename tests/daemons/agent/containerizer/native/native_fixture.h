#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <QCoreApplication>
#include <QDirIterator>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "common/base/flags.h"
#include "daemons/agent/containerizer/native/isolator_table.h"
#include "daemons/agent/containerizer/native/mesos_containerizer.h"
#include "daemons/agent/flags/agent_flags.h"
#include "tests/daemons/agent/containerizer/container_probe.h"

namespace meseta::agent {

/// A root file system of a few programs of this machine, with the libraries they need.
class TestRoot
{
public:
    explicit TestRoot(const QStringList &programs)
    {
        for (const char *folder :
             {"proc", "sys", "dev", "etc", "tmp", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin"})
            QDir(m_folder.path()).mkpath(QLatin1String(folder));
        for (const char *name : {"bin", "lib", "lib64", "sbin"})
            QFile::link(QLatin1String("usr/") + QLatin1String(name),
                        m_folder.filePath(QLatin1String(name)));
        write(QStringLiteral("etc/passwd"),
              "root:x:0:0::/:/bin/sh\nguest:x:4242:4243::/:/bin/sh\nfalse:x:0:7::/:/bin/sh\n");
        write(QStringLiteral("etc/group"), "root:x:0:\nguests:x:4243:\nfriends:x:4244:guest\n");
        for (const QString &program : programs)
            add(program);
        QFile::setPermissions(m_folder.path(),
                              QFile::permissions(m_folder.path()) | QFile::ReadGroup
                                  | QFile::ExeGroup | QFile::ReadOther | QFile::ExeOther);
    }

    std::string path() const { return m_folder.path().toStdString(); }
    QString file(const QString &name) const { return m_folder.filePath(name); }
    void write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_folder.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
    }

private:
    void add(const QString &program)
    {
        copy(program);
        QProcess ldd;
        ldd.start(QStringLiteral("ldd"), {program});
        ldd.waitForFinished();
        for (const QByteArray &line : ldd.readAllStandardOutput().split('\n')) {
            const auto start = line.indexOf('/');
            if (start >= 0)
                copy(QString::fromLocal8Bit(line.mid(start, line.indexOf(' ', start) - start)));
        }
    }
    void copy(const QString &source)
    {
        QString target = source; // merged /usr, as the root has it
        if (!target.startsWith(QLatin1String("/usr/")))
            target.prepend(QLatin1String("/usr"));
        target = m_folder.path() + target;
        QDir().mkpath(QFileInfo(target).path());
        QFile::copy(source, target);
    }

    QTemporaryDir m_folder;
};

/// Gives every container the same root.
class TestImages final : public ImageSource
{
public:
    explicit TestImages(ContainerImage image) : m_image(std::move(image)) { }

    void provision(const std::string &, const mesos::v1::Image &, Events events) override
    {
        QTimer::singleShot(0, &m_context, [this, done = events.done] { done(m_image); });
    }
    void cancel(const std::string &) override { }
    void destroy(const std::string &, std::function<void(Result<>)> done) override
    {
        QTimer::singleShot(0, &m_context, [done] { done({}); });
    }
    void recover(const std::vector<std::string> &, std::function<void(Result<>)> done) override
    {
        QTimer::singleShot(0, &m_context, [done] { done({}); });
    }

private:
    ContainerImage m_image;
    QObject m_context;
};

/// Removes the cgroup of this name, which holds no processes, from each hierarchy, with those
/// below.
inline void removeCgroup(const QString &name)
{
    const QDir groups(QStringLiteral("/sys/fs/cgroup"));
    QStringList hierarchies = groups.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    hierarchies.append(QStringLiteral("."));
    for (const QString &hierarchy : hierarchies) {
        QStringList folders{groups.filePath(hierarchy + u'/' + name)};
        QDirIterator below(folders.first(), QDir::Dirs | QDir::NoDotAndDotDot,
                           QDirIterator::Subdirectories);
        while (below.hasNext())
            folders.append(below.next());
        std::sort(folders.begin(), folders.end(), std::greater<>()); // the innermost first
        for (const QString &folder : folders)
            groups.rmdir(folder);
    }
}

/// The cgroup above those of this test's containers: tests run beside each other. It is gone when
/// the test ends, whoever asked for it.
inline std::string testCgroup()
{
    struct Remover
    {
        const QString name =
            QStringLiteral("mesos_test_%1").arg(QCoreApplication::applicationPid());
        ~Remover() { removeCgroup(name); }
    };
    static const Remover remover;
    return remover.name.toStdString();
}

inline void removeTestCgroup()
{
    removeCgroup(QString::fromStdString(testCgroup()));
}

inline FlagValues agentFlagValues(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"--master=127.0.0.1:5050", "--work_dir=/tmp/none"});
    const bool rooted =
        std::any_of(arguments.begin(), arguments.end(),
                    [](const std::string &given) { return given.starts_with("--cgroups_root="); });
    if (!rooted)
        arguments.push_back("--cgroups_root=" + testCgroup());
    auto values = loadFlags(agentFlagTable(), arguments, {});
    if (!values)
        qFatal("%s", values.error().message.c_str());
    return *values;
}

inline std::string nativeHelperPath()
{
    return qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath())
               .toStdString()
        + "/mesos-containerizer";
}

/// Makes a task of an image.
inline mesos::v1::ContainerInfo imageContainer()
{
    mesos::v1::ContainerInfo info;
    info.set_type(mesos::v1::ContainerInfo::MESOS);
    auto *image = info.mutable_mesos()->mutable_image();
    image->set_type(mesos::v1::Image::DOCKER);
    image->mutable_docker()->set_name("test");
    return info;
}

} // namespace meseta::agent
