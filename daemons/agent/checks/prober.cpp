#include "daemons/agent/checks/checker.h"

#include <utility>

#include <QObject>
#include <QUrl>

#include "daemons/agent/checks/network_probe.h"

namespace meseta::agent {

namespace {

class RealProber final : public Prober
{
public:
    RealProber(CommandRunner exec, SocketMaker socket)
        : m_exec(std::move(exec)), m_socket(std::move(socket))
    { }

    void command(const mesos::v1::CommandInfo &command, Duration timeout, Done done) override
    {
        m_exec(command, timeout, [done = std::move(done)](const Result<int> &waitStatus) {
            ProbeResult result;
            if (waitStatus)
                result.waitStatus = *waitStatus;
            else
                result.failure = waitStatus.error().message;
            done(result);
        });
    }

    void http(const HttpTarget &target, Duration timeout, Done done) override
    {
        const QString path = QString::fromStdString(target.path);
        QUrl url(path.isEmpty() ? QStringLiteral("/") : path);
        url.setScheme(QString::fromStdString(target.scheme));
        url.setHost(loopback(target.ipv6));
        url.setPort(target.port);
        probe(timeout, std::move(done)).get(url);
    }

    void tcp(std::uint16_t port, bool ipv6, Duration timeout, Done done) override
    {
        probe(timeout, std::move(done)).connectTo(loopback(ipv6), port);
    }

private:
    static QString loopback(bool ipv6)
    {
        return ipv6 ? QStringLiteral("::1") : QStringLiteral("127.0.0.1");
    }

    NetworkProbe &probe(Duration timeout, Done done)
    {
        return *new NetworkProbe(&m_probes, m_socket, timeout, std::move(done)); // deletes itself
    }

    CommandRunner m_exec;
    SocketMaker m_socket;
    QObject m_probes; ///< parent of those under way
};

} // namespace

std::shared_ptr<Prober> makeProber(CommandRunner exec, SocketMaker socket)
{
    return std::make_shared<RealProber>(std::move(exec), std::move(socket));
}

} // namespace meseta::agent
