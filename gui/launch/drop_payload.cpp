#include "gui/launch/drop_payload.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>
#include <QUrl>

#include "gui/launch/compose.h"

namespace meseta::console {

namespace {

constexpr qint64 maxBytes = 1 << 20;

struct DropText
{
    Q_DECLARE_TR_FUNCTIONS(DropPayload)
};

DropPayload refused(const QString &problem)
{
    return {DropPayload::Kind::Nothing, {}, problem};
}

DropPayload imagePayload(const QString &name, DropPayload::Kind kind = DropPayload::Kind::Image)
{
    ImportedLaunch launch;
    launch.request.image = name;
    if (const auto problem = launch.request.problem();
        problem && problem->field == QLatin1String("image"))
        return refused(problem->text);
    return {kind, {launch}, {}};
}

// The image that the last stage is built from: what is built lives nowhere yet.
DropPayload dockerfilePayload(const QString &text)
{
    static const QRegularExpression from(
        QStringLiteral("^\\s*FROM\\s+(?:--platform=\\S+\\s+)?(\\S+)(?:\\s+AS\\s+(\\S+))?\\s*$"),
        QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    QHash<QString, QString> stages;
    QString image;
    for (auto at = from.globalMatch(text); at.hasNext();) {
        const auto match = at.next();
        image = stages.value(match.captured(1), match.captured(1));
        if (!match.captured(2).isEmpty())
            stages.insert(match.captured(2), image);
    }
    if (image.isEmpty() || image == QLatin1String("scratch"))
        return refused(
            DropText::tr("This Dockerfile builds on nothing that could be launched; build "
                         "it and push the image to a registry."));
    DropPayload payload = imagePayload(image, DropPayload::Kind::Dockerfile);
    if (!payload.launches.isEmpty())
        payload.launches.first().notes
            << DropText::tr("This is the image that the Dockerfile builds on; what it adds has to "
                            "be built and pushed first.");
    return payload;
}

bool looksLikeDockerfile(const QString &text)
{
    static const QRegularExpression from(
        QStringLiteral("\\A(?:\\s*(?:#[^\\n]*|ARG [^\\n]*)?\\n)*\\s*FROM\\s+\\S+"),
        QRegularExpression::CaseInsensitiveOption);
    return text.contains(QLatin1Char('\n')) && from.match(text).hasMatch();
}

DropPayload fileDrop(const QUrl &url)
{
    if (!url.isLocalFile())
        return refused(
            DropText::tr("Only local files are read; drag the text \"%1\" names instead.")
                .arg(url.toDisplayString().left(80)));
    const QString path = url.toLocalFile();
    const QFileInfo info(path);
    if (!info.isFile())
        return refused(DropText::tr("%1 is not a file.").arg(path));
    if (info.size() > maxBytes)
        return refused(
            DropText::tr("%1 is too large to be a Compose file or a Dockerfile.").arg(path));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refused(DropText::tr("%1 cannot be read: %2").arg(path, file.errorString()));
    return readDropText(QString::fromUtf8(file.read(maxBytes)));
}

} // namespace

DropPayload readDropText(const QString &given)
{
    const QString text = given.left(maxBytes).trimmed();
    if (text.isEmpty())
        return refused(DropText::tr("There is no text in it."));
    if (looksLikeDockerRun(text)) {
        const auto launch = parseDockerRun(text);
        if (!launch)
            return refused(QString::fromStdString(launch.error().message));
        return {DropPayload::Kind::DockerRun, {*launch}, {}};
    }
    if (looksLikeCompose(text)) {
        const auto launches = parseCompose(text);
        if (!launches)
            return refused(QString::fromStdString(launches.error().message));
        return {DropPayload::Kind::Compose, *launches, {}};
    }
    if (looksLikeDockerfile(text))
        return dockerfilePayload(text);
    static const QRegularExpression pull(
        QStringLiteral("^(?:\\$ )?(?:docker|podman) pull +(\\S+)$"));
    if (const auto match = pull.match(text); match.hasMatch())
        return imagePayload(match.captured(1));
    if (text.contains(QRegularExpression(QStringLiteral("\\s"))))
        return refused(DropText::tr(
            "Drop the name of an image, a \"docker run\" line, a Compose file or a Dockerfile."));
    return imagePayload(text);
}

DropPayload readDrop(const QMimeData &data)
{
    if (data.hasFormat(QLatin1String(imageMimeType)))
        return imagePayload(QString::fromUtf8(data.data(QLatin1String(imageMimeType)).left(1024)));
    const auto urls = data.urls();
    // "redis:7" is a URL to Qt, too: only what names a place to read from is taken as one.
    static const QStringList places{QStringLiteral("file"), QStringLiteral("http"),
                                    QStringLiteral("https"), QStringLiteral("ftp")};
    if (urls.size() == 1 && places.contains(urls.first().scheme()))
        return fileDrop(urls.first());
    if (data.hasText())
        return readDropText(data.text());
    if (!urls.isEmpty())
        return fileDrop(urls.first());
    return refused(DropText::tr(
        "Drop the name of an image, a \"docker run\" line, a Compose file or a Dockerfile."));
}

} // namespace meseta::console
