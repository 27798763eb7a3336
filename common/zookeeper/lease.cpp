#include "common/zookeeper/lease.h"

namespace meseta::zookeeper {

Lease::Lease(Client &client, Clock &clock, QObject *parent)
    : QObject(parent), m_client(client), m_clock(clock)
{
    connect(&client, &Client::connected, this, &Lease::prove);
    connect(&client, &Client::expired, this, &Lease::forget);
}

Lease::~Lease()
{
    m_clock.cancel(m_timer);
}

void Lease::start()
{
    m_started = true;
    prove();
}

void Lease::forget()
{
    m_until = Duration::min();
}

void Lease::prove()
{
    if (!m_started)
        return;
    m_clock.cancel(m_timer);
    const Duration timeout = m_client.sessionTimeout();
    m_timer = m_clock.after(interval(timeout), [this] { prove(); });
    if (!m_client.isConnected())
        return;
    const Duration until = m_clock.monotonic() + term(timeout);
    m_client.sync("/",
                  [this, alive = std::weak_ptr(m_alive), session = m_client.sessionId(),
                   until](const Answer<void> &answer) {
                      if (alive.expired() || !answer || session != m_client.sessionId()
                          || until <= m_until)
                          return;
                      m_until = until;
                      Q_EMIT renewed();
                  });
}

} // namespace meseta::zookeeper
