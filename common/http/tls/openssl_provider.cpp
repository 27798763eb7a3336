#include "common/http/tls/openssl_provider.h"

#include <QHostAddress>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace meseta::http {

namespace {

constexpr int readBlock = 16 * 1024; // a TLS record's most

using Context = std::shared_ptr<SSL_CTX>;

std::string sslError()
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0)
        return "the TLS stream was broken off";
    const char *reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "TLS error " + std::to_string(code);
}

class OpenSslSession final : public TlsSession
{
public:
    OpenSslSession(Context context, const QString &host)
        : m_context(std::move(context)), m_ssl(SSL_new(m_context.get()))
    {
        m_in = BIO_new(BIO_s_mem());
        m_out = BIO_new(BIO_s_mem());
        SSL_set_bio(m_ssl, m_in, m_out); // which owns them from here on
        SSL_set_connect_state(m_ssl);
        const QByteArray name = host.toUtf8();
        if (!QHostAddress(host).isNull()) {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(m_ssl), name.constData());
        } else {
            SSL_set_tlsext_host_name(m_ssl, name.constData());
            SSL_set1_host(m_ssl, name.constData());
        }
    }

    ~OpenSslSession() override { SSL_free(m_ssl); }

    Result<Turn> received(const char *data, qsizetype size) override
    {
        Turn turn;
        if (size > 0)
            BIO_write(m_in, data, int(size));
        if (!SSL_is_init_finished(m_ssl)) {
            if (auto shaken = shakeHands(); !shaken)
                return fail(shaken.error());
        }
        turn.established = SSL_is_init_finished(m_ssl) != 0;
        if (turn.established) {
            if (auto read = readAll(turn); !read)
                return fail(read.error());
        }
        turn.toPeer = takeOutgoing();
        return turn;
    }

    Result<QByteArray> encrypted(const QByteArray &plain) override
    {
        if (!plain.isEmpty() && SSL_write(m_ssl, plain.constData(), int(plain.size())) <= 0)
            return fail("cannot encrypt: " + sslError());
        return takeOutgoing();
    }

private:
    Result<> shakeHands()
    {
        const int status = SSL_do_handshake(m_ssl);
        if (status == 1 || SSL_get_error(m_ssl, status) == SSL_ERROR_WANT_READ)
            return {};
        const long verdict = SSL_get_verify_result(m_ssl);
        if (verdict != X509_V_OK) {
            ERR_clear_error();
            return fail(std::string(distrustText) + X509_verify_cert_error_string(verdict));
        }
        return fail("the TLS handshake failed: " + sslError());
    }

    Result<> readAll(Turn &turn)
    {
        for (;;) {
            const qsizetype before = turn.plain.size();
            turn.plain.resize(before + readBlock);
            const int got = SSL_read(m_ssl, turn.plain.data() + before, readBlock);
            turn.plain.resize(before + std::max(got, 0));
            if (got > 0)
                continue;
            const int error = SSL_get_error(m_ssl, got);
            turn.ended = error == SSL_ERROR_ZERO_RETURN;
            if (turn.ended || error == SSL_ERROR_WANT_READ)
                return {};
            return fail(sslError());
        }
    }

    QByteArray takeOutgoing()
    {
        QByteArray bytes(qsizetype(BIO_ctrl_pending(m_out)), Qt::Uninitialized);
        if (!bytes.isEmpty())
            BIO_read(m_out, bytes.data(), int(bytes.size()));
        return bytes;
    }

    Context m_context;
    SSL *m_ssl;
    BIO *m_in;
    BIO *m_out;
};

Result<Context> makeContext(const QString &caFile)
{
    const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context)
        return fail("OpenSSL cannot be used: " + sslError());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const QByteArray file = caFile.toLocal8Bit();
    if (file.isEmpty())
        SSL_CTX_set_default_verify_paths(context.get());
    else if (SSL_CTX_load_verify_locations(context.get(), file.constData(), nullptr) != 1)
        return fail("cannot read certificates from " + file.toStdString() + ": " + sslError());
    return context;
}

/// Makes its context, which takes four megabytes with the system's certificates, when it is first
/// needed.
class OpenSslProvider final : public TlsProvider
{
public:
    explicit OpenSslProvider(Context context) : m_context(std::move(context)) { }
    Result<std::unique_ptr<TlsSession>> connectTo(const QString &host) override
    {
        if (!m_context) {
            auto made = makeContext({});
            if (!made)
                return fail(made.error());
            m_context = std::move(*made);
        }
        return std::make_unique<OpenSslSession>(m_context, host);
    }

private:
    Context m_context;
};

} // namespace

Result<std::shared_ptr<TlsProvider>> makeOpenSslProvider(const QString &caFile)
{
    if (caFile.isEmpty())
        return std::make_shared<OpenSslProvider>(nullptr);
    auto context = makeContext(caFile);
    if (!context)
        return fail(context.error());
    return std::make_shared<OpenSslProvider>(std::move(*context));
}

} // namespace meseta::http
