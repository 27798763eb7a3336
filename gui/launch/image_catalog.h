#pragma once

#include <QHash>
#include <QNetworkAccessManager>
#include <QObject>
#include <QStringList>
#include <QUrl>

class QLocalSocket;

namespace meseta::console {

/// Names of images from where a person would look for them: what was launched lately, favourites, a
/// registry, and the Docker engine of this machine. Asks only when told to; answers are bounded at
/// 4 MiB and 2,000 names. Source: Docker Registry HTTP API V2, catalog and tags; Docker Engine API,
/// /images/json.
class ImageCatalog : public QObject
{
    Q_OBJECT
public:
    enum class Source { Recent, Favourites, Engine, Registry };

    explicit ImageCatalog(QObject *parent = nullptr);

    QStringList names(Source source) const;
    QString problem(Source source) const; ///< why there are none

    void noteLaunched(const QString &image); ///< to the front of the recent ones; at most 30
    void setFavourite(const QString &image, bool favourite);
    bool isFavourite(const QString &image) const;

    /// "host:port" or a URL; remembered.
    void setRegistry(const QString &address);
    QString registry() const;
    void refreshRegistry();
    void refreshEngine(const QString &socketPath = QStringLiteral("/var/run/docker.sock"));

    /// The tags of images in the body of `/images/json`; pure, for tests.
    static QStringList engineNames(const QByteArray &json);

Q_SIGNALS:
    void changed();

private:
    void setNames(Source source, const QStringList &names, const QString &problem = {});
    void askTags(const QStringList &repositories);
    void readEngine(const QByteArray &answer);

    QNetworkAccessManager m_network;
    QHash<int, QStringList> m_names;
    QHash<int, QString> m_problems;
    QByteArray m_engineAnswer;
};

} // namespace meseta::console
