#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include "gui/session/ensemble.h"

// What ZooKeeper servers answer, in the words of either way to ask.

namespace meseta::console {

namespace {

constexpr qsizetype mostSessions = 1000;

QString shortVersion(const QString &told)
{
    return told.section(QLatin1Char('-'), 0, 0).section(QLatin1Char(','), 0, 0).left(40);
}

} // namespace

void readServerAnswer(const QString &answer, EnsembleServer &server)
{
    for (const QString &line : answer.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const bool tabbed = line.contains(QLatin1Char('\t'));
        const QChar between = tabbed ? QLatin1Char('\t') : QLatin1Char(':');
        const QString name = line.section(between, 0, 0).trimmed();
        const QString value = line.section(between, 1).trimmed();
        if (name == QLatin1String("Zookeeper version") || name == QLatin1String("zk_version"))
            server.version = shortVersion(value);
        else if (name == QLatin1String("Mode") || name == QLatin1String("zk_server_state"))
            server.mode = value.left(40);
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

void readConnections(const QString &answer, EnsembleServer &server)
{
    static const QRegularExpression client(QStringLiteral("^\\s*/?([^\\[\\s]+)\\["));
    server.clients.clear();
    for (const QString &line : answer.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        EnsembleSession session;
        const auto from = client.match(line);
        if (!from.hasMatch())
            continue;
        session.client = from.captured(1).left(100);
        const QString fields = line.section(QLatin1Char('('), 1).section(QLatin1Char(')'), 0, 0);
        for (const QString &field : fields.split(QLatin1Char(','))) {
            const QString name = field.section(QLatin1Char('='), 0, 0).trimmed();
            const QString value = field.section(QLatin1Char('='), 1);
            if (name == QLatin1String("sid"))
                session.id = static_cast<qint64>(value.mid(2).toULongLong(nullptr, 16));
            else if (name == QLatin1String("est"))
                session.connected = value.toDouble() / 1000;
            else if (name == QLatin1String("to"))
                session.timeoutMs = value.toInt();
        }
        if (session.id != 0 && server.clients.size() < mostSessions)
            server.clients.append(session); // our own question has no session
    }
}

bool readAdminAnswer(const QByteArray &json, EnsembleServer &server)
{
    const QJsonObject whole = QJsonDocument::fromJson(json).object();
    if (!whole[QLatin1String("command")].isString())
        return false; // some other server listens there
    const QJsonObject stats = whole[QLatin1String("server_stats")].toObject();
    const auto value = [&](const char *name) {
        const QJsonValue direct = whole[QLatin1String(name)];
        return direct.isUndefined() ? stats[QLatin1String(name)] : direct;
    };
    const auto number = [&](const char *name, int &to) {
        if (const QJsonValue told = value(name); told.isDouble())
            to = told.toInt(to);
    };
    if (const QString version = whole[QLatin1String("version")].toString(); !version.isEmpty())
        server.version = shortVersion(version);
    if (const QString mode = value("server_state").toString(); !mode.isEmpty())
        server.mode = mode.left(40);
    if (const QJsonValue latency = value("avg_latency"); latency.isDouble())
        server.latencyMs = latency.toDouble();
    number("num_alive_connections", server.connections);
    number("num_alive_client_connections", server.connections);
    number("outstanding_requests", server.outstanding);
    number("znode_count", server.nodes);
    number("global_sessions", server.sessions);
    if (whole[QLatin1String("command")].toString() == QLatin1String("ruok"))
        server.ok = whole[QLatin1String("error")].isNull();
    if (!whole.contains(QLatin1String("connections")))
        return true;
    server.clients.clear();
    for (const char *list : {"connections", "secure_connections"}) {
        for (const QJsonValue &told : whole[QLatin1String(list)].toArray()) {
            EnsembleSession session;
            session.id = told[QLatin1String("session_id")].toVariant().toLongLong();
            session.client = told[QLatin1String("remote_socket_address")].toString().left(100);
            session.connected = told[QLatin1String("established")].toDouble() / 1000;
            session.timeoutMs = told[QLatin1String("session_timeout")].toInt();
            if (session.id != 0 && server.clients.size() < mostSessions)
                server.clients.append(session);
        }
    }
    return true;
}

} // namespace meseta::console
