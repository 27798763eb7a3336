#include "gui/inspect/usage_probe.h"

#include <QNetworkReply>

#include "gui/session/bounded_answer.h"

namespace meseta::console {

namespace {

constexpr int everyMs = 2000;
constexpr qint64 longestAnswer = 64LL * 1024 * 1024;
constexpr double mebi = 1024.0 * 1024;

} // namespace

void UsageMeter::watch(const QString &frameworkId, const QString &executorId)
{
    m_framework = frameworkId.toStdString();
    m_executor = executorId.toStdString();
    m_lastTime = m_lastBusy = 0;
}

Usage UsageMeter::take(const mesos::v1::agent::Response::GetContainers &containers)
{
    Usage usage;
    double busy = 0, time = 0;
    for (const auto &container : containers.containers()) {
        const bool wanted = m_executor.empty()
            || (container.framework_id().value() == m_framework
                && container.executor_id().value() == m_executor);
        if (!wanted || container.container_id().has_parent())
            continue;
        ++usage.containers;
        const auto &measured = container.resource_statistics();
        busy += measured.cpus_user_time_secs() + measured.cpus_system_time_secs();
        time = std::max(time, measured.timestamp());
        usage.cpuLimit += measured.cpus_limit();
        usage.memory +=
            static_cast<double>(measured.has_mem_rss_bytes() ? measured.mem_rss_bytes()
                                                             : measured.mem_total_bytes())
            / mebi;
        usage.memoryLimit += static_cast<double>(measured.mem_limit_bytes()) / mebi;
    }
    if (m_lastTime > 0 && time > m_lastTime && busy >= m_lastBusy)
        usage.cpus = (busy - m_lastBusy) / (time - m_lastTime);
    m_lastTime = time;
    m_lastBusy = busy;
    return usage;
}

UsageProbe::UsageProbe(QObject *parent) : QObject(parent)
{
    m_timer.setInterval(everyMs);
    connect(&m_timer, &QTimer::timeout, this, &UsageProbe::ask);
}

void UsageProbe::start(const QString &agent, const QString &frameworkId, const QString &executorId)
{
    ++m_generation;
    m_busy = false;
    m_agent = agent;
    m_meter.watch(frameworkId, executorId);
    m_timer.start();
    ask();
}

void UsageProbe::stop()
{
    ++m_generation;
    m_timer.stop();
}

void UsageProbe::ask()
{
    if (m_busy || m_agent.isEmpty())
        return;
    m_busy = true;
    mesos::v1::agent::Call call;
    call.set_type(mesos::v1::agent::Call::GET_CONTAINERS);
    QNetworkRequest request{QUrl(QStringLiteral("http://%1/api/v1").arg(m_agent))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setTransferTimeout(everyMs * 3);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply =
        m_network.post(request, QByteArray::fromStdString(call.SerializeAsString()));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this, [this, reply, generation = m_generation] {
        reply->deleteLater();
        if (generation != m_generation)
            return;
        m_busy = false;
        mesos::v1::agent::Response response;
        const QByteArray body = reply->readAll();
        if (reply->error() == QNetworkReply::NoError && !isTooLong(reply)
            && response.ParseFromArray(body.constData(), static_cast<int>(body.size())))
            Q_EMIT measured(m_meter.take(response.get_containers()));
    });
}

} // namespace meseta::console
