#include "gui/session/ensemble.h"

#include <QElapsedTimer>

namespace meseta::console {

namespace {

constexpr int everyMs = 3000;
constexpr int timeoutMs = 2000;
constexpr qint64 longestAnswer = 256 * 1024;

} // namespace

QStringList ensembleServers(const QString &zkUrl)
{
    if (!zkUrl.startsWith(QLatin1String("zk://")))
        return {};
    QString hosts = zkUrl.mid(5).section(QLatin1Char('/'), 0, 0);
    hosts = hosts.mid(hosts.lastIndexOf(QLatin1Char('@')) + 1);
    QStringList servers;
    for (const QString &host : hosts.split(QLatin1Char(','), Qt::SkipEmptyParts))
        servers << (host.contains(QLatin1Char(':')) ? host : host + QLatin1String(":2181"));
    return servers;
}

void readServerAnswer(const QString &answer, EnsembleServer &server)
{
    for (const QString &line : answer.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const bool tabbed = line.contains(QLatin1Char('\t'));
        const QChar between = tabbed ? QLatin1Char('\t') : QLatin1Char(':');
        const QString name = line.section(between, 0, 0).trimmed();
        const QString value = line.section(between, 1).trimmed();
        if (name == QLatin1String("Zookeeper version") || name == QLatin1String("zk_version"))
            server.version = value.section(QLatin1Char('-'), 0, 0).section(QLatin1Char(','), 0, 0);
        else if (name == QLatin1String("Mode") || name == QLatin1String("zk_server_state"))
            server.mode = value;
        else if (name == QLatin1String("Latency min/avg/max"))
            server.latencyMs = value.section(QLatin1Char('/'), 1, 1).toDouble();
        else if (name == QLatin1String("zk_avg_latency"))
            server.latencyMs = value.toDouble();
        else if (name == QLatin1String("Connections")
                 || name == QLatin1String("zk_num_alive_connections"))
            server.connections = value.toInt();
        else if (name == QLatin1String("Outstanding")
                 || name == QLatin1String("zk_outstanding_requests"))
            server.outstanding = value.toInt();
        else if (name == QLatin1String("Node count") || name == QLatin1String("zk_znode_count"))
            server.nodes = value.toInt();
        else if (name == QLatin1String("zk_global_sessions"))
            server.sessions = value.toInt();
    }
}

EnsembleProbe::EnsembleProbe(QObject *parent) : QObject(parent)
{
    m_timer.setInterval(everyMs);
    connect(&m_timer, &QTimer::timeout, this, &EnsembleProbe::askAll);
}

void EnsembleProbe::start(const QStringList &servers)
{
    ++m_generation;
    m_servers.clear();
    for (const QString &address : servers) {
        EnsembleServer server;
        server.address = address;
        m_servers << server;
    }
    Q_EMIT changed();
    if (m_servers.isEmpty())
        return m_timer.stop();
    m_timer.start();
    askAll();
}

void EnsembleProbe::stop()
{
    m_timer.stop();
}

void EnsembleProbe::askAll()
{
    for (qsizetype index = 0; index < m_servers.size(); ++index) {
        ask(index, QByteArrayLiteral("srvr"));
        ask(index, QByteArrayLiteral("mntr"));
    }
}

void EnsembleProbe::ask(qsizetype index, const QByteArray &word)
{
    const QString address = m_servers.at(index).address;
    auto *socket = new QTcpSocket(this);
    socket->setReadBufferSize(longestAnswer);
    QTimer::singleShot(timeoutMs, socket, &QTcpSocket::abort);
    QElapsedTimer began;
    began.start();
    const int generation = m_generation;
    connect(socket, &QTcpSocket::connected, socket, [socket, word] { socket->write(word); });
    const auto end = [this, socket, index, generation, began, word] {
        socket->deleteLater();
        socket->disconnect(this);
        if (generation != m_generation)
            return;
        EnsembleServer &server = m_servers[index];
        const QByteArray answer = socket->read(longestAnswer);
        if (answer.contains("not in the whitelist") || answer.contains("not executed"))
            return; // the other word may be allowed
        const bool answered = !answer.isEmpty();
        if (!answered && word != "srvr")
            return;
        server.reached = answered;
        server.problem = answered ? QString()
            : socket->error() == QAbstractSocket::UnknownSocketError
            ? tr("no answer within %1 s").arg(timeoutMs / 1000)
            : socket->errorString();
        if (answered) {
            readServerAnswer(QString::fromUtf8(answer), server);
            server.roundTripMs = static_cast<double>(began.nsecsElapsed()) / 1e6;
        }
        Q_EMIT changed();
    };
    connect(socket, &QTcpSocket::disconnected, this, end);
    connect(socket, &QTcpSocket::errorOccurred, this, [end](QAbstractSocket::SocketError error) {
        if (error != QAbstractSocket::RemoteHostClosedError)
            end();
    });
    socket->connectToHost(address.section(QLatin1Char(':'), 0, -2),
                          static_cast<quint16>(address.section(QLatin1Char(':'), -1).toUInt()));
}

} // namespace meseta::console
