#include "daemons/agent/checks/checker.h"

#include <utility>

#include <QHostAddress>
#include <QNetworkInterface>
#include <QObject>
#include <QUrl>

#include "daemons/agent/checks/network_probe.h"

namespace meseta::agent {

namespace {

class RealProber final : public Prober
{
public:
    RealProber(CommandRunner exec, std::function<std::string()> address)
        : m_exec(std::move(exec)), m_address(std::move(address))
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
        url.setHost(host(target.ipv6));
        url.setPort(target.port);
        (new NetworkProbe(&m_probes, timeout, std::move(done)))->get(url);
    }

    void tcp(std::uint16_t port, bool ipv6, Duration timeout, Done done) override
    {
        (new NetworkProbe(&m_probes, timeout, std::move(done)))->connectTo(host(ipv6), port);
    }

private:
    QString host(bool ipv6) const
    {
        const QHostAddress own(QString::fromStdString(m_address ? m_address() : std::string()));
        // With the host's network the address is the host's own; what listens there may do so on
        // loopback only.
        if (!own.isNull() && !QNetworkInterface::allAddresses().contains(own))
            return own.toString();
        return ipv6 ? QStringLiteral("::1") : QStringLiteral("127.0.0.1");
    }

    CommandRunner m_exec;
    std::function<std::string()> m_address;
    QObject m_probes; ///< parent of those under way
};

} // namespace

std::shared_ptr<Prober> makeProber(CommandRunner exec, std::function<std::string()> address)
{
    return std::make_shared<RealProber>(std::move(exec), std::move(address));
}

} // namespace meseta::agent
