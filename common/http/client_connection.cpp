#include "common/http/client_connection.h"

#include <utility>

namespace meseta::http {

namespace {

constexpr qint64 answerHeadLimit = 256 * 1024;

ClientConnection &self(http_parser *parser)
{
    return *static_cast<ClientConnection *>(parser->data);
}

} // namespace

struct ClientConnection::Callbacks
{
    static int begin(http_parser *parser)
    {
        ClientConnection &c = self(parser);
        c.m_head = {};
        c.m_headBytes = 0;
        c.m_name.clear();
        c.m_value.clear();
        c.m_inValue = false;
        return 0;
    }

    static int field(http_parser *parser, const char *data, size_t size)
    {
        ClientConnection &c = self(parser);
        if (c.m_inValue)
            c.finishField();
        c.m_name.append(data, qsizetype(size));
        c.m_headBytes += qint64(size);
        return c.m_headBytes > answerHeadLimit ? 1 : 0;
    }

    static int value(http_parser *parser, const char *data, size_t size)
    {
        ClientConnection &c = self(parser);
        c.m_inValue = true;
        c.m_value.append(data, qsizetype(size));
        c.m_headBytes += qint64(size);
        return c.m_headBytes > answerHeadLimit ? 1 : 0;
    }

    static int headersComplete(http_parser *parser)
    {
        ClientConnection &c = self(parser);
        if (c.m_inValue)
            c.finishField();
        parser->upgrade = 0;
        const bool interim = parser->status_code >= 100 && parser->status_code < 200;
        c.m_head.status = int(parser->status_code);
        if (!interim && c.m_user != nullptr)
            c.m_user->answerHead(c.m_head);
        return c.m_headOnly ? 1 : 0;
    }

    static int body(http_parser *parser, const char *data, size_t size)
    {
        ClientConnection &c = self(parser);
        if (c.m_user != nullptr)
            c.m_user->answerData(data, qsizetype(size));
        return c.m_user != nullptr ? 0 : 1;
    }

    static int complete(http_parser *parser)
    {
        ClientConnection &c = self(parser);
        if (parser->status_code >= 100 && parser->status_code < 200)
            return 0;
        c.m_answerDone = true;
        http_parser_pause(parser, 1);
        return 0;
    }

    static const http_parser_settings &settings()
    {
        static const http_parser_settings table = [] {
            http_parser_settings made;
            http_parser_settings_init(&made);
            made.on_message_begin = begin;
            made.on_header_field = field;
            made.on_header_value = value;
            made.on_headers_complete = headersComplete;
            made.on_body = body;
            made.on_message_complete = complete;
            return made;
        }();
        return table;
    }
};

ClientConnection::ClientConnection()
{
    http_parser_init(&m_parser, HTTP_RESPONSE);
    m_parser.data = this;
}

ClientConnection::~ClientConnection() = default;

Result<> ClientConnection::connectToIp(const QByteArray &ip, quint16 port)
{
    auto made = Connection::toIp(*this, ip, port);
    if (!made)
        return fail(made.error());
    m_connection = std::move(*made);
    return {};
}

Result<> ClientConnection::connectToUnixSocket(const QByteArray &path)
{
    auto made = Connection::toUnixSocket(*this, path);
    if (!made)
        return fail(made.error());
    m_connection = std::move(*made);
    return {};
}

void ClientConnection::expectAnswer(bool headOnly)
{
    http_parser_init(&m_parser, HTTP_RESPONSE);
    m_parser.data = this;
    m_headOnly = headOnly;
    m_answerBegun = false;
    m_answerDone = false;
}

void ClientConnection::connected()
{
    if (m_tls)
        decrypt(nullptr, 0);
    else if (m_user != nullptr)
        m_user->connectionReady();
}

void ClientConnection::write(const QByteArray &bytes)
{
    if (!m_tls)
        return m_connection->write(bytes);
    const auto packed = m_tls->encrypted(bytes);
    if (packed)
        m_connection->write(*packed);
    else
        m_connection->shutdownWriting(); // the peer closes then, which is told as usual
}

void ClientConnection::received(const char *data, qsizetype size)
{
    if (m_tls)
        decrypt(data, size);
    else
        parse(data, size);
}

void ClientConnection::decrypt(const char *data, qsizetype size)
{
    const auto turn = m_tls->received(data, size);
    if (!turn && m_user == nullptr)
        return spoil();
    if (!turn)
        return broken(QByteArray::fromStdString(turn.error().message));
    m_connection->write(turn->toPeer);
    if (turn->established && !std::exchange(m_secured, true) && m_user != nullptr)
        m_user->connectionReady();
    if (!turn->plain.isEmpty())
        parse(turn->plain.constData(), turn->plain.size());
    if (turn->ended && m_connection->isOpen())
        ended();
}

void ClientConnection::parse(const char *data, qsizetype size)
{
    if (m_user == nullptr) // an answer to nothing
        return spoil();
    m_answerBegun = true;
    const size_t used = http_parser_execute(&m_parser, &Callbacks::settings(), data, size_t(size));
    const http_errno error = HTTP_PARSER_ERRNO(&m_parser);
    if (m_user == nullptr)
        return;
    if (m_answerDone) {
        const bool reusable = http_should_keep_alive(&m_parser) != 0 && qsizetype(used) == size;
        m_spoiled = m_spoiled || !reusable;
        std::exchange(m_user, nullptr)->answerComplete(reusable);
    } else if (error != HPE_OK) {
        broken(QByteArray("the answer is not well-formed HTTP: ") + http_errno_description(error));
    }
}

void ClientConnection::ended()
{
    if (m_user == nullptr)
        return spoil();
    // An answer without a length lasts until the connection closes.
    if (m_answerBegun)
        http_parser_execute(&m_parser, &Callbacks::settings(), nullptr, 0);
    if (m_user == nullptr)
        return;
    m_spoiled = true;
    if (m_answerDone)
        std::exchange(m_user, nullptr)->answerComplete(false);
    else
        broken(m_answerBegun ? "the connection was closed in the middle of the answer"
                             : "the connection was closed before an answer came");
}

void ClientConnection::failed(const QByteArray &reason)
{
    if (m_user == nullptr)
        return spoil();
    broken(reason);
}

void ClientConnection::broken(const QByteArray &reason)
{
    m_spoiled = true;
    m_connection->close();
    if (User *user = std::exchange(m_user, nullptr))
        user->connectionBroken(reason);
}

void ClientConnection::spoil()
{
    m_spoiled = true;
    close();
    if (onSpoiled)
        onSpoiled(this);
}

void ClientConnection::close()
{
    if (m_connection)
        m_connection->close();
}

void ClientConnection::finishField()
{
    m_head.headers.add(std::exchange(m_name, {}), std::exchange(m_value, {}));
    m_inValue = false;
}

} // namespace meseta::http
