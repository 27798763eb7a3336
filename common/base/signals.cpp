#include "common/base/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

#include <QSocketNotifier>

namespace meseta {

namespace {

// What the handler may touch: it runs between any two instructions.
std::atomic<int> wakeFd{-1};

void onSignal(int number)
{
    const int savedErrno = errno;
    const auto byte = static_cast<unsigned char>(number);
    // The pipe is never full of unread signals in practice; when it is, one more tells nothing new.
    [[maybe_unused]] const ssize_t written = ::write(wakeFd.load(), &byte, 1);
    errno = savedErrno;
}

void onBrokenPipe(int) { }

void handle(int number, void (*handler)(int))
{
    struct sigaction action
    { };
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

} // namespace

struct SignalWatcher::Private
{
    std::vector<int> numbers;
    std::function<void(int)> callback;
    int readFd = -1;
    int writeFd = -1;
    std::unique_ptr<QSocketNotifier> notifier;

    void readPending()
    {
        unsigned char number = 0;
        while (::read(readFd, &number, 1) == 1)
            callback(number);
    }
};

SignalWatcher::SignalWatcher(const std::vector<int> &signalNumbers,
                             std::function<void(int)> callback)
    : d(std::make_unique<Private>())
{
    d->numbers = signalNumbers;
    d->callback = std::move(callback);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("cannot make a pipe for signals: %s", qPrintable(qt_error_string(errno)));
    d->readFd = ends[0];
    d->writeFd = ends[1];
    wakeFd = ends[1];
    d->notifier = std::make_unique<QSocketNotifier>(d->readFd, QSocketNotifier::Read);
    QObject::connect(d->notifier.get(), &QSocketNotifier::activated, d->notifier.get(),
                     [this] { d->readPending(); });
    for (const int number : signalNumbers)
        handle(number, onSignal);
}

SignalWatcher::~SignalWatcher()
{
    for (const int number : d->numbers)
        handle(number, SIG_DFL);
    wakeFd = -1;
    d->notifier.reset();
    ::close(d->readFd);
    ::close(d->writeFd);
}

void surviveBrokenPipes()
{
    // A handler, not SIG_IGN: what is ignored stays ignored in started programs.
    handle(SIGPIPE, onBrokenPipe);
}

} // namespace meseta
