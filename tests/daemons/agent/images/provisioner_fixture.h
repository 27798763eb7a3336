#pragma once

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "daemons/agent/images/image_provisioner.h"
#include "tests/support/mounts.h"

namespace meseta::agent {

/// A provisioner with folders of its own, and its answers waited for.
class ProvisionerFixture
{
public:
    ProvisionerFixture()
    {
        options.docker = true;
        options.workDir = m_folder.filePath(QStringLiteral("data")).toStdString();
        options.dockerStoreDir = m_folder.filePath(QStringLiteral("store")).toStdString();
        options.appcStoreDir = m_folder.filePath(QStringLiteral("appc")).toStdString();
    }
    ~ProvisionerFixture()
    {
        if (provisioner)
            static_cast<void>(recover({})); // nothing mounted stays
        provisioner.reset(); // before the folder goes
    }

    Result<> start()
    {
        provisioner.reset();
        auto made = ImageProvisioner::create(options);
        if (!made)
            return fail(made.error());
        provisioner = std::move(*made);
        return {};
    }

    static mesos::v1::Image docker(const QString &name, bool cached = true)
    {
        mesos::v1::Image image;
        image.set_type(mesos::v1::Image::DOCKER);
        image.mutable_docker()->set_name(name.toStdString());
        image.set_cached(cached);
        return image;
    }

    Result<ProvisionedImage> provision(const std::string &container, const mesos::v1::Image &image,
                                       const std::optional<std::string> &dockerConfig = {})
    {
        std::optional<Result<ProvisionedImage>> answer;
        ProvisionEvents events;
        events.progress = [this](const std::string &message, std::uint64_t, std::uint64_t) {
            progress.push_back(message);
        };
        events.done = [&answer](Result<ProvisionedImage> result) { answer = std::move(result); };
        provisioner->provision({container, image, dockerConfig}, events);
        return wait(answer);
    }

    Result<bool> destroy(const std::string &container)
    {
        std::optional<Result<bool>> answer;
        provisioner->destroy(container, [&answer](Result<bool> result) { answer = result; });
        return wait(answer);
    }

    Result<int> recover(const std::vector<std::string> &known)
    {
        std::optional<Result<int>> answer;
        provisioner->recover(known, [&answer](Result<int> result) { answer = result; });
        return wait(answer);
    }

    Result<PruneOutcome> prune(const std::vector<mesos::v1::Image> &excluded = {})
    {
        std::optional<Result<PruneOutcome>> answer;
        provisioner->prune(excluded, [&answer](Result<PruneOutcome> result) { answer = result; });
        return wait(answer);
    }

    /// Mounts below the work folder.
    QByteArrayList mounts() const
    {
        return test::mountsOf({QString::fromStdString(options.workDir)});
    }
    QStringList layers() const
    {
        return QDir(QString::fromStdString(options.dockerStoreDir) + QStringLiteral("/layers"))
            .entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }
    QStringList staged() const
    {
        return QDir(QString::fromStdString(options.dockerStoreDir) + QStringLiteral("/staging"))
            .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    }
    QStringList trash() const
    {
        return QDir(QString::fromStdString(options.workDir) + QStringLiteral("/provisioner/trash"))
            .entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    }
    QString folder() const { return m_folder.path(); }

    ImageOptions options;
    std::unique_ptr<ImageProvisioner> provisioner;
    std::vector<std::string> progress;

private:
    template <typename T> static Result<T> wait(std::optional<Result<T>> &answer)
    {
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 60000))
            return fail("no answer within a minute");
        return *answer;
    }

    QTemporaryDir m_folder;
};

} // namespace meseta::agent
