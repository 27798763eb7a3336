#include "tests/common/http/raw_client.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTest>

namespace meseta::test {

RawClient::RawClient(quint16 port) : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(m_fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        ::close(m_fd);
        m_fd = -1;
    }
}

RawClient::RawClient(const QByteArray &unixPath)
    : m_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, unixPath.constData(), size_t(unixPath.size()));
    if (::connect(m_fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        ::close(m_fd);
        m_fd = -1;
    }
}

RawClient::~RawClient()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

int RawClient::sendSome(const QByteArray &bytes)
{
    return int(::send(m_fd, bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT));
}

void RawClient::send(const QByteArray &bytes)
{
    QElapsedTimer timer;
    timer.start();
    qsizetype done = 0;
    while (done < bytes.size() && timer.elapsed() < 20000) {
        const int sent = sendSome(bytes.mid(done, 256 * 1024));
        if (sent > 0)
            done += sent;
        else if (errno != EAGAIN)
            return;
        QCoreApplication::processEvents();
    }
}

void RawClient::sendOneByOne(const QByteArray &bytes)
{
    for (const char byte : bytes) {
        send(QByteArray(1, byte));
        QCoreApplication::processEvents();
    }
}

void RawClient::finishSending()
{
    ::shutdown(m_fd, SHUT_WR);
}

void RawClient::reset()
{
    linger hard{1, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(m_fd);
    m_fd = -1;
}

bool RawClient::pull()
{
    char piece[64 * 1024];
    const ssize_t count = ::recv(m_fd, piece, sizeof piece, MSG_DONTWAIT);
    if (count > 0)
        buffered.append(piece, count);
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        m_ended = true;
    return count > 0;
}

QByteArray RawClient::readUntil(const QByteArray &mark, int milliseconds)
{
    (void)QTest::qWaitFor(
        [&] {
            while (pull()) { }
            return m_ended || buffered.contains(mark);
        },
        milliseconds);
    const qsizetype at = buffered.indexOf(mark);
    const QByteArray taken = at < 0 ? buffered : buffered.left(at + mark.size());
    buffered.remove(0, taken.size());
    return taken;
}

QByteArray RawClient::readBytes(qsizetype count, int milliseconds)
{
    (void)QTest::qWaitFor(
        [&] {
            while (buffered.size() < count && pull()) { }
            return m_ended || buffered.size() >= count;
        },
        milliseconds);
    const QByteArray taken = buffered.left(count);
    buffered.remove(0, taken.size());
    return taken;
}

QByteArray RawClient::readToEnd(int milliseconds)
{
    (void)QTest::qWaitFor(
        [&] {
            while (pull()) { }
            return m_ended;
        },
        milliseconds);
    return std::exchange(buffered, {});
}

QByteArray RawClient::arrived()
{
    while (pull()) { }
    return buffered;
}

bool RawClient::isClosed(int milliseconds)
{
    return QTest::qWaitFor(
        [&] {
            while (pull()) { }
            return m_ended;
        },
        milliseconds);
}

QByteArray RawClient::Answer::header(const QByteArray &name) const
{
    for (const QByteArray &line : headerLines) {
        if (line.toLower().startsWith(name.toLower() + ": "))
            return line.mid(name.size() + 2);
    }
    return {};
}

RawClient::Answer RawClient::readAnswer(bool headOnly, int milliseconds)
{
    Answer answer;
    QList<QByteArray> lines = readUntil("\r\n\r\n", milliseconds).split('\n');
    for (QByteArray &line : lines)
        line = line.trimmed();
    answer.statusLine = lines.takeFirst();
    lines.removeAll(QByteArray());
    answer.headerLines = lines;
    if (headOnly)
        return answer;
    if (answer.header("Transfer-Encoding") != "chunked") {
        answer.body = readBytes(answer.header("Content-Length").toInt(), milliseconds);
        return answer;
    }
    for (;;) {
        const qsizetype size = readUntil("\r\n", milliseconds).trimmed().toLongLong(nullptr, 16);
        const QByteArray chunk = readBytes(size + 2, milliseconds).left(size);
        if (size == 0)
            return answer;
        answer.chunks += chunk;
        answer.body += chunk;
    }
}

bool answersAnother(quint16 port)
{
    RawClient client(port);
    client.send("GET /health HTTP/1.1\r\n\r\n");
    return client.readAnswer().status() == 200;
}

} // namespace meseta::test
