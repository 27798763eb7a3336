#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

class QSocketNotifier;

namespace meseta::agent {

/// Tells when descriptors become readable: one epoll set and one notifier for thousands of
/// containers, since the event loop's own poll looks at every notifier at every turn. Level
/// triggered. Callbacks may add and remove descriptors.
class DescriptorWatch
{
public:
    DescriptorWatch();
    ~DescriptorWatch();

    void add(int fd, std::function<void()> readable);
    void remove(int fd);

private:
    void dispatch();

    int m_epoll = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::unordered_map<int, std::shared_ptr<std::function<void()>>> m_callbacks;
};

} // namespace meseta::agent
