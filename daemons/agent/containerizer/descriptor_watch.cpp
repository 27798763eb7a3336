#include "daemons/agent/containerizer/descriptor_watch.h"

#include <QSocketNotifier>

#include <sys/epoll.h>
#include <unistd.h>

namespace meseta::agent {

DescriptorWatch::DescriptorWatch()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_notifier(std::make_unique<QSocketNotifier>(m_epoll, QSocketNotifier::Read))
{
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this] { dispatch(); });
}

DescriptorWatch::~DescriptorWatch()
{
    m_notifier.reset();
    ::close(m_epoll);
}

void DescriptorWatch::add(int fd, std::function<void()> readable)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event) == 0)
        m_callbacks[fd] = std::make_shared<std::function<void()>>(std::move(readable));
}

void DescriptorWatch::remove(int fd)
{
    if (m_callbacks.erase(fd) > 0)
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr);
}

void DescriptorWatch::dispatch()
{
    epoll_event events[64];
    const int count = ::epoll_wait(m_epoll, events, std::size(events), 0);
    for (int i = 0; i < count; ++i) {
        const auto found = m_callbacks.find(events[i].data.fd);
        if (found == m_callbacks.end())
            continue; // removed by an earlier callback
        const auto callback = found->second;
        (*callback)();
    }
}

} // namespace meseta::agent
