#pragma once

#include <QObject>
#include <QTcpSocket>
#include <QTimer>

namespace meseta::console {

/// What one ZooKeeper server says of itself in answer to the four-letter words `srvr` and `mntr`.
struct EnsembleServer
{
    QString address; ///< "host:port"
    bool reached = false;
    QString problem; ///< why not, for a person
    QString version;
    QString mode; ///< "leader", "follower", "standalone"
    double latencyMs = -1; ///< mean of a request
    double roundTripMs = -1; ///< of our own question
    int connections = -1;
    int sessions = -1; ///< of the whole ensemble, where `mntr` is allowed
    int outstanding = -1;
    int nodes = -1;

    bool operator==(const EnsembleServer &) const = default;
};

/// Reads an answer to `srvr` or `mntr` into a server; both may be read into the same.
void readServerAnswer(const QString &answer, EnsembleServer &server);

/// The servers named by "zk://user:secret@host:port,host:port/path"; empty for anything else.
QStringList ensembleServers(const QString &zkUrl);

/// Asks the servers of an ensemble how they are, every few seconds while it is started. Source:
/// ZooKeeper Administrator's Guide, "The Four Letter Words".
class EnsembleProbe : public QObject
{
    Q_OBJECT
public:
    explicit EnsembleProbe(QObject *parent = nullptr);

    void start(const QStringList &servers);
    void stop();
    const QList<EnsembleServer> &servers() const { return m_servers; }

Q_SIGNALS:
    void changed();

private:
    void askAll();
    void ask(qsizetype index, const QByteArray &word);

    QList<EnsembleServer> m_servers;
    QTimer m_timer;
    int m_generation = 0; // answers of an earlier list are dropped
};

} // namespace meseta::console
