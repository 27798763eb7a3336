#include "common/http/client.h"

#include "common/http/client_exchange.h"
#include "common/http/gzip.h"

namespace meseta::http {

namespace {

/// Gathers the answer of one call.
struct Gathering
{
    Response response;
    Client::Callback done;
    qint64 limit = 0;
    bool over = false;
};

Result<Response> unpacked(Response response, qint64 limit)
{
    if (response.headers.value("Content-Encoding").toLower() != "gzip" || response.body.isEmpty())
        return response;
    auto body = gunzip(response.body, limit);
    if (!body)
        return fail(body.error());
    response.body = std::move(*body);
    response.headers.remove("Content-Encoding");
    return response;
}

} // namespace

struct Client::Private
{
    std::shared_ptr<ConnectionPool> pool = std::make_shared<ConnectionPool>();
};

QString describe(const Endpoint &endpoint)
{
    if (!endpoint.unixSocket.isEmpty())
        return endpoint.unixSocket;
    const bool six = endpoint.host.contains(QLatin1Char(':'));
    const QString host = six ? QLatin1Char('[') + endpoint.host + QLatin1Char(']') : endpoint.host;
    return host + QLatin1Char(':') + QString::number(endpoint.port);
}

Client::Client(QObject *parent) : QObject(parent), d(std::make_unique<Private>()) { }

Client::~Client() = default;

void Client::setTls(std::shared_ptr<TlsProvider> provider)
{
    d->pool->setTls(std::move(provider));
}

void Client::call(const Endpoint &endpoint, Request request, Callback done,
                  const CallOptions &options)
{
    auto *exchange = new ClientExchange(d->pool, endpoint, std::move(request), options);
    exchange->setParent(this);
    exchange->limitWholeAnswer();
    exchange->finishBody();
    const auto gathering = std::make_shared<Gathering>();
    gathering->done = std::move(done);
    gathering->limit = options.maxBodyBytes;

    const auto finish = [gathering, exchange](Result<Response> result) {
        if (std::exchange(gathering->over, true))
            return;
        exchange->deleteLater();
        const Callback callback = std::exchange(gathering->done, nullptr);
        if (callback)
            callback(std::move(result));
    };
    connect(exchange, &Exchange::head, exchange,
            [gathering](const Response &head) { gathering->response = head; });
    connect(exchange, &Exchange::data, exchange,
            [gathering, exchange, finish, endpoint](const QByteArray &bytes) {
                if (gathering->over)
                    return;
                gathering->response.body += bytes;
                if (gathering->response.body.size() <= gathering->limit)
                    return;
                exchange->pause(true);
                finish(fail("the answer of " + describe(endpoint).toStdString() + " is larger than "
                            + std::to_string(gathering->limit) + " bytes"));
            });
    connect(exchange, &Exchange::finished, exchange, [gathering, finish] {
        finish(unpacked(std::move(gathering->response), gathering->limit));
    });
    connect(exchange, &Exchange::failed, exchange,
            [finish](const QString &reason) { finish(fail(reason.toStdString())); });
}

std::unique_ptr<Exchange> Client::open(const Endpoint &endpoint, Request request,
                                       const CallOptions &options)
{
    return std::make_unique<ClientExchange>(d->pool, endpoint, std::move(request), options);
}

} // namespace meseta::http
