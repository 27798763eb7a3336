#include "tests/system/ha/acting_probe.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace meseta::test {

namespace {
constexpr int intervalMs = 25;
/// How long an answer that was given in time may take to arrive while answers are read.
constexpr int arrivalTicks = 1000 / intervalMs;
} // namespace

ActingProbe::ActingProbe()
{
    m_time.start();
    connect(&m_timer, &QTimer::timeout, this, [this] {
        ++m_ticks;
        for (const http::Endpoint &master : m_masters)
            ask(master);
    });
    m_timer.start(intervalMs);
}

void ActingProbe::watch(const QList<quint16> &ports)
{
    m_masters.clear();
    for (const quint16 port : ports)
        m_masters += http::Endpoint::tcp(QStringLiteral("127.0.0.1"), port);
}

void ActingProbe::watch(const QList<http::Endpoint> &masters)
{
    m_masters = masters;
}

void ActingProbe::ask(const http::Endpoint &master)
{
    const QString name = http::describe(master);
    if (m_waiting.contains(name))
        return;
    m_waiting.insert(name);
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.body = "{\"type\":\"GET_MASTER\"}";
    const qint64 asked = m_time.elapsed();
    m_client.call(master, request, [this, name, asked](const Result<http::Response> &answer) {
        m_waiting.remove(name);
        if (!answer || answer->status != 200)
            return;
        const QJsonObject body = QJsonDocument::fromJson(answer->body).object();
        answered(body.value(u"get_master")[u"master_info"][u"id"].toString(), asked);
    });
}

void ActingProbe::answered(const QString &id, qint64 asked)
{
    const qint64 now = m_time.elapsed();
    if (!m_leaders.isEmpty() && m_leaders.last() == id)
        return;
    if (!m_leaders.contains(id)) {
        m_leaders += id;
        m_currentSince = now;
        m_currentTick = m_ticks;
    } else if (asked > m_currentSince || m_ticks > m_currentTick + arrivalTicks) {
        m_violations += QStringLiteral("%1 answered as the leader %2 ms after %3 did")
                            .arg(id)
                            .arg(now - m_currentSince)
                            .arg(m_leaders.last());
    }
}

} // namespace meseta::test
