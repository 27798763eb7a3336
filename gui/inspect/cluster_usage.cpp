#include "gui/inspect/cluster_usage.h"

#include <QNetworkReply>

#include "gui/model/replica.h"
#include "gui/session/bounded_answer.h"

namespace meseta::console {

namespace {

constexpr int atOnce = 24; // agents asked each time
constexpr int timeoutMs = 4000;
constexpr qint64 longestAnswer = 8LL * 1024 * 1024;

} // namespace

ClusterUsage::ClusterUsage(const Replica &replica, QObject *parent,
                           std::chrono::milliseconds interval)
    : QObject(parent), m_replica(replica)
{
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &ClusterUsage::askSome);
}

void ClusterUsage::start()
{
    if (m_timer.isActive())
        return;
    m_timer.start();
    askSome();
}

void ClusterUsage::stop()
{
    ++m_generation;
    m_timer.stop();
    m_agents.clear(); // rates over a pause would be means of it
    m_sum = {};
}

void ClusterUsage::askSome()
{
    const RowStore<AgentRow> &agents = m_replica.agents();
    const int slots = agents.slotCount();
    for (int seen = 0, asked = 0; seen < slots && asked < atOnce; ++seen) {
        m_nextSlot = m_nextSlot + 1 < slots ? m_nextSlot + 1 : 0;
        if (!agents.isLive(m_nextSlot) || !agents.at(m_nextSlot).active)
            continue;
        const AgentRow &agent = agents.at(m_nextSlot);
        if (m_agents[agent.id].busy)
            continue;
        ++asked;
        ask(agent.id, agent.address);
    }
    sumUp();
}

void ClusterUsage::ask(const QString &agentId, const QString &address)
{
    m_agents[agentId].busy = true;
    mesos::v1::agent::Call call;
    call.set_type(mesos::v1::agent::Call::GET_CONTAINERS);
    QNetworkRequest request{QUrl(QStringLiteral("http://%1/api/v1").arg(address))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setTransferTimeout(timeoutMs);
    // An agent answers for itself: nobody else is asked on its word.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply =
        m_network.post(request, QByteArray::fromStdString(call.SerializeAsString()));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this,
            [this, reply, agentId, generation = m_generation] {
                reply->deleteLater();
                const auto at = m_agents.find(agentId);
                if (generation != m_generation || at == m_agents.end())
                    return;
                at->busy = false;
                const QByteArray body = reply->readAll();
                mesos::v1::agent::Response response;
                at->known = reply->error() == QNetworkReply::NoError
                    && response.ParseFromArray(body.constData(), static_cast<int>(body.size()));
                if (at->known)
                    at->usage = at->meter.take(response.get_containers());
            });
}

void ClusterUsage::sumUp()
{
    m_sum = {};
    QStringList gone;
    for (auto agent = m_agents.cbegin(); agent != m_agents.cend(); ++agent) {
        const AgentRow *row = m_replica.agents().find(agent.key());
        if (!row || !row->active) {
            gone << agent.key();
            continue;
        }
        // An agent without containers uses nothing; one that was asked once has no rate yet.
        if (!agent->known || (agent->usage.containers > 0 && agent->usage.cpus < 0))
            continue;
        ++m_sum.measured;
        m_sum.cpus += std::max(0.0, agent->usage.cpus);
        m_sum.memory += agent->usage.memory;
    }
    for (const QString &id : std::as_const(gone))
        m_agents.remove(id);
    m_sum.agents = m_replica.figures().activeAgents;
    Q_EMIT changed();
}

} // namespace meseta::console
