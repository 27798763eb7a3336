#include "tests/bench/containers/cluster_tasks.h"

#include <cstring>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>

#include "tests/support/docker_engine.h"
#include "tests/support/oci_image.h"

namespace meseta::bench {

using mesos::v1::TaskStatus;

namespace {

const QString archiveName = QStringLiteral("images/bench/first:1.tar");
constexpr double patience = 30; // seconds that one step may take

void runImage(mesos::v1::TaskInfo &task)
{
    task.mutable_command()->Clear();
    task.mutable_command()->set_shell(false);
    task.mutable_container()->set_type(mesos::v1::ContainerInfo::MESOS);
    auto *image = task.mutable_container()->mutable_mesos()->mutable_image();
    image->set_type(mesos::v1::Image::DOCKER);
    image->mutable_docker()->set_name("bench/first:1");
}

} // namespace

QString ClusterTasks::missing()
{
    return test::OciImage::missing();
}

Result<> ClusterTasks::makeImage()
{
    test::OciImage image;
    if (auto made = image.create(); !made)
        return made;
    const auto fill = [](const QString &root) -> Result<> {
        const QString program =
            QCoreApplication::applicationDirPath() + QStringLiteral("/bench_first_instruction");
        if (!QFile::copy(program, root + QStringLiteral("/first")))
            return fail("cannot copy " + program.toStdString());
        // What images have: each that lacks is made anew for every container.
        for (const char *folder : {"/dev", "/proc", "/sys", "/etc", "/tmp", "/mnt"})
            QDir().mkpath(root + QLatin1String(folder));
        for (const char *name : {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
            QFile file(root + QLatin1String(name));
            if (!file.open(QIODevice::WriteOnly))
                return fail("cannot make the image's " + std::string(name));
        }
        return {};
    };
    if (auto added = image.addLayer(fill); !added)
        return added;
    if (auto done = image.configure({QStringLiteral("--config.entrypoint=/first")}); !done)
        return done;
    QDir(m_folder.path()).mkpath(QStringLiteral("images/bench"));
    // skopeo takes what follows a colon as the image's name.
    const QString plain = m_folder.filePath(QStringLiteral("images/first.tar"));
    if (auto saved =
            image.save(QStringLiteral("docker-archive"), plain, QStringLiteral("bench/first:1"));
        !saved)
        return saved;
    return QFile::rename(plain, m_folder.filePath(archiveName)) ? Result<>()
                                                                : fail("cannot name the archive");
}

Result<> ClusterTasks::start()
{
    if (auto made = makeImage(); !made)
        return made;
    if (auto started = m_daemons.startMaster(); !started)
        return started;
    const auto started = m_daemons.startAgent(
        {QStringLiteral("--image_providers=docker"),
         QStringLiteral("--isolation=filesystem/linux,docker/runtime,namespaces/pid"),
         QStringLiteral("--docker_registry=") + m_folder.filePath(QStringLiteral("images")),
         QStringLiteral("--docker_store_dir=") + m_folder.filePath(QStringLiteral("store"))});
    if (!started)
        return started;
    m_scheduler = std::make_unique<BenchScheduler>(
        http::Endpoint::tcp(QStringLiteral("127.0.0.1"), m_daemons.masterPort()), "bench");
    m_scheduler->subscribe();
    const auto first = launch(true);
    return first ? Result<>() : fail(first.error());
}

/// One task to its end; the seconds to TASK_RUNNING.
Result<double> ClusterTasks::launch(bool ofImage)
{
    auto &offers = m_scheduler->offers();
    if (!waitFor([&] { return !offers.empty(); }, patience))
        return fail("no offer came: " + m_scheduler->problem().toStdString());
    double running = 0;
    bool over = false;
    std::string problem;
    m_scheduler->onUpdate = [&](const TaskStatus &status) {
        if (status.state() == mesos::v1::TASK_RUNNING)
            running = now();
        over = over || status.state() >= mesos::v1::TASK_FINISHED;
        if (status.state() == mesos::v1::TASK_FAILED)
            problem = status.message();
    };
    m_scheduler->shape = ofImage ? runImage : nullptr;
    const auto offer = offers.front();
    offers.pop_front();
    const double before = now();
    m_scheduler->launch(offer, 1, 0.1, 32);
    waitFor([&] { return over && running > 0; }, patience);
    m_scheduler->onUpdate = nullptr;
    if (running > 0 && over && problem.empty())
        return running - before;
    return fail("the task did not run: " + problem + m_scheduler->problem().toStdString());
}

Result<Samples> ClusterTasks::running(bool ofImage, int count)
{
    Samples samples;
    for (int i = 0; i < count; ++i) {
        const auto seconds = launch(ofImage);
        if (!seconds)
            return fail(seconds.error());
        samples.add(*seconds);
    }
    return samples;
}

Result<Samples> ClusterTasks::dockerRun(int count) const
{
    if (const QString missing = test::TestDockerEngine::missing(); !missing.isEmpty())
        return fail(missing.toStdString());
    test::TestDockerEngine engine;
    if (auto started = engine.start(); !started)
        return fail(started.error());
    QFile archive(m_folder.filePath(archiveName));
    if (!archive.open(QIODevice::ReadOnly))
        return fail("the image's archive is gone");
    const auto loaded = engine.request("POST", "/images/load", archive.readAll(),
                                       {{"Content-Type", "application/x-tar"}});
    if (!loaded || loaded->status != 200)
        return fail("the engine does not load the image");
    Samples samples;
    for (int i = 0; i < count; ++i) {
        QProcess run;
        const double before = now();
        run.start(QStringLiteral("docker"),
                  {QStringLiteral("-H"), QStringLiteral("unix://") + engine.socket(),
                   QStringLiteral("run"), QStringLiteral("--rm"), QStringLiteral("--network=host"),
                   QStringLiteral("bench/first:1")});
        run.waitForFinished(60000);
        const QByteArray output = run.readAllStandardOutput();
        long long stamp = 0; // of the same clock
        if (output.size() != sizeof stamp)
            return fail("docker run: " + run.readAllStandardError().toStdString());
        std::memcpy(&stamp, output.constData(), sizeof stamp);
        samples.add(static_cast<double>(stamp) / 1e9 - before);
    }
    return samples;
}

} // namespace meseta::bench
