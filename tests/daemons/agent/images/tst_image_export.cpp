#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/daemons/agent/images/difficult_image.h"
#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/docker_engine.h"
#include "tests/support/registry.h"
#include "tests/support/results.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;

/// The same image of one registry, as this provisioner gives it and as `docker export` does.
class TestImageExport : public QObject
{
    Q_OBJECT

    TestRegistry m_registry;
    TestDockerEngine m_engine;

    Result<http::Response> ask(const QByteArray &method, const QByteArray &target,
                               const QByteArray &body = {})
    {
        auto answer = m_engine.request(method, target, body);
        if (answer && answer->status >= 300)
            return fail("the engine answers " + target.toStdString() + " with "
                        + answer->body.toStdString());
        return answer;
    }

    /// The export of a container that never ran, unpacked into `folder`.
    Result<> exported(const QString &image, const QString &folder)
    {
        const auto pulled = ask("POST", "/images/create?fromImage=" + image.toUtf8());
        if (!pulled)
            return fail(pulled.error());
        if (const auto at = pulled->body.indexOf("\"error\""); at >= 0)
            return fail("the engine does not pull the image: "
                        + pulled->body.mid(at).toStdString());
        const auto made = ask("POST", "/containers/create?name=exported",
                              "{\"Image\":\"" + image.toUtf8() + "\"}");
        if (!made)
            return fail(made.error());
        const auto archive = ask("GET", "/containers/exported/export");
        if (!archive)
            return fail(archive.error());
        if (auto gone = ask("DELETE", "/containers/exported"); !gone)
            return fail(gone.error());
        writeFile(folder + QStringLiteral(".tar"), archive->body);
        QDir().mkpath(folder);
        const auto unpacked =
            runProgram(QStringLiteral("tar"),
                       {QStringLiteral("--extract"), QStringLiteral("--file"),
                        folder + QStringLiteral(".tar"), QStringLiteral("--directory"), folder,
                        QStringLiteral("--numeric-owner"), QStringLiteral("--same-permissions"),
                        QStringLiteral("--xattrs"), QStringLiteral("--xattrs-include=*")});
        return unpacked ? Result<>() : fail(unpacked.error());
    }

    /// What an engine puts into every container, and what it changes by that.
    static bool isOfTheEngine(const QByteArray &path)
    {
        const QByteArrayList own{"/.dockerenv", "/etc/hostname", "/etc/hosts",      "/etc/mtab",
                                 "/proc",       "/sys",          "/etc/resolv.conf"};
        return own.contains(path) || path == "/dev" || path.startsWith("/dev/");
    }

    /// Without what Docker's export does not keep: fractions of seconds, extended attributes but
    /// for capabilities, and the times of folders: one that a layer does not describe gets that of
    /// the pull, and the engine puts files of its own into others.
    static QByteArrayList asExported(const QByteArrayList &tree)
    {
        QByteArrayList lines;
        for (const QByteArray &line : tree) {
            QByteArrayList fields = line.split(' '); // path, mode, owner, time, detail …
            if (isOfTheEngine(fields[0]))
                continue;
            const bool isFolder = fields[1].size() == 5 && fields[1].startsWith('4');
            fields[3] = isFolder ? QByteArray("any") : fields[3].split('.').first();
            QByteArray text = fields.join(' ');
            text.replace(",user.origin=68657265", "").replace("user.origin=68657265", "");
            lines << text;
        }
        return lines;
    }

    OciImage m_image;

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &missing :
             {OciImage::missing(), TestRegistry::missing(), TestDockerEngine::missing()}) {
            if (!missing.isEmpty())
                MESETA_MISSING(missing);
        }
        for (const Result<> &done :
             {m_registry.start(), m_engine.start(), m_image.create(),
              fillDifficult(m_image, {.folderTurnsFile = false}),
              m_image.push(m_registry.host(), QStringLiteral("test/difficult:1"))})
            VERIFY_OK(done);
    }

    void equalsDockersExport()
    {
        const QString name = m_registry.host() + QStringLiteral("/test/difficult:1");
        ProvisionerFixture fixture;
        VERIFY_OK(fixture.start());
        const auto own = fixture.provision("c1", fixture.docker(name));
        VERIFY_OK(own);
        const QString folder = fixture.folder() + QStringLiteral("/exported");
        VERIFY_OK(exported(name, folder));
        const auto expected = asExported(describeTree(folder));
        QVERIFY(expected.size() > 20);
        QCOMPARE(
            treeDifference(expected, asExported(describeTree(QString::fromStdString(own->rootfs)))),
            QByteArray());
    }

    /// `docker save` writes an archive of its own form; a folder of such is a registry, too.
    void takesWhatDockerSaves()
    {
        const QByteArray name = m_registry.host().toUtf8() + "/test/difficult:1";
        for (const auto &target :
             {"/images/create?fromImage=" + name, "/images/" + name + "/tag?repo=team/saved&tag=1"})
            VERIFY_OK(ask("POST", target));
        const auto archive = ask("GET", "/images/team/saved:1/get");
        VERIFY_OK(archive);
        ProvisionerFixture fixture;
        const QString folder = fixture.folder() + QStringLiteral("/archives");
        writeFile(folder + QStringLiteral("/team/saved:1.tar"), archive->body);
        fixture.options.dockerRegistry = folder.toStdString();
        VERIFY_OK(fixture.start());
        const auto image = fixture.provision("c1", fixture.docker(QStringLiteral("team/saved:1")));
        VERIFY_OK(image);
        const auto unpacked = m_image.unpacked();
        VERIFY_OK(unpacked);
        QCOMPARE(treeDifference(asExported(describeTree(*unpacked)),
                                asExported(describeTree(QString::fromStdString(image->rootfs)))),
                 QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestImageExport)
#include "tst_image_export.moc"
