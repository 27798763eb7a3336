#include "common/zookeeper/url.h"

#include <charconv>

#include <QByteArray>
#include <QFile>

namespace meseta::zookeeper {

namespace {

constexpr std::string_view scheme = "zk://";
constexpr std::string_view fileScheme = "file://";
constexpr std::string_view form = "zk://[user:password@]host1:port1,host2:port2/path";
constexpr qint64 longestFile = 64 * 1024;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::string withoutSecret(std::string_view text)
{
    const std::size_t at = text.substr(0, text.find('/', scheme.size())).rfind('@');
    if (!Url::isUrl(text) || at == std::string_view::npos)
        return std::string(text);
    return std::string(scheme) + "…" + std::string(text.substr(at));
}

tl::unexpected<Error> wrong(std::string_view text, const std::string &why)
{
    return fail("'" + withoutSecret(text) + "' is no ZooKeeper URL: " + why + "; write it as "
                + std::string(form));
}

Result<Url::Server> parseServer(std::string_view text, std::string_view whole)
{
    Url::Server server;
    std::string_view port;
    if (text.starts_with('[')) { // an IPv6 address
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            return wrong(whole, "'" + std::string(text) + "' has no closing bracket");
        server.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const std::size_t colon = text.find(':');
        server.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    if (server.host.empty())
        return wrong(whole, "a server has no host");
    if (port.empty())
        return server;
    unsigned number = 0;
    const char *end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data() + 1, end, number);
    if (port.front() != ':' || error != std::errc() || stop != end || number == 0 || number > 65535)
        return wrong(whole, "'" + std::string(text) + "' has no port from 1 to 65535");
    server.port = static_cast<std::uint16_t>(number);
    return server;
}

Result<std::string> parsePath(std::string_view path, std::string_view whole)
{
    if (path.empty() || path == "/")
        return wrong(whole, "'/' cannot be the path, as the nodes of others live there");
    if (path.ends_with('/') || path.find("//") != std::string_view::npos)
        return wrong(whole, "a part of the path '" + std::string(path) + "' is empty");
    for (std::size_t at = 0; at != std::string_view::npos;) {
        const std::size_t next = path.find('/', at + 1);
        const std::string_view part = path.substr(at + 1, next - at - 1);
        if (part == "." || part == "..")
            return wrong(whole, "a part of the path may not be '" + std::string(part) + "'");
        at = next;
    }
    return std::string(path);
}

} // namespace

bool Url::isUrl(std::string_view text)
{
    return trimmed(text).starts_with(scheme);
}

Result<Url> Url::parse(std::string_view given)
{
    const std::string_view whole = trimmed(given);
    if (!isUrl(whole))
        return wrong(whole, "it does not begin with zk://");
    const std::string_view rest = whole.substr(scheme.size());
    const std::size_t slash = rest.find('/');
    std::string_view hosts = rest.substr(0, slash);

    Url url;
    if (const std::size_t at = hosts.rfind('@'); at != std::string_view::npos) {
        url.credentials = hosts.substr(0, at);
        hosts.remove_prefix(at + 1);
        if (url.credentials->find(':') == std::string::npos)
            return wrong(whole, "what comes before '@' is not user:password");
    }
    for (std::size_t from = 0; from != std::string_view::npos;) {
        const std::size_t comma = hosts.find(',', from);
        const auto server = parseServer(trimmed(hosts.substr(from, comma - from)), whole);
        if (!server)
            return fail(server.error());
        url.servers.push_back(*server);
        from = comma == std::string_view::npos ? comma : comma + 1;
    }
    auto path = parsePath(slash == std::string_view::npos ? "" : rest.substr(slash), whole);
    if (!path)
        return fail(path.error());
    url.path = std::move(*path);
    return url;
}

Result<Url> Url::read(std::string_view given)
{
    std::string_view text = trimmed(given);
    if (text.starts_with(fileScheme))
        text.remove_prefix(fileScheme.size());
    if (!text.starts_with('/'))
        return parse(text);
    QFile file(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
    if (!file.open(QIODevice::ReadOnly))
        return fail("cannot read the ZooKeeper URL from the file '" + std::string(text)
                    + "': " + file.errorString().toStdString());
    const QByteArray content = file.read(longestFile);
    auto url = parse({content.constData(), static_cast<std::size_t>(content.size())});
    if (!url)
        return fail(url.error().within("the file '" + std::string(text) + "'"));
    return url;
}

std::string Url::text() const
{
    std::string text(scheme);
    if (credentials)
        text += credentials->substr(0, credentials->find(':')) + "@";
    bool first = true;
    for (const Server &server : servers) {
        if (!std::exchange(first, false))
            text += ',';
        const bool six = server.host.find(':') != std::string::npos;
        text += (six ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
    }
    return text + path;
}

} // namespace meseta::zookeeper
