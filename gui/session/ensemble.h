#pragma once

#include <optional>

#include <QHash>
#include <QList>
#include <QNetworkAccessManager>
#include <QObject>
#include <QSet>
#include <QTcpSocket>
#include <QTimer>

namespace meseta::console {

/// A client's session, as the server that it is connected to tells of it.
struct EnsembleSession
{
    qint64 id = 0;
    QString client; ///< "ip:port"
    double connected = 0; ///< since when to this server, seconds since the epoch
    int timeoutMs = 0;

    bool operator==(const EnsembleSession &) const = default;
};

/// What one ZooKeeper server says of itself: in answer to the four-letter words `srvr`, `mntr`,
/// `cons` and `ruok`, or through its AdminServer.
struct EnsembleServer
{
    QString address; ///< "host:port"
    bool reached = false;
    QString problem; ///< why not, or what it does not tell, for a person
    QString through; ///< "srvr, mntr" or "AdminServer :8080": how it was asked
    QString version;
    QString mode; ///< "leader", "follower", "standalone"
    std::optional<bool> ok; ///< its answer to `ruok`
    double latencyMs = -1; ///< mean of a request
    double roundTripMs = -1; ///< of our own question
    int connections = -1;
    int sessions = -1; ///< of the whole ensemble, where `mntr` is allowed
    int outstanding = -1;
    int nodes = -1;
    QList<EnsembleSession> clients; ///< at most 1,000; where `cons` is allowed

    bool operator==(const EnsembleServer &) const = default;
};

/// Reads an answer to `srvr` or `mntr` into a server; both may be read into the same.
void readServerAnswer(const QString &answer, EnsembleServer &server);
/// The answer to `cons`: the sessions of those that are connected there.
void readConnections(const QString &answer, EnsembleServer &server);
/// The AdminServer's `monitor` (or `stats`), `connections` and `ruok`. False: it is none of its
/// answers, and changes nothing.
bool readAdminAnswer(const QByteArray &json, EnsembleServer &server);

/// The servers named by "zk://user:secret@host:port,host:port/path"; empty for anything else.
QStringList ensembleServers(const QString &zkUrl);

/// Where the AdminServers of an ensemble listen: on one port, but for servers that are named.
struct AdminPorts
{
    int usual = 8080; ///< ZooKeeper's own default
    QHash<QString, int> others; ///< by "host" or "host:port" of the server

    int of(const QString &server) const;
    /// "8080", "8080, zk2=9090, zk1:2182=8081"; nothing: it is not of that form.
    static std::optional<AdminPorts> parse(const QString &text);
};

/// Asks the servers of an ensemble how they are, every few seconds while it is started: with the
/// four-letter words that they allow, and where these tell too little, through the AdminServer.
/// Source: ZooKeeper Administrator's Guide, "The Four Letter Words", "The AdminServer".
class EnsembleProbe : public QObject
{
    Q_OBJECT
public:
    explicit EnsembleProbe(QObject *parent = nullptr);

    void setAdminPorts(const AdminPorts &ports) { m_adminPorts = ports; }
    void start(const QStringList &servers);
    void stop();
    const QList<EnsembleServer> &servers() const { return m_servers; }

Q_SIGNALS:
    void changed();

private:
    /// What was learned of a server: which questions it takes.
    struct Manner
    {
        QSet<QByteArray> refused; ///< words that are not in its whitelist
        int adminRest = 0; ///< rounds until the AdminServer is tried again
        bool admin = false; ///< it answers there
    };

    void askAll();
    void ask(qsizetype index, const QByteArray &word);
    void take(qsizetype index, const QByteArray &word, const QByteArray &answer,
              double milliseconds);
    void askAdmin(qsizetype index, const QString &command);
    void unreached(qsizetype index, const QString &problem);
    void explain(qsizetype index);

    QNetworkAccessManager m_network;
    QList<EnsembleServer> m_servers;
    QList<Manner> m_manners;
    QTimer m_timer;
    AdminPorts m_adminPorts;
    int m_generation = 0; // answers of an earlier list are dropped
};

} // namespace meseta::console
