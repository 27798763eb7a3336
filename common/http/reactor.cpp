#include "common/http/reactor.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QEvent>
#include <QSocketNotifier>

namespace meseta::http {

namespace {

constexpr int eventsPerTurn = 256;

std::uint32_t slotOf(Reactor::Ticket ticket)
{
    return std::uint32_t(ticket);
}

std::uint32_t generationOf(Reactor::Ticket ticket)
{
    return std::uint32_t(ticket >> 32);
}

} // namespace

std::shared_ptr<Reactor> Reactor::current()
{
    thread_local std::weak_ptr<Reactor> ours;
    if (auto reactor = ours.lock())
        return reactor;
    std::shared_ptr<Reactor> reactor(new Reactor);
    ours = reactor;
    return reactor;
}

Reactor::Reactor() : m_epoll(epoll_create1(EPOLL_CLOEXEC)), m_readBuffer(new char[readBufferSize])
{
    if (m_epoll < 0)
        qFatal("cannot make an epoll set: %s", std::strerror(errno));
    m_notifier = std::make_unique<QSocketNotifier>(m_epoll, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] { dispatch(); });
}

Reactor::~Reactor()
{
    m_notifier.reset();
    ::close(m_epoll);
}

Reactor::Ticket Reactor::add(int fd, std::uint32_t events, Watcher &watcher)
{
    if (m_free.empty()) {
        m_free.push_back(std::uint32_t(m_slots.size()));
        m_slots.emplace_back();
    }
    const std::uint32_t index = m_free.back();
    Slot &slot = m_slots[index];
    epoll_event event{};
    event.events = events;
    event.data.u64 = (Ticket(slot.generation) << 32) | index;
    if (epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        return 0;
    m_free.pop_back();
    slot.watcher = &watcher;
    return event.data.u64;
}

void Reactor::change(Ticket ticket, int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = ticket;
    epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
}

void Reactor::remove(Ticket ticket, int fd)
{
    if (find(ticket) == nullptr)
        return;
    epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr);
    Slot &slot = m_slots[slotOf(ticket)];
    slot.watcher = nullptr;
    slot.generation += slot.generation == UINT32_MAX ? 2 : 1;
    m_free.push_back(slotOf(ticket));
}

Watcher *Reactor::find(Ticket ticket) const
{
    const std::uint32_t index = slotOf(ticket);
    if (index >= m_slots.size() || m_slots[index].generation != generationOf(ticket))
        return nullptr;
    return m_slots[index].watcher;
}

void Reactor::atTurnEnd(Ticket ticket)
{
    m_turnEnders.push_back(ticket);
    if (!m_dispatching)
        wake();
}

void Reactor::later(std::function<void()> action)
{
    m_later.push_back(std::move(action));
    wake();
}

void Reactor::wake()
{
    if (m_woken)
        return;
    m_woken = true;
    QCoreApplication::postEvent(this, new QEvent(QEvent::User), Qt::HighEventPriority);
}

bool Reactor::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    const auto alive = current(); // an action may drop the last holder
    m_woken = false;
    const auto actions = std::exchange(m_later, {});
    for (const auto &action : actions)
        action();
    endTurn();
    return true;
}

void Reactor::dispatch()
{
    std::array<epoll_event, eventsPerTurn> events;
    const int count = epoll_wait(m_epoll, events.data(), eventsPerTurn, 0);
    const auto alive = current();
    m_dispatching = true;
    for (int i = 0; i < count; ++i) {
        // An earlier event of this turn may have ended this one's watcher: its ticket is void then.
        if (Watcher *watcher = find(events[size_t(i)].data.u64))
            watcher->ready(events[size_t(i)].events);
    }
    m_dispatching = false;
    endTurn();
}

void Reactor::endTurn()
{
    const auto tickets = std::exchange(m_turnEnders, {});
    for (const Ticket ticket : tickets) {
        if (Watcher *watcher = find(ticket))
            watcher->turnEnded();
    }
}

} // namespace meseta::http
