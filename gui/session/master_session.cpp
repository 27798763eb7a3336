#include "gui/session/master_session.h"

#include <QElapsedTimer>
#include <QNetworkReply>

#include "gui/session/bounded_answer.h"
#include "gui/session/leader_finder.h"

namespace meseta::console {

namespace {

constexpr int firstRetryMs = 500;
constexpr int longestRetryMs = 10000;
constexpr int maxRedirects = 5;
constexpr int pollMs = 2000;
// How long the window may be busy with what came.
constexpr qint64 busyNs = 4'000'000;
constexpr qint64 longestAnswer = 256LL * 1024 * 1024;

QByteArray bytes(const std::string &text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

} // namespace

MasterSession::MasterSession(QObject *parent)
    : QObject(parent), m_stream(m_streamNetwork, EventStream::Options{})
{
    m_retry.setSingleShot(true);
    m_poll.setInterval(pollMs);
    connect(&m_retry, &QTimer::timeout, this, &MasterSession::open);
    connect(&m_poll, &QTimer::timeout, this, &MasterSession::poll);
    connect(&m_stream, &EventStream::record, this, &MasterSession::take);
    connect(&m_stream, &EventStream::ended, this, [this](const QString &reason) {
        m_decoder.add(reason.toStdString(), EventDecoder::Form::End, m_streamNumber);
    });
    connect(&m_drain, &Turn::taken, this, &MasterSession::drain);
    connect(&m_decoder, &EventDecoder::ready, this, [this] {
        if (!m_drain.isActive())
            drain();
    });
    connect(&m_stream, &EventStream::redirected, this, [this](const QUrl &to) {
        if (++m_redirects > maxRedirects) {
            lost(tr("the masters redirect to each other"));
            return;
        }
        if (to.host().isEmpty())
            return lost(tr("%1 sends elsewhere, but to no address").arg(m_address.text()));
        m_address = {to.host(), static_cast<quint16>(to.port(5050))};
        open();
    });
    connect(&m_stream, &EventStream::refused, this, [this](int status, const QString &text) {
        // A stock master has no route of ours: 404. It is asked for what every Mesos master has.
        if (status == 404 && !m_stock)
            openStock();
        else
            lost(tr("%1 answered %2 %3").arg(m_address.text()).arg(status).arg(text));
    });
}

MasterSession::~MasterSession() = default;

void MasterSession::connectTo(const MasterAddress &address)
{
    m_finder.reset();
    m_retry.stop();
    m_stream.close();
    m_decoder.clear();
    m_told.clear();
    m_given = m_address = address;
    m_failures = 0;
    m_redirects = 0;
    m_problem.clear();
    setState(State::Connecting);
    if (address.ensemble.isEmpty())
        return open();
    m_finder = std::make_unique<LeaderFinder>(address.ensemble);
    connect(m_finder.get(), &LeaderFinder::leaderChanged, this, &MasterSession::followLeader);
    connect(m_finder.get(), &LeaderFinder::trouble, this, [this](const QString &sentence) {
        if (m_state != State::Live)
            lost(sentence);
    });
}

void MasterSession::followLeader()
{
    const std::optional<MasterAddress> leader = m_finder->leader();
    m_given = leader.value_or(MasterAddress{{}, 0, m_given.ensemble});
    if (!leader)
        return lost(tr("no master leads now"));
    if (m_state == State::Live && m_address.host == leader->host && m_address.port == leader->port)
        return; // a redirect was faster
    m_address = m_given;
    m_failures = m_redirects = 0;
    m_retry.stop();
    open();
}

void MasterSession::disconnectFromMaster()
{
    m_finder.reset();
    m_retry.stop();
    m_poll.stop();
    m_stream.close();
    m_decoder.clear();
    m_told.clear();
    setState(State::Idle);
}

void MasterSession::retryNow()
{
    if (m_state != State::Waiting)
        return;
    m_retry.stop();
    open();
}

void MasterSession::refresh()
{
    if (m_state == State::Live)
        open();
    else
        retryNow();
}

int MasterSession::millisecondsToNextTry() const
{
    return m_retry.isActive() ? m_retry.remainingTime() : 0;
}

void MasterSession::open()
{
    if (m_address.host.isEmpty())
        return; // until a leader is found
    m_stock = false;
    m_poll.stop();
    ++m_streamNumber;
    ::meseta::v1::Call call;
    call.set_type(::meseta::v1::Call::SUBSCRIBE);
    m_stream.open(QUrl(m_address.url(QStringLiteral("/meseta/v1"))),
                  bytes(call.SerializeAsString()));
}

void MasterSession::openStock()
{
    m_stock = true;
    mesos::v1::master::Call call;
    call.set_type(mesos::v1::master::Call::SUBSCRIBE);
    m_stream.open(QUrl(m_address.url(QStringLiteral("/api/v1"))), bytes(call.SerializeAsString()));
}

void MasterSession::take(std::string &record)
{
    using Form = EventDecoder::Form;
    m_decoder.add(std::move(record), m_stock ? Form::Mesos : Form::Ours, m_streamNumber);
    if (m_decoder.isFull())
        m_stream.setPaused(true);
}

/// Tells what the decoder has read, a few milliseconds of it.
void MasterSession::drain()
{
    QElapsedTimer busy;
    busy.start();
    while (true) {
        if (m_told.empty())
            m_told = m_decoder.take();
        if (m_told.empty())
            break;
        Told next = std::move(m_told.front());
        m_told.pop_front();
        handle(next);
        if (std::exchange(next.again, false))
            m_told.push_front(std::move(next));
        if (busy.nsecsElapsed() > busyNs) {
            m_drain.start();
            break;
        }
    }
    if (!m_decoder.isFull())
        m_stream.setPaused(false);
}

void MasterSession::handle(Told &next)
{
    const bool isCurrent = m_stream.isOpen() && next.stream == m_streamNumber;
    if (const auto *end = std::get_if<StreamEnd>(&next.what)) {
        if (next.stream == m_streamNumber)
            lost(end->reason);
        return;
    }
    if (std::holds_alternative<BadRecord>(next.what)) {
        if (isCurrent)
            lost(tr("the master sent a record that cannot be read"));
        return;
    }
    if (m_state != State::Live && isCurrent) {
        m_failures = m_redirects = 0;
        m_problem.clear();
        setState(State::Live);
        if (m_stock)
            m_poll.start();
    }
    Q_EMIT told(next);
}

void MasterSession::lost(const QString &problem)
{
    m_poll.stop();
    m_stream.close();
    if (m_state == State::Idle)
        return;
    m_problem = problem;
    m_address = m_given; // the one asked for knows who leads now
    m_redirects = 0;
    const int delay = std::min(longestRetryMs, firstRetryMs << std::min(m_failures, 5));
    ++m_failures;
    if (m_given.host.isEmpty())
        m_retry.stop(); // the next leader opens it
    else
        m_retry.start(delay);
    setState(State::Waiting);
}

void MasterSession::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

// The Mesos stream is silent on offers and on agents that change: the whole state is read again
// every so often.
void MasterSession::poll()
{
    mesos::v1::master::Call state;
    state.set_type(mesos::v1::master::Call::GET_STATE);
    if (!m_decoder.isIdle())
        return; // the last one is not taken yet
    post(QStringLiteral("/api/v1"), state.SerializeAsString(), [this](Result<QByteArray> answer) {
        if (answer && m_state == State::Live && m_stock)
            m_decoder.add(answer->toStdString(), EventDecoder::Form::State, m_streamNumber);
    });
}

void MasterSession::call(const mesos::v1::master::Call &call,
                         std::function<void(Result<mesos::v1::master::Response>)> done)
{
    post(QStringLiteral("/api/v1"), call.SerializeAsString(),
         [done = std::move(done)](Result<QByteArray> body) {
             mesos::v1::master::Response response;
             if (!body)
                 done(fail(body.error()));
             else if (!response.ParseFromArray(body->constData(), static_cast<int>(body->size())))
                 done(fail(tr("the master's answer cannot be read").toStdString()));
             else
                 done(std::move(response));
         });
}

void MasterSession::call(const ::meseta::v1::Call &call,
                         std::function<void(Result<::meseta::v1::Response>)> done)
{
    post(QStringLiteral("/meseta/v1"), call.SerializeAsString(),
         [done = std::move(done)](Result<QByteArray> body) {
             ::meseta::v1::Response response;
             if (!body)
                 done(fail(body.error()));
             else if (!response.ParseFromArray(body->constData(), static_cast<int>(body->size())))
                 done(fail(tr("the master's answer cannot be read").toStdString()));
             else
                 done(std::move(response));
         });
}

void MasterSession::post(const QString &path, const std::string &body,
                         std::function<void(Result<QByteArray>)> done)
{
    QNetworkRequest request{QUrl(m_address.url(path))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setTransferTimeout(30000);
    // Only the stream follows a leader: a call goes to the master whose stream is shown, or fails.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply = m_callNetwork.post(request, bytes(body));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this, [reply, done = std::move(done)] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (isTooLong(reply))
            done(fail(tooLongText().toStdString()));
        else if (status == 200 || status == 202)
            done(reply->readAll());
        else if (status == 0)
            done(fail(reply->errorString().toStdString()));
        else if (status == 307)
            done(fail(tr("%1 does not lead any more").arg(reply->url().authority()).toStdString()));
        else
            done(fail(QStringLiteral("%1 %2")
                          .arg(status)
                          .arg(QString::fromUtf8(reply->read(4096)).trimmed())
                          .toStdString()));
    });
}

} // namespace meseta::console
