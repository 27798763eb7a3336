#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace meseta {

/// Tells signals on the event loop of the thread that made it. One per process at a time. When it
/// is deleted, the signals have their default effect again.
class SignalWatcher
{
public:
    /// `callback` gets the signal's number, e.g. SIGTERM.
    SignalWatcher(const std::vector<int> &signalNumbers, std::function<void(int)> callback);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher &) = delete;
    SignalWatcher &operator=(const SignalWatcher &) = delete;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// Keeps a write to a closed pipe or socket from ending the process. Started programs get SIGPIPE's
/// default back.
void surviveBrokenPipes();

} // namespace meseta
