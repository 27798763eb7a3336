#include "gui/session/ensemble.h"

#include <QElapsedTimer>
#include <QNetworkReply>

#include "gui/session/bounded_answer.h"

namespace meseta::console {

namespace {

constexpr int everyMs = 3000;
constexpr int timeoutMs = 2000;
constexpr qint64 longestAnswer = 256 * 1024;
constexpr int adminPause = 10; // rounds, after an AdminServer did not answer
constexpr const char *words[] = {"srvr", "mntr", "cons", "ruok"};

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

int AdminPorts::of(const QString &server) const
{
    const QString host = server.section(QLatin1Char(':'), 0, -2);
    return others.value(server, others.value(host, usual));
}

std::optional<AdminPorts> AdminPorts::parse(const QString &text)
{
    AdminPorts ports;
    for (const QString &part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QString server = part.section(QLatin1Char('='), 0, -2).trimmed();
        bool isNumber = false;
        const int port = part.section(QLatin1Char('='), -1).trimmed().toInt(&isNumber);
        const bool named = part.contains(QLatin1Char('='));
        if (!isNumber || port < 1 || port > 65535 || (named && server.isEmpty()))
            return std::nullopt;
        if (named)
            ports.others.insert(server, port);
        else
            ports.usual = port;
    }
    return ports;
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
    m_manners = QList<Manner>(m_servers.size());
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
        Manner &manner = m_manners[index];
        for (const char *word : words) {
            if (!manner.refused.contains(word))
                ask(index, word);
        }
        // What the words do not tell, the AdminServer may.
        const bool silent = manner.refused.contains("mntr") || manner.refused.contains("cons");
        if (!silent || (!manner.admin && manner.adminRest-- > 0))
            continue;
        manner.adminRest = adminPause;
        for (const char *command : {"monitor", "connections", "ruok"})
            askAdmin(index, QString::fromLatin1(command));
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
        const QByteArray answer = socket->read(longestAnswer);
        if (!answer.isEmpty())
            return take(index, word, answer, static_cast<double>(began.nsecsElapsed()) / 1e6);
        if (word == "srvr")
            unreached(index,
                      socket->error() == QAbstractSocket::UnknownSocketError
                          ? tr("no answer within %1 s").arg(timeoutMs / 1000)
                          : socket->errorString());
    };
    connect(socket, &QTcpSocket::disconnected, this, end);
    connect(socket, &QTcpSocket::errorOccurred, this, [end](QAbstractSocket::SocketError error) {
        if (error != QAbstractSocket::RemoteHostClosedError)
            end();
    });
    socket->connectToHost(address.section(QLatin1Char(':'), 0, -2),
                          static_cast<quint16>(address.section(QLatin1Char(':'), -1).toUInt()));
}

void EnsembleProbe::take(qsizetype index, const QByteArray &word, const QByteArray &answer,
                         double milliseconds)
{
    EnsembleServer &server = m_servers[index];
    Manner &manner = m_manners[index];
    server.reached = true; // also by a refusal: it lives
    server.problem.clear();
    if (answer.contains("not in the whitelist") || answer.contains("is not executed")) {
        const bool isNew = !manner.refused.contains(word);
        manner.refused.insert(word);
        explain(index);
        if (isNew && (word == "mntr" || word == "cons") && !manner.admin && manner.adminRest <= 0)
            askAdmin(index, QStringLiteral("monitor"));
        return Q_EMIT changed();
    }
    const QString text = QString::fromUtf8(answer);
    if (word == "cons")
        readConnections(text, server);
    else if (word == "ruok")
        server.ok = text.trimmed() == QLatin1String("imok");
    else
        readServerAnswer(text, server);
    if (word == "srvr" || server.roundTripMs < 0)
        server.roundTripMs = milliseconds;
    explain(index);
    Q_EMIT changed();
}

void EnsembleProbe::unreached(qsizetype index, const QString &problem)
{
    const QString address = m_servers.at(index).address;
    m_servers[index] = EnsembleServer(); // what it told before is old
    m_servers[index].address = address;
    m_servers[index].problem = problem;
    m_manners[index] = Manner();
    Q_EMIT changed();
}

void EnsembleProbe::askAdmin(qsizetype index, const QString &command)
{
    const QString host = m_servers.at(index).address.section(QLatin1Char(':'), 0, -2);
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(host);
    url.setPort(m_adminPorts.of(m_servers.at(index).address));
    url.setPath(QStringLiteral("/commands/") + command);
    QNetworkRequest request(url);
    request.setTransferTimeout(timeoutMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply = m_network.get(request);
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this, [this, reply, index, g = m_generation] {
        reply->deleteLater();
        if (g != m_generation)
            return;
        m_manners[index].admin = reply->error() == QNetworkReply::NoError
            && readAdminAnswer(reply->read(longestAnswer), m_servers[index]);
        if (m_manners[index].admin)
            m_servers[index].reached = true;
        explain(index);
        Q_EMIT changed();
    });
}

/// How it was asked, and what to do when it tells too little.
void EnsembleProbe::explain(qsizetype index)
{
    EnsembleServer &server = m_servers[index];
    const Manner &manner = m_manners.at(index);
    QStringList allowed;
    for (const char *word : words) {
        if (!manner.refused.contains(word))
            allowed << QString::fromLatin1(word);
    }
    QStringList ways;
    if (!allowed.isEmpty())
        ways << allowed.join(QLatin1String(", "));
    if (manner.admin)
        ways << tr("AdminServer :%1").arg(m_adminPorts.of(server.address));
    server.through = ways.join(QLatin1String(" + "));
    QStringList missing;
    for (const char *word : {"srvr", "mntr", "cons"}) {
        if (manner.refused.contains(word))
            missing << QString::fromLatin1(word);
    }
    server.problem.clear();
    if (!missing.isEmpty() && !manner.admin)
        server.problem = tr("It does not take %1, and no AdminServer answers on port %2: allow the "
                            "words with 4lw.commands.whitelist, or set admin.serverPort.")
                             .arg(missing.join(QLatin1String(", ")))
                             .arg(m_adminPorts.of(server.address));
}

} // namespace meseta::console
