#include "daemons/agent/checks/network_probe.h"

#include <utility>

#include <unistd.h>

#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>

#include "common/base/duration_text.h"
#include "daemons/agent/checks/probe_connection.h"

namespace meseta::agent {

namespace {

constexpr int maxRedirects = 50; // as curl, which Mesos lets do this
constexpr qsizetype maxHeadBytes = 64 * 1024;

/// The last Location of an answer's head.
QByteArray locationOf(const QByteArray &head)
{
    QByteArray location;
    for (const QByteArray &line : head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).trimmed().toLower() == "location")
            location = line.mid(colon + 1).trimmed();
    }
    return location;
}

} // namespace

NetworkProbe::NetworkProbe(QObject *parent, SocketMaker socket, Duration timeout, Prober::Done done)
    : QObject(parent), m_makeSocket(std::move(socket)), m_done(std::move(done)), m_timeout(timeout)
{
    if (timeout <= Duration::zero())
        return;
    auto *timer = new QTimer(this);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this,
            [this] { fail("it did not come to a result within " + durationText(m_timeout)); });
    timer->start(std::chrono::ceil<std::chrono::milliseconds>(timeout));
}

void NetworkProbe::connectTo(const QString &host, quint16 port)
{
    m_connection = new ProbeConnection(this, m_makeSocket,
                                       {[this](int socket) { onConnected(socket); },
                                        [this](const QString &why) { onRefused(why); }});
    m_connection->connectTo(host, port);
}

void NetworkProbe::get(const QUrl &url)
{
    m_url = url;
    request();
}

void NetworkProbe::request()
{
    const int usual = m_url.scheme() == u"https" ? 443 : 80;
    connectTo(m_url.host(), static_cast<quint16>(m_url.port(usual)));
}

void NetworkProbe::onConnected(int socket)
{
    if (m_url.isEmpty()) {
        ::close(socket);
        ProbeResult result;
        result.tcpConnected = true;
        finish(std::move(result));
        return;
    }
    auto *secure = m_url.scheme() == u"https" ? new QSslSocket(this) : nullptr;
    m_socket = secure != nullptr ? secure : new QTcpSocket(this);
    connect(m_socket, &QTcpSocket::errorOccurred, this, [this] {
        onRefused(
            QStringLiteral("no answer from %1: %2").arg(m_url.toString(), m_socket->errorString()));
    });
    connect(m_socket, &QTcpSocket::readyRead, this, &NetworkProbe::onReadable);
    if (!m_socket->setSocketDescriptor(socket)) {
        ::close(socket);
        fail("the connection cannot be used: " + m_socket->errorString().toStdString());
        return;
    }
    if (secure == nullptr) {
        ask();
        return;
    }
    // A health check asks whether the task answers, not whether its certificate is in order.
    secure->setPeerVerifyMode(QSslSocket::VerifyNone);
    connect(secure, &QSslSocket::encrypted, this, &NetworkProbe::ask);
    secure->startClientEncryption();
}

void NetworkProbe::ask()
{
    QByteArray target = m_url.path(QUrl::FullyEncoded).toUtf8();
    if (target.isEmpty())
        target = "/";
    if (m_url.hasQuery())
        target += '?' + m_url.query(QUrl::FullyEncoded).toUtf8();
    m_socket->write(
        "GET " + target + " HTTP/1.1\r\nHost: " + m_url.authority().toUtf8()
        + "\r\nUser-Agent: meseta-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

void NetworkProbe::onReadable()
{
    m_received += m_socket->read(maxHeadBytes);
    const qsizetype end = m_received.indexOf("\r\n\r\n");
    if (end >= 0)
        onHead(m_received.left(end));
    else if (m_received.size() >= maxHeadBytes)
        fail("the answer's head is longer than 64KB");
}

void NetworkProbe::onHead(const QByteArray &head)
{
    const QByteArrayList statusLine = head.split('\r').first().split(' ');
    const int code = head.startsWith("HTTP/") && statusLine.size() > 1 ? statusLine[1].toInt() : 0;
    if (code < 100) {
        fail("what answers does not speak HTTP");
        return;
    }
    if (code < 200) { // 100 Continue: the answer follows
        m_received.remove(0, head.size() + 4);
        if (!m_received.isEmpty())
            onReadable();
        return;
    }
    const QByteArray location = code >= 300 && code < 400 ? locationOf(head) : QByteArray();
    if (location.isEmpty()) {
        ProbeResult result;
        result.httpCode = code;
        finish(std::move(result));
        return;
    }
    const QUrl next = m_url.resolved(QUrl::fromEncoded(location));
    if (++m_redirects > maxRedirects || (next.scheme() != u"http" && next.scheme() != u"https")) {
        fail("it was redirected " + std::to_string(m_redirects) + " times, last to "
             + location.toStdString());
        return;
    }
    dropConnection();
    m_received.clear();
    m_url = next;
    request();
}

void NetworkProbe::dropConnection()
{
    if (m_connection != nullptr)
        std::exchange(m_connection, nullptr)->deleteLater();
    if (m_socket != nullptr) {
        m_socket->disconnect(this);
        m_socket->abort();
        std::exchange(m_socket, nullptr)->deleteLater();
    }
}

void NetworkProbe::onRefused(const QString &reason)
{
    ProbeResult result;
    if (m_url.isEmpty())
        result.tcpConnected = false;
    result.failure = reason.toStdString();
    finish(std::move(result));
}

void NetworkProbe::fail(const std::string &why)
{
    ProbeResult result;
    result.failure = why;
    finish(std::move(result));
}

void NetworkProbe::finish(ProbeResult result)
{
    if (std::exchange(m_finished, true))
        return;
    dropConnection();
    deleteLater();
    // Connecting may fail before the caller is back; it is told on the next turn of the event loop.
    QTimer::singleShot(0, parent(),
                       [done = std::move(m_done), result = std::move(result)] { done(result); });
}

} // namespace meseta::agent
