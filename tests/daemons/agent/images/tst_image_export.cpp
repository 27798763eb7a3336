#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/daemons/agent/images/difficult_image.h"
#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/docker_engine.h"
#include "tests/support/registry.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;

#define VERIFY_OK(result)                                                                          \
    do {                                                                                           \
        const auto &checked = (result);                                                            \
        QVERIFY2(checked, checked ? "" : checked.error().message.c_str());                         \
    } while (false)

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
    /// for capabilities, and the times of the folders the engine puts files in.
    static QByteArrayList asExported(const QByteArrayList &tree)
    {
        QByteArrayList lines;
        for (const QByteArray &line : tree) {
            QByteArrayList fields = line.split(' '); // path, mode, owner, time, detail …
            if (isOfTheEngine(fields[0]))
                continue;
            const bool touched = fields[0] == "/" || fields[0] == "/etc";
            fields[3] = touched ? QByteArray("any") : fields[3].split('.').first();
            QByteArray text = fields.join(' ');
            text.replace(",user.origin=68657265", "").replace("user.origin=68657265", "");
            lines << text;
        }
        return lines;
    }

private Q_SLOTS:
    void equalsDockersExport()
    {
        for (const auto &missing :
             {OciImage::missing(), TestRegistry::missing(), TestDockerEngine::missing()}) {
            if (!missing.isEmpty())
                MESETA_MISSING(missing);
        }
        OciImage image;
        for (const Result<> &done :
             {m_registry.start(), m_engine.start(), image.create(),
              fillDifficult(image, {.folderTurnsFile = false}),
              image.push(m_registry.host(), QStringLiteral("test/difficult:1"))})
            VERIFY_OK(done);
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
};

QTEST_GUILESS_MAIN(TestImageExport)
#include "tst_image_export.moc"
