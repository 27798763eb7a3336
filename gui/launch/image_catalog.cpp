#include "gui/launch/image_catalog.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QNetworkReply>
#include <QSettings>

#include "gui/session/bounded_answer.h"

namespace meseta::console {

namespace {

constexpr int mostNames = 2000;
constexpr int mostRecent = 30;
constexpr int mostTagQuestions = 100;
constexpr qint64 mostBytes = 4 << 20;
constexpr int timeoutMs = 10000;

const QString recentKey = QStringLiteral("images/recent");
const QString favouritesKey = QStringLiteral("images/favourites");
const QString registryKey = QStringLiteral("images/registry");

QUrl registryUrl(QString address, const QString &path)
{
    if (!address.contains(QLatin1String("://")))
        address.prepend(address.startsWith(QLatin1String("localhost"))
                                || address.startsWith(QLatin1String("127."))
                            ? QStringLiteral("http://")
                            : QStringLiteral("https://"));
    while (address.endsWith(QLatin1Char('/')))
        address.chop(1);
    return QUrl(address + path);
}

QString hostOf(const QString &address)
{
    const auto scheme = address.indexOf(QLatin1String("://"));
    return (scheme < 0 ? address : address.mid(scheme + 3)).section(QLatin1Char('/'), 0, 0);
}

QStringList texts(const QJsonValue &list)
{
    QStringList names;
    for (const auto &entry : list.toArray()) {
        if (entry.isString() && names.size() < mostNames)
            names << entry.toString().left(300);
    }
    return names;
}

// What came before a too long answer was given up is no answer.
QByteArray body(QNetworkReply *reply)
{
    return isTooLong(reply) ? QByteArray() : reply->readAll();
}

} // namespace

ImageCatalog::ImageCatalog(QObject *parent) : QObject(parent) { }

QStringList ImageCatalog::names(Source source) const
{
    if (source == Source::Recent)
        return QSettings().value(recentKey).toStringList();
    if (source == Source::Favourites)
        return QSettings().value(favouritesKey).toStringList();
    return m_names.value(static_cast<int>(source));
}

QString ImageCatalog::problem(Source source) const
{
    return m_problems.value(static_cast<int>(source));
}

void ImageCatalog::noteLaunched(const QString &image)
{
    QStringList names = this->names(Source::Recent);
    names.removeAll(image);
    names.prepend(image);
    QSettings().setValue(recentKey, names.mid(0, mostRecent));
    Q_EMIT changed();
}

void ImageCatalog::setFavourite(const QString &image, bool favourite)
{
    QStringList names = this->names(Source::Favourites);
    names.removeAll(image);
    if (favourite && names.size() < mostNames)
        names << image;
    names.sort();
    QSettings().setValue(favouritesKey, names);
    Q_EMIT changed();
}

bool ImageCatalog::isFavourite(const QString &image) const
{
    return names(Source::Favourites).contains(image);
}

void ImageCatalog::setRegistry(const QString &address)
{
    QSettings().setValue(registryKey, address.trimmed());
}

QString ImageCatalog::registry() const
{
    return QSettings().value(registryKey).toString();
}

void ImageCatalog::setNames(Source source, const QStringList &names, const QString &problem)
{
    m_names.insert(static_cast<int>(source), names);
    m_problems.insert(static_cast<int>(source), problem);
    Q_EMIT changed();
}

void ImageCatalog::refreshRegistry()
{
    const QString address = registry();
    if (address.isEmpty())
        return setNames(Source::Registry, {}, tr("Name a registry, for example 127.0.0.1:5000."));
    QNetworkRequest request(registryUrl(address, QStringLiteral("/v2/_catalog?n=1000")));
    request.setTransferTimeout(timeoutMs);
    QNetworkReply *reply = m_network.get(request);
    boundAnswer(reply, mostBytes);
    connect(reply, &QNetworkReply::finished, this, [this, reply, address] {
        reply->deleteLater();
        if (address != registry())
            return; // another was named meanwhile
        if (reply->error() != QNetworkReply::NoError)
            return setNames(
                Source::Registry, {},
                tr("%1 does not list its images: %2").arg(address, reply->errorString()));
        const auto catalog = QJsonDocument::fromJson(body(reply)).object();
        const QStringList repositories = texts(catalog.value(QLatin1String("repositories")));
        setNames(Source::Registry, {},
                 repositories.isEmpty() ? tr("%1 holds no images.").arg(address) : QString());
        askTags(repositories);
    });
}

void ImageCatalog::askTags(const QStringList &repositories)
{
    const QString address = registry();
    for (const QString &repository : repositories.mid(0, mostTagQuestions)) {
        QNetworkRequest request(
            registryUrl(address, QStringLiteral("/v2/%1/tags/list").arg(repository)));
        request.setTransferTimeout(timeoutMs);
        QNetworkReply *reply = m_network.get(request);
        boundAnswer(reply, mostBytes);
        connect(reply, &QNetworkReply::finished, this, [this, reply, address, repository] {
            reply->deleteLater();
            if (address != registry())
                return;
            QStringList names = m_names.value(static_cast<int>(Source::Registry));
            const auto tags =
                texts(QJsonDocument::fromJson(body(reply)).object().value(QLatin1String("tags")));
            for (const QString &tag : tags)
                names << QStringLiteral("%1/%2:%3").arg(hostOf(address), repository, tag);
            names.sort();
            setNames(Source::Registry, names.mid(0, mostNames));
        });
    }
    // What is beyond the bound is shown without tags.
    QStringList names = m_names.value(static_cast<int>(Source::Registry));
    for (const QString &repository : repositories.mid(mostTagQuestions))
        names << hostOf(address) + QLatin1Char('/') + repository;
    if (repositories.size() > mostTagQuestions)
        setNames(Source::Registry, names.mid(0, mostNames));
}

void ImageCatalog::refreshEngine(const QString &socketPath)
{
    auto *socket = new QLocalSocket(this);
    m_engineAnswer.clear();
    connect(socket, &QLocalSocket::connected, socket, [socket] {
        // HTTP/1.0: the answer ends with the connection, and is not chunked.
        socket->write("GET /images/json HTTP/1.0\r\nHost: docker\r\n\r\n");
    });
    connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
        m_engineAnswer += socket->readAll();
        if (m_engineAnswer.size() > mostBytes)
            socket->abort();
    });
    connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
        m_engineAnswer += socket->readAll();
        socket->deleteLater();
        readEngine(m_engineAnswer);
    });
    connect(
        socket, &QLocalSocket::errorOccurred, this,
        [this, socket, socketPath](QLocalSocket::LocalSocketError error) {
            if (error == QLocalSocket::PeerClosedError)
                return;
            setNames(
                Source::Engine, {},
                tr("No Docker engine answers at %1: %2").arg(socketPath, socket->errorString()));
            socket->deleteLater();
        });
    socket->connectToServer(socketPath);
}

void ImageCatalog::readEngine(const QByteArray &answer)
{
    const auto headerEnd = answer.indexOf("\r\n\r\n");
    if (headerEnd < 0 || !answer.left(answer.indexOf('\r')).contains(" 200"))
        return setNames(Source::Engine, {},
                        tr("The Docker engine of this machine gave no list of images."));
    const QStringList names = engineNames(answer.mid(headerEnd + 4));
    setNames(Source::Engine, names,
             names.isEmpty() ? tr("The Docker engine of this machine has no images.") : QString());
}

QStringList ImageCatalog::engineNames(const QByteArray &json)
{
    QStringList names;
    for (const auto &image : QJsonDocument::fromJson(json).array()) {
        for (const QString &tag : texts(image.toObject().value(QLatin1String("RepoTags")))) {
            if (!tag.startsWith(QLatin1String("<none>")) && names.size() < mostNames)
                names << tag;
        }
    }
    names.sort();
    return names;
}

} // namespace meseta::console
