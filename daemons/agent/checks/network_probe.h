#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QUrl>

#include "daemons/agent/checks/checker.h"

class QTcpSocket;

namespace meseta::agent {

class ProbeConnection;

/// One TCP connection attempt, or one HTTP GET with its redirects; ends with `finished`, once, then
/// deletes itself. Only the head of an answer is read. A parent that goes away takes it along
/// silently.
class NetworkProbe : public QObject
{
    Q_OBJECT
public:
    /// `socket`: what makes its sockets; unset, they are the agent's own.
    NetworkProbe(QObject *parent, SocketMaker socket, Duration timeout, Prober::Done done);

    void connectTo(const QString &host, quint16 port);
    void get(const QUrl &url);

private:
    void request();
    void onConnected(int socket);
    void ask();
    void dropConnection();
    void onReadable();
    void onHead(const QByteArray &head);
    void onRefused(const QString &reason);
    void finish(ProbeResult result);
    void fail(const std::string &why);

    SocketMaker m_makeSocket;
    Prober::Done m_done;
    Duration m_timeout;
    ProbeConnection *m_connection = nullptr; ///< being made
    QTcpSocket *m_socket = nullptr; ///< made
    QUrl m_url; ///< empty: only connects
    QByteArray m_received;
    int m_redirects = 0;
    bool m_finished = false;
};

} // namespace meseta::agent
