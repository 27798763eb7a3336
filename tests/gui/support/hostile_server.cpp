#include "tests/gui/support/hostile_server.h"

#include <csignal>
#include <functional>

#include <sys/prctl.h>

#include <QCoreApplication>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include "tests/gui/support/sample_cluster.h"

using namespace std::string_literals;

namespace {

constexpr qint64 sendAhead = 4 << 20;

std::string number(std::uint64_t value)
{
    std::string out;
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>((value & 0x7f) | 0x80);
    return out + static_cast<char>(value);
}

/// A field of a message as it is on the wire.
std::string field(int id, const std::string &bytes)
{
    return number(static_cast<std::uint64_t>(id) << 3 | 2) + number(bytes.size()) + bytes;
}

std::string record(const std::string &bytes)
{
    return std::to_string(bytes.size()) + '\n' + bytes;
}

std::string record(const google::protobuf::Message &message)
{
    return record(message.SerializeAsString());
}

/// Made as bytes: a million messages would take this process minutes.
std::string aMillionAgents()
{
    using mesos::v1::master::Response;
    std::string agents;
    for (int i = 0; i < 1000000; ++i)
        agents += field(Response::GetAgents::kAgentsFieldNumber,
                        sample::agent("S" + std::to_string(i), 8).SerializeAsString());
    auto event = sample::snapshot();
    const std::string state = field(Response::GetState::kGetAgentsFieldNumber, agents);
    event.clear_subscribed();
    return record(event.SerializeAsString()
                  + field(sample::Event::kSubscribedFieldNumber,
                          field(sample::Event::Subscribed::kGetStateFieldNumber, state)));
}

sample::Event small()
{
    auto event = sample::snapshot();
    auto *state = sample::state(event);
    *state->mutable_get_agents()->add_agents() = sample::agent("S0", 8);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "framework");
    *state->mutable_get_tasks()->add_tasks() =
        sample::task("t", "F", "S0", mesos::v1::TASK_RUNNING);
    return event;
}

std::string hugeStrings()
{
    const std::string huge(100'000'000, 'x');
    auto event = small();
    sample::state(event)
        ->mutable_get_agents()
        ->mutable_agents(0)
        ->mutable_agent_info()
        ->set_hostname(huge);
    event.mutable_subscribed()->set_cluster(huge);
    std::string out = record(event);
    out += record(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, 1001, huge));
    auto framework = sample::mesosEvent(mesos::v1::master::Event::FRAMEWORK_ADDED, 1002);
    *framework.mutable_event()->mutable_framework_added()->mutable_framework() =
        sample::framework(huge, huge.substr(0, 50'000'000));
    return out + record(framework);
}

/// Bytes without an end, told piece by piece as the other side takes them.
using Source = std::function<std::string()>;

Source flood()
{
    return [round = 0]() mutable {
        std::string out;
        for (int i = 0; i < 500; ++i) {
            const std::string id = "t" + std::to_string(round++);
            out += record(
                sample::taskAdded(sample::task(id, "F", "S0", mesos::v1::TASK_RUNNING), 1001));
            out += record(sample::taskUpdated(id, "F", mesos::v1::TASK_FAILED, 1002, "flood"));
            const auto offer = sample::offer("O" + id, "F", "S0", 1);
            out += record(sample::offerAdded(offer, 1002));
            if (round % 2)
                out += record(
                    sample::offerRemoved("O" + id, sample::Event::OfferRemoved::DECLINED, 1003));
        }
        return out;
    };
}

Source repeat(const std::string &piece)
{
    return [piece] { return piece; };
}

class Server : public QObject
{
public:
    explicit Server(QString what) : m_what(std::move(what))
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        });
        m_server.listen(QHostAddress::LocalHost);
    }
    quint16 port() const { return m_server.serverPort(); }

private:
    void read(QTcpSocket *socket)
    {
        QByteArray request = socket->property("request").toByteArray() + socket->readAll();
        const auto head = request.indexOf("\r\n\r\n");
        const auto length = request.toLower().indexOf("content-length: ");
        const qsizetype body = length < 0 ? 0 : request.mid(length + 16, 10).split('\r')[0].toInt();
        socket->setProperty("request", request);
        if (head < 0 || request.size() < head + 4 + body || socket->property("told").toBool())
            return;
        socket->setProperty("told", true);
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
                      "Connection: close\r\n\r\n");
        if (request.startsWith("POST /meseta/v1"))
            subscribe(socket);
        else if (m_what == QLatin1String("answers"))
            pour(socket, repeat(std::string(1 << 16, 'x')));
        else
            socket->disconnectFromHost();
    }

    void subscribe(QTcpSocket *socket)
    {
        const std::string first = m_what == QLatin1String("agents") ? aMillionAgents()
            : m_what == QLatin1String("strings")                    ? hugeStrings()
                                                                    : record(small());
        socket->write(first.data(), static_cast<qint64>(first.size()));
        if (m_what == QLatin1String("flood"))
            pour(socket, flood());
        else if (m_what == QLatin1String("record"))
            pour(socket, repeat(std::to_string(255 << 20) + '\n' + std::string(1 << 20, 'x')));
        else if (m_what == QLatin1String("number"))
            pour(socket, repeat(std::string(1 << 16, '1')));
    }

    void pour(QTcpSocket *socket, Source source)
    {
        const auto shared = std::make_shared<Source>(std::move(source));
        const auto more = [socket, shared] {
            while (socket->bytesToWrite() < sendAhead
                   && socket->state() == QAbstractSocket::ConnectedState) {
                const std::string piece = (*shared)();
                socket->write(piece.data(), static_cast<qint64>(piece.size()));
            }
        };
        QTimer::singleShot(300, socket, [this, socket, more] { // what is whole is taken before
            connect(socket, &QTcpSocket::bytesWritten, this, more);
            more();
        });
    }

    QString m_what;
    QTcpServer m_server;
};

} // namespace

HostileServer::~HostileServer()
{
    m_process.closeWriteChannel();
    m_process.kill();
    m_process.waitForFinished(10000);
}

bool HostileServer::start(const QString &what)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--serve"), what});
    if (!m_process.waitForReadyRead(20000))
        return false;
    m_port = m_process.readLine().trimmed().toUShort();
    return m_port != 0;
}

bool HostileServer::isServer(int argc, char **argv)
{
    return argc == 3 && argv[1] == "--serve"s;
}

int HostileServer::serve(int argc, char **argv)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    QCoreApplication application(argc, argv);
    Server server(QString::fromLocal8Bit(argv[2]));
    std::printf("%d\n", server.port());
    std::fflush(stdout);
    return application.exec();
}
