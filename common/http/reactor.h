#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <QObject>

class QSocketNotifier;

namespace meseta::http {

/// Something that waits for a descriptor.
class Watcher
{
public:
    virtual ~Watcher() = default;
    /// The descriptor is ready; `events` as of epoll(7).
    virtual void ready(std::uint32_t events) = 0;
    /// The end of a turn in which `atTurnEnd` was asked for.
    virtual void turnEnded() { }
};

/// Waits for thousands of descriptors through one epoll set, itself watched by Qt's event loop: a
/// descriptor costs a few words here instead of two notifier objects and an entry in each poll(2).
/// One per thread.
class Reactor : public QObject
{
    Q_OBJECT
public:
    /// The reactor of this thread; it lives as long as someone holds it.
    static std::shared_ptr<Reactor> current();

    ~Reactor() override;

    using Ticket = std::uint64_t; ///< 0: none

    Ticket add(int fd, std::uint32_t events, Watcher &watcher);
    void change(Ticket ticket, int fd, std::uint32_t events);
    void remove(Ticket ticket, int fd);

    /// Whether this ticket still stands for its watcher.
    bool holds(Ticket ticket) const { return find(ticket) != nullptr; }

    /// Calls `turnEnded` of the watcher once, after the events at hand.
    void atTurnEnd(Ticket ticket);

    /// Runs this once control is back in the event loop.
    void later(std::function<void()> action);

    /// Room for one read, shared by all: idle connections hold no buffers.
    char *readBuffer() { return m_readBuffer.get(); }
    static constexpr std::size_t readBufferSize = 64 * 1024;

protected:
    bool event(QEvent *event) override;

private:
    struct Slot
    {
        Watcher *watcher = nullptr;
        std::uint32_t generation = 1;
    };

    Reactor();
    Watcher *find(Ticket ticket) const;
    void dispatch();
    void endTurn();
    void wake();

    int m_epoll = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::unique_ptr<char[]> m_readBuffer;
    std::vector<Slot> m_slots;
    std::vector<std::uint32_t> m_free;
    std::vector<Ticket> m_turnEnders;
    std::vector<std::function<void()>> m_later;
    bool m_dispatching = false;
    bool m_woken = false;
};

} // namespace meseta::http
