#pragma once

#include <map>

#include <QTcpServer>
#include <QTcpSocket>

namespace meseta::agent {

/// A tiny HTTP server: serves what it was given, counts requests, and can fall silent.
class HttpSource : public QTcpServer
{
    Q_OBJECT
public:
    HttpSource()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { answer(socket); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }

    std::string url(const char *path) const
    {
        return "http://127.0.0.1:" + std::to_string(serverPort()) + path;
    }

    std::map<QByteArray, QByteArray>
        files; ///< by path; unknown ones are 404, "/moved/x" leads to "/x", "/silent" says nothing
    int requests = 0;

private:
    void answer(QTcpSocket *socket)
    {
        const QByteArray path = socket->readAll().split(' ').value(1);
        ++requests;
        if (path == "/silent")
            return;
        QByteArray head = "HTTP/1.1 404 Not Found\r\n", body = "nothing";
        if (path.startsWith("/moved")) {
            head = "HTTP/1.1 302 Found\r\nLocation: " + path.mid(6) + "\r\n";
        } else if (const auto found = files.find(path); found != files.end()) {
            head = "HTTP/1.1 200 OK\r\n";
            body = found->second;
        }
        socket->write(head + "Connection: close\r\nContent-Length: "
                      + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        socket->disconnectFromHost();
    }
};

} // namespace meseta::agent
