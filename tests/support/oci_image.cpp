#include "tests/support/oci_image.h"

#include <QStandardPaths>

#include <unistd.h>

#include "tests/support/server_process.h"

namespace meseta::test {

namespace {

Result<> run(const QString &program, const QStringList &arguments)
{
    const auto output = runProgram(program, arguments);
    return output ? Result<>() : fail(output.error());
}

} // namespace

QString OciImage::missing()
{
    if (::geteuid() != 0)
        return QStringLiteral("images are made by root only");
    for (const auto &program : {QStringLiteral("umoci"), QStringLiteral("skopeo")}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            return QStringLiteral("the program %1 (Debian package %1) is missing").arg(program);
    }
    return {};
}

Result<> OciImage::create()
{
    if (auto made = run(QStringLiteral("umoci"),
                        {QStringLiteral("init"), QStringLiteral("--layout"), layout()});
        !made)
        return made;
    return run(
        QStringLiteral("umoci"),
        {QStringLiteral("new"), QStringLiteral("--image"), layout() + QStringLiteral(":latest")});
}

Result<QString> OciImage::unpackBundle()
{
    const QString bundle = m_folder.filePath(QStringLiteral("bundle%1").arg(++m_bundles));
    if (auto made = run(QStringLiteral("umoci"),
                        {QStringLiteral("unpack"), QStringLiteral("--image"),
                         layout() + QStringLiteral(":latest"), bundle});
        !made)
        return fail(made.error());
    return bundle;
}

Result<> OciImage::addLayer(const std::function<Result<>(const QString &root)> &change)
{
    const auto bundle = unpackBundle();
    if (!bundle)
        return fail(bundle.error());
    if (auto changed = change(*bundle + QStringLiteral("/rootfs")); !changed)
        return changed;
    return run(QStringLiteral("umoci"),
               {QStringLiteral("repack"), QStringLiteral("--image"),
                layout() + QStringLiteral(":latest"), *bundle});
}

Result<> OciImage::configure(const QStringList &options)
{
    return run(QStringLiteral("umoci"),
               QStringList{QStringLiteral("config"), QStringLiteral("--image"),
                           layout() + QStringLiteral(":latest")}
                   + options);
}

Result<> OciImage::push(const QString &registryHost, const QString &name,
                        const QStringList &options) const
{
    return run(QStringLiteral("skopeo"),
               QStringList{QStringLiteral("copy"), QStringLiteral("--insecure-policy"),
                           QStringLiteral("--dest-tls-verify=false")}
                   + options
                   + QStringList{QStringLiteral("oci:") + layout() + QStringLiteral(":latest"),
                                 QStringLiteral("docker://%1/%2").arg(registryHost, name)});
}

Result<> OciImage::save(const QString &form, const QString &path, const QString &name) const
{
    return run(QStringLiteral("skopeo"),
               {QStringLiteral("copy"), QStringLiteral("--insecure-policy"),
                QStringLiteral("oci:") + layout() + QStringLiteral(":latest"),
                form + QLatin1Char(':') + path + QLatin1Char(':') + name});
}

Result<> OciImage::copyTo(const QString &folder) const
{
    return run(QStringLiteral("cp"), {QStringLiteral("-a"), layout(), folder});
}

Result<QString> OciImage::unpacked()
{
    const auto bundle = unpackBundle();
    return bundle ? Result<QString>(*bundle + QStringLiteral("/rootfs")) : bundle;
}

} // namespace meseta::test
