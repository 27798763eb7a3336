#include "common/messages/wire_format.h"

namespace meseta::messages {

namespace {

constexpr std::string_view agentPrefix = "libprocess/";

} // namespace

QByteArray encodeMessage(const Pid &from, const Pid &to, const std::string &name,
                         const std::string &body)
{
    const std::string sender = from.text();
    std::string head = "POST ";
    head.reserve(256);
    if (!to.id.empty())
        head.append("/").append(to.id);
    head.append("/").append(name).append(" HTTP/1.1\r\n");
    head.append("User-Agent: libprocess/").append(sender).append("\r\n");
    head.append("Libprocess-From: ").append(sender).append("\r\n");
    head.append("Connection: Keep-Alive\r\n");
    head.append("Host: ").append(to.address()).append("\r\n");
    if (!body.empty())
        head.append("Transfer-Encoding: chunked\r\n");
    head.append("\r\n");

    QByteArray bytes;
    bytes.reserve(qsizetype(head.size() + body.size() + 32));
    bytes.append(head.data(), qsizetype(head.size()));
    if (body.empty())
        return bytes;
    bytes += QByteArray::number(qulonglong(body.size()), 16) + "\r\n";
    bytes.append(body.data(), qsizetype(body.size()));
    bytes += "\r\n0\r\n\r\n";
    return bytes;
}

std::optional<Pid> senderOf(const http::Request &request)
{
    std::string text;
    if (const auto from = request.headers.get("Libprocess-From"))
        text = from->toStdString();
    else if (const std::string agent = request.headers.value("User-Agent").toStdString();
             agent.starts_with(agentPrefix))
        text = agent.substr(agentPrefix.size());
    if (text.empty())
        return std::nullopt;
    return Pid::parse(text).value_or(Pid());
}

std::optional<Target> targetOf(const QByteArray &path)
{
    const qsizetype slash = path.lastIndexOf('/');
    if (slash < 0 || slash + 1 == path.size())
        return std::nullopt;
    const QByteArray id = path.mid(1, slash - 1);
    return Target{slash == 0 ? std::string() : id.toStdString(), path.mid(slash + 1).toStdString()};
}

} // namespace meseta::messages
