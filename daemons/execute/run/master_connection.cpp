#include "daemons/execute/run/master_connection.h"

#include <utility>

#include <QUrl>

#include "common/codec/message_codec.h"

namespace meseta::execute {

namespace {

using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

constexpr int maxRedirects = 10;
constexpr qsizetype maxRefusalBytes = 8 * 1024;
constexpr std::size_t maxQueuedCalls = 1024;
const QByteArray schedulerPath = "/api/v1/scheduler";

QByteArray toByteArray(std::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

MasterConnection::MasterConnection(ConnectionOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_leader(m_options.master)
    , m_mediaType(m_options.json ? codec::MediaType::Json : codec::MediaType::Protobuf)
    , m_retryDelay(m_options.firstRetry)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &MasterConnection::subscribe);
}

MasterConnection::~MasterConnection() = default;

void MasterConnection::start()
{
    m_started = true;
    if (!m_options.master.host.empty())
        subscribe();
}

void MasterConnection::follow(const std::optional<MasterAddress> &leader)
{
    m_options.master = leader.value_or(MasterAddress{});
    if (!m_started || m_over || m_draining)
        return;
    const bool same = leader && leader->host == m_leader.host && leader->port == m_leader.port
        && m_stream && m_status == 200;
    if (same)
        return; // a redirect was faster
    if (!leader)
        return retryLater(tr("No master leads now"));
    dropStream();
    m_queue.clear();
    m_streamId.clear();
    m_leader = *leader;
    m_redirects = 0;
    m_retryDelay = m_options.firstRetry;
    m_retry.start(0);
}

http::Endpoint MasterConnection::endpoint() const
{
    return http::Endpoint::tcp(QString::fromStdString(m_leader.host), m_leader.port);
}

QString MasterConnection::where() const
{
    return QString::fromStdString(m_leader.host) + u':' + QString::number(m_leader.port);
}

http::Request MasterConnection::request(const QByteArray &target,
                                        const google::protobuf::Message &message) const
{
    const QByteArray type = toByteArray(codec::mediaTypeName(m_mediaType));
    http::Request request;
    request.method = "POST";
    request.target = target;
    request.headers.add("Accept", type);
    request.headers.add("Content-Type", type);
    if (m_options.authorization)
        request.headers.add("Authorization", QByteArray::fromStdString(*m_options.authorization));
    request.body = QByteArray::fromStdString(codec::encode(message, m_mediaType));
    return request;
}

void MasterConnection::subscribe()
{
    if (m_leader.host.empty())
        return; // `follow` goes on
    Call call;
    call.set_type(Call::SUBSCRIBE);
    *call.mutable_subscribe()->mutable_framework_info() = frameworkInfo();
    if (call.subscribe().framework_info().has_id())
        *call.mutable_framework_id() = call.subscribe().framework_info().id();
    m_queue.clear();
    m_streamId.clear();
    m_refusal.clear();
    m_status = 0;
    m_decoder = codec::RecordDecoder();

    http::CallOptions options;
    options.inactivity = m_options.longestSilence;
    m_stream = m_client.open(endpoint(), request(schedulerPath, call), options);
    http::Exchange *stream = m_stream.get();
    connect(stream, &http::Exchange::head, this, &MasterConnection::onHead);
    connect(stream, &http::Exchange::data, this, &MasterConnection::onData);
    connect(stream, &http::Exchange::finished, this, [this] {
        m_status == 200 ? onStreamEnd(tr("%1 closed the stream").arg(where())) : onRefusal();
    });
    connect(stream, &http::Exchange::failed, this, &MasterConnection::onStreamEnd);
}

void MasterConnection::onHead(const http::Response &head)
{
    m_status = head.status;
    if (head.status == 200) {
        m_streamId = head.headers.value("Mesos-Stream-Id");
        m_redirects = 0;
        m_retryDelay = m_options.firstRetry;
        m_lastTrouble.clear();
    } else if (head.status == 307 || head.status == 308 || head.status == 302) {
        followRedirect(head.headers.value("Location"));
    }
}

void MasterConnection::onData(const QByteArray &bytes)
{
    if (m_status != 200) {
        if (m_refusal.size() < maxRefusalBytes)
            m_refusal += bytes.left(maxRefusalBytes);
        return;
    }
    const auto records =
        m_decoder.feed(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    if (!records)
        return onStreamEnd(tr("%1 sent what is no stream of records: %2")
                               .arg(where(), QString::fromStdString(records.error().message)));
    const QPointer<http::Exchange> stream(m_stream.get());
    for (const std::string &record : *records) {
        Event decoded;
        if (const Result<> read = codec::decode(record, m_mediaType, decoded, "Event"); !read)
            return onStreamEnd(tr("%1 sent an event that cannot be read: %2")
                                   .arg(where(), QString::fromStdString(read.error().message)));
        Q_EMIT event(decoded);
        if (stream.isNull() || m_over)
            return;
    }
}

void MasterConnection::onStreamEnd(const QString &reason)
{
    if (m_status == 200)
        return retryLater(tr("Lost the connection to the master: %1").arg(reason));
    retryLater(tr("No connection to the master: %1").arg(reason)); // the reason names the address
}

void MasterConnection::onRefusal()
{
    const QString said = QString::fromUtf8(m_refusal.trimmed());
    const QString answer = tr("%1 %2").arg(m_status).arg(said);
    // Masters that start, or look for a leader, answer so for a while.
    if (m_status == 503 || m_status == 404)
        return retryLater(tr("The master at %1 is not ready: %2").arg(where(), answer));
    m_over = true;
    QString remedy;
    if (m_status == 401 || m_status == 403)
        remedy = tr("; check --principal, --secret and --role");
    Q_EMIT refused(
        tr("The master at %1 refused the subscription: %2%3").arg(where(), answer, remedy));
}

/// "//host:port/path", as masters that do not lead answer.
void MasterConnection::followRedirect(const QByteArray &location)
{
    const QUrl url(QStringLiteral("http:")
                   + QString::fromUtf8(location.mid(location.indexOf("//"))));
    const QString from = where();
    if (!url.isValid() || url.host().isEmpty() || ++m_redirects > maxRedirects) {
        m_redirects = 0;
        return retryLater(tr("The master at %1 does not lead, and points to '%2'")
                              .arg(from, QString::fromUtf8(location)));
    }
    m_leader = {url.host().toStdString(), static_cast<std::uint16_t>(url.port(5050))};
    dropStream();
    m_retry.start(0);
}

/// It may be what is calling, so it goes at the next turn.
void MasterConnection::dropStream()
{
    if (!m_stream)
        return;
    m_stream->disconnect(this);
    m_stream.release()->deleteLater();
}

void MasterConnection::retryLater(const QString &reason)
{
    dropStream();
    m_queue.clear();
    m_streamId.clear();
    if (m_draining)
        return checkDrained();
    // The same trouble again is no news.
    if (reason != m_lastTrouble)
        Q_EMIT trouble(tr("%1; trying again, press Ctrl-C to leave").arg(reason));
    m_lastTrouble = reason;
    m_leader = m_options.master; // the one that led may not lead any more
    m_retry.start(m_retryDelay);
    m_retryDelay = std::min(m_retryDelay * 2, m_options.longestRetry);
}

void MasterConnection::send(const Call &call)
{
    if (m_streamId.isEmpty() || m_queue.size() >= maxQueuedCalls)
        return;
    m_queue.push_back(call);
    sendNext();
}

void MasterConnection::sendNext()
{
    if (m_calling || m_queue.empty())
        return checkDrained();
    const Call call = std::move(m_queue.front());
    m_queue.pop_front();
    m_calling = true;
    http::Request post = request(schedulerPath, call);
    post.headers.add("Mesos-Stream-Id", m_streamId);
    const QByteArray name = QByteArray::fromStdString(Call::Type_Name(call.type()));
    m_client.call(
        endpoint(), std::move(post),
        [this, name](const Result<http::Response> &response) { onCallAnswered(name, response); });
}

void MasterConnection::onCallAnswered(const QByteArray &name,
                                      const Result<http::Response> &response)
{
    m_calling = false;
    if (response && response->status >= 400) {
        const QString answer = QString::fromUtf8(response->body.trimmed());
        Q_EMIT trouble(tr("The master refused the call %1: %2 %3")
                           .arg(QString::fromLatin1(name))
                           .arg(response->status)
                           .arg(answer));
    }
    sendNext(); // a broken connection shows in the stream as well
}

void MasterConnection::askDecisions(
    const mesos::v1::FrameworkID &frameworkId,
    std::function<void(std::vector<meseta::v1::OfferDecision>)> done)
{
    meseta::v1::Call call;
    call.set_type(meseta::v1::Call::GET_OFFER_DECISIONS);
    *call.mutable_get_offer_decisions()->mutable_framework_id() = frameworkId;
    m_client.call(endpoint(), request("/meseta/v1", call),
                  [this, done = std::move(done)](const Result<http::Response> &answer) {
                      if (!answer || answer->status != 200)
                          return;
                      meseta::v1::Response response;
                      const std::string_view body(answer->body.constData(),
                                                  static_cast<std::size_t>(answer->body.size()));
                      if (codec::decode(body, m_mediaType, response, "Response"))
                          done({response.decisions().begin(), response.decisions().end()});
                  });
}

void MasterConnection::drain(std::chrono::milliseconds limit)
{
    m_draining = true;
    m_retry.stop();
    QTimer::singleShot(limit, this, [this] {
        m_queue.clear();
        m_calling = false;
        checkDrained();
    });
    checkDrained();
}

void MasterConnection::checkDrained()
{
    if (!m_draining || m_calling || !m_queue.empty())
        return;
    m_draining = false;
    m_over = true;
    Q_EMIT drained();
}

} // namespace meseta::execute
