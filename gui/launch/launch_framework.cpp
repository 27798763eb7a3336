#include "gui/launch/launch_framework.h"

#include <QHostInfo>
#include <QNetworkReply>
#include <QUuid>

#include "common/codec/field_count.h"
#include "gui/launch/launch_task.h"
#include "gui/session/bounded_answer.h"

namespace meseta::console {

using mesos::v1::scheduler::Call;
using mesos::v1::scheduler::Event;

namespace {

constexpr double failoverSeconds = 7 * 24 * 3600;
constexpr int retryMs = 1000;
constexpr qint64 longestAnswer = 1024 * 1024;

QByteArray bytes(const std::string &text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

} // namespace

LaunchFramework::LaunchFramework(FrameworkMemory &memory, QObject *parent)
    : QObject(parent), m_memory(memory), m_stream(m_streamNetwork, EventStream::Options{})
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(retryMs);
    connect(&m_retry, &QTimer::timeout, this, &LaunchFramework::subscribe);
    connect(&m_stream, &EventStream::opened, this,
            [this](const QByteArray &id) { m_streamId = id; });
    connect(&m_stream, &EventStream::record, this, &LaunchFramework::handle);
    connect(&m_stream, &EventStream::ended, this, &LaunchFramework::lost);
    connect(&m_stream, &EventStream::refused, this, [this](int status, const QString &text) {
        lost(QStringLiteral("%1 %2").arg(status).arg(text));
    });
    connect(&m_stream, &EventStream::redirected, this, [this](const QUrl &to) {
        m_address = {to.host(), static_cast<quint16>(to.port(5050))};
        m_retry.start(); // with a pause, so that masters without a leader are not asked in a circle
    });
}

void LaunchFramework::setMaster(const MasterAddress &address)
{
    m_stream.close();
    m_retry.stop();
    m_subscribed = false;
    m_given = m_address = address;
    m_frameworkId = m_memory.frameworkId(address.text());
    m_book.open(m_memory.bookPath(address.text()));
    m_wanted = !m_frameworkId.isEmpty() || !m_waiting.empty();
    if (m_wanted)
        subscribe();
}

QStringList LaunchFramework::launch(const LaunchRequest &request)
{
    const QString stem = request.name.isEmpty()
        ? request.image.section(QLatin1Char('/'), -1).section(QLatin1Char(':'), 0, 0)
        : request.name;
    const auto taken = std::make_shared<TakenValues>();
    QStringList ids;
    for (int i = 0; i < request.instances; ++i) {
        ids << stem + QLatin1Char('-') + QUuid::createUuid().toString(QUuid::Id128).left(8);
        m_waiting.push_back({ids.last(), request, taken});
        tell(ids.last(), tr("Waiting for an offer that fits"));
    }
    m_book.remember(ids, request);
    m_wanted = true;
    joinRole(request.role);
    if (m_subscribed)
        revive();
    else if (!m_retry.isActive())
        subscribe();
    return ids;
}

void LaunchFramework::cancel(const QString &taskId)
{
    const auto at = std::find_if(m_waiting.begin(), m_waiting.end(),
                                 [&](const Waiting &waiting) { return waiting.taskId == taskId; });
    if (at != m_waiting.end()) {
        m_waiting.erase(at);
        tellEnd(taskId, tr("Given up before an offer came"), Tone::Accent);
        return;
    }
    Call call = makeCall(Call::KILL);
    call.mutable_kill()->mutable_task_id()->set_value(taskId.toStdString());
    if (m_agents.contains(taskId))
        call.mutable_kill()->mutable_agent_id()->set_value(m_agents.value(taskId));
    m_ending.insert(taskId);
    send(call, [this, taskId](const QString &problem) {
        m_ending.remove(taskId);
        m_restarting.remove(taskId);
        tell(taskId, tr("It could not be killed: %1").arg(problem), Tone::Bad);
    });
}

bool LaunchFramework::launchAgain(const QString &taskId)
{
    const std::optional<LaunchRequest> request = m_book.find(taskId);
    if (request)
        launch(*request);
    return request.has_value();
}

void LaunchFramework::restart(const QString &taskId)
{
    if (!m_book.knows(taskId))
        return;
    m_restarting.insert(taskId);
    cancel(taskId);
}

void LaunchFramework::subscribe()
{
    m_subscribed = false;
    Call call;
    call.set_type(Call::SUBSCRIBE);
    auto *info = call.mutable_subscribe()->mutable_framework_info();
    *info = frameworkInfo();
    if (!m_frameworkId.isEmpty()) {
        info->mutable_id()->set_value(m_frameworkId.toStdString());
        *call.mutable_framework_id() = info->id();
    }
    if (m_waiting.empty()) {
        for (const QString &role : m_roles)
            call.mutable_subscribe()->add_suppressed_roles(role.toStdString());
    }
    m_stream.open(QUrl(m_address.url(QStringLiteral("/api/v1/scheduler"))),
                  bytes(call.SerializeAsString()));
}

mesos::v1::FrameworkInfo LaunchFramework::frameworkInfo() const
{
    mesos::v1::FrameworkInfo info;
    info.set_user(qEnvironmentVariable("USER", QStringLiteral("root")).toStdString());
    info.set_name("Meseta console");
    info.set_hostname(QHostInfo::localHostName().toStdString());
    info.set_checkpoint(true);
    info.set_failover_timeout(failoverSeconds);
    for (const QString &role : m_roles)
        info.add_roles(role.toStdString());
    using Capability = mesos::v1::FrameworkInfo::Capability;
    for (const auto type : {Capability::MULTI_ROLE, Capability::PARTITION_AWARE,
                            Capability::TASK_KILLING_STATE, Capability::RESERVATION_REFINEMENT})
        info.add_capabilities()->set_type(type);
    return info;
}

// Launching under a role takes subscribing to it.
void LaunchFramework::joinRole(const QString &role)
{
    if (role.isEmpty() || m_roles.contains(role))
        return;
    m_roles << role;
    if (!m_subscribed)
        return;
    Call call = makeCall(Call::UPDATE_FRAMEWORK);
    *call.mutable_update_framework()->mutable_framework_info() = frameworkInfo();
    call.mutable_update_framework()->mutable_framework_info()->mutable_id()->set_value(
        m_frameworkId.toStdString());
    send(call);
}

void LaunchFramework::handle(const std::string &record)
{
    Event event;
    if (!codec::parseBounded(event, record) || !event.IsInitialized()) {
        lost(tr("the master sent a record that cannot be read"));
        return;
    }
    switch (event.type()) {
    case Event::SUBSCRIBED:
        m_subscribed = true;
        m_frameworkId = QString::fromStdString(event.subscribed().framework_id().value());
        m_memory.setFrameworkId(m_given.text(), m_frameworkId);
        break;
    case Event::OFFERS:
        handleOffers(event.offers());
        break;
    case Event::UPDATE:
        handleUpdate(event.update().status());
        break;
    case Event::ERROR:
        handleError(QString::fromStdString(event.error().message()));
        break;
    default:
        break;
    }
}

void LaunchFramework::handleOffers(const Event::Offers &offers)
{
    std::vector<mesos::v1::OfferID> unused;
    for (const auto &offer : offers.offers()) {
        const auto at = std::find_if(m_waiting.begin(), m_waiting.end(), [&](Waiting &waiting) {
            if (fits(waiting.request, offer, *waiting.taken))
                return true;
            ++waiting.tooSmall;
            return false;
        });
        if (at != m_waiting.end() && place(*at, offer))
            m_waiting.erase(at);
        else
            unused.push_back(offer.id());
    }
    for (const Waiting &waiting : m_waiting) {
        if (waiting.tooSmall > 0)
            tell(waiting.taskId,
                 tr("Waiting: %n offer(s) so far did not fit", nullptr, waiting.tooSmall));
    }
    // While something waits the next offer may fit as soon as resources come free: refuse only
    // shortly.
    decline(unused, m_waiting.empty() ? 3600 : 5);
    if (m_waiting.empty())
        suppress();
}

bool LaunchFramework::place(Waiting &waiting, const mesos::v1::Offer &offer)
{
    mesos::v1::Offer::Operation reserve;
    auto task = makeTask(waiting.request, offer, waiting.taskId, reserve.mutable_reserve());
    if (!task) {
        tellEnd(waiting.taskId, QString::fromStdString(task.error().message), Tone::Bad);
        return false;
    }
    Call call = makeCall(Call::ACCEPT);
    *call.mutable_accept()->add_offer_ids() = offer.id();
    if (reserve.reserve().resources_size() > 0) {
        reserve.set_type(mesos::v1::Offer::Operation::RESERVE);
        *call.mutable_accept()->add_operations() = std::move(reserve);
    }
    auto *operation = call.mutable_accept()->add_operations();
    operation->set_type(mesos::v1::Offer::Operation::LAUNCH);
    *operation->mutable_launch()->add_task_infos() = std::move(*task);
    if (m_waiting.size() > 1) // the others may fit into what is left of it: at once, not in 5 s
        call.mutable_accept()->mutable_filters()->set_refuse_seconds(0);
    const QString taskId = waiting.taskId;
    take(waiting.request, placeOf(offer), *waiting.taken);
    m_agents.insert(taskId, offer.agent_id().value());
    Q_EMIT launched(taskId, m_frameworkId);
    tell(taskId, tr("Sent to %1").arg(QString::fromStdString(offer.hostname())));
    send(call, [this, taskId](const QString &problem) { tellEnd(taskId, problem, Tone::Bad); });
    return true;
}

void LaunchFramework::tell(const QString &taskId, const QString &text, Tone tone)
{
    Q_EMIT progress(taskId, text, false, tone);
}

void LaunchFramework::tellEnd(const QString &taskId, const QString &text, Tone tone)
{
    Q_EMIT progress(taskId, text, true, tone);
}

void LaunchFramework::handleUpdate(const mesos::v1::TaskStatus &status)
{
    if (status.has_uuid()) {
        Call call = makeCall(Call::ACKNOWLEDGE);
        *call.mutable_acknowledge()->mutable_agent_id() = status.agent_id();
        *call.mutable_acknowledge()->mutable_task_id() = status.task_id();
        call.mutable_acknowledge()->set_uuid(status.uuid());
        send(call);
    }
    const QString id = QString::fromStdString(status.task_id().value());
    const QString message = QString::fromStdString(status.message());
    const bool ended = isTerminal(status.state());
    if (ended) {
        m_agents.remove(id);
        m_ending.remove(id);
    }
    Tone tone = stateLook(status.state()).tone;
    if (tone != Tone::Good && tone != Tone::Bad)
        tone = Tone::Accent; // on its way, or ended as it was meant to
    Q_EMIT progress(id,
                    message.isEmpty()
                        ? stateText(status.state())
                        : QStringLiteral("%1: %2").arg(stateText(status.state()), message),
                    ended, tone);
    if (ended && m_restarting.remove(id))
        launchAgain(id);
}

void LaunchFramework::handleError(const QString &message)
{
    // A framework that the master has removed stays removed: begin anew.
    m_frameworkId.clear();
    m_memory.setFrameworkId(m_given.text(), {});
    m_wanted = !m_waiting.empty();
    lost(message);
}

void LaunchFramework::lost(const QString &reason)
{
    m_stream.close();
    m_subscribed = false;
    m_address = m_given;
    for (const Waiting &waiting : m_waiting)
        tell(waiting.taskId, tr("Waiting for the master: %1").arg(reason));
    if (m_wanted)
        m_retry.start();
}

void LaunchFramework::decline(const std::vector<mesos::v1::OfferID> &ids, double seconds)
{
    if (ids.empty())
        return;
    Call call = makeCall(Call::DECLINE);
    for (const auto &id : ids)
        *call.mutable_decline()->add_offer_ids() = id;
    call.mutable_decline()->mutable_filters()->set_refuse_seconds(seconds);
    send(call);
}

void LaunchFramework::suppress()
{
    send(makeCall(Call::SUPPRESS));
}

void LaunchFramework::revive()
{
    send(makeCall(Call::REVIVE));
}

Call LaunchFramework::makeCall(Call::Type type) const
{
    Call call;
    call.set_type(type);
    call.mutable_framework_id()->set_value(m_frameworkId.toStdString());
    return call;
}

void LaunchFramework::send(const Call &call, std::function<void(const QString &)> failed)
{
    QNetworkRequest request{QUrl(m_address.url(QStringLiteral("/api/v1/scheduler")))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Mesos-Stream-Id", m_streamId);
    request.setTransferTimeout(30000);
    // What is launched goes to the master whose stream is open, and to nobody on its word.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply = m_callNetwork.post(request, bytes(call.SerializeAsString()));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this, [reply, failed = std::move(failed)] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status != 202 && failed)
            failed(status == 0 ? reply->errorString() : QString::fromUtf8(reply->read(4096)));
    });
}

} // namespace meseta::console
