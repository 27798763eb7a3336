#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <QObject>
#include <QTimer>

#include "common/base/clock.h"

struct _zhandle;
class QSocketNotifier;

namespace meseta::zookeeper {

/// One session of the C client (the single-threaded library) on Qt's event loop: it is pumped when
/// its socket is ready, when its time has come, and when it is kicked. Code of ours never runs
/// inside the library: what it reports is queued and told after it has returned.
class Connection : public QObject
{
    Q_OBJECT
public:
    enum class State { Connecting, Connected, Expired, AuthFailed };
    using Told = std::function<void()>;

    /// `servers`: "ip:port,ip:port". Null handle (and `problem`) when the library refuses.
    Connection(const std::string &servers, int serverCount, Duration timeout);
    ~Connection() override;

    _zhandle *handle() const { return m_handle; }
    const QString &problem() const { return m_problem; }
    State state() const { return m_state; }
    std::int64_t sessionId() const;
    /// As granted; as asked for before there is a session.
    Duration timeout() const;

    void addAuth(const std::string &credentials);

    /// To be called after each call of the library: it looks at what it was given at the next turn.
    void kick();

    /// Called by the library's callbacks: `told` runs once the library has returned, never after
    /// this is gone.
    void tell(Told told) { m_told.push_back(std::move(told)); }

    /// Watches by number, as the library knows them.
    using WatchId = std::uintptr_t;
    WatchId addWatch(Told changed);
    void forgetWatch(WatchId id) { m_watches.erase(id); }
    void fireWatch(WatchId id);

    /// Ends the session in order; a server that does not answer holds it up for a few seconds at
    /// most. What still waits for an answer is told.
    void close();

Q_SIGNALS:
    void stateChanged();

private:
    static void onEvent(_zhandle *handle, int type, int state, const char *path, void *context);
    void pump();
    void process(int events);
    void settle();
    void watch(int descriptor, int interest);
    void dropNotifiers();
    void retryLater();

    _zhandle *m_handle = nullptr;
    QString m_problem;
    State m_state = State::Connecting;
    int m_serverCount;
    Duration m_wanted;
    int m_failures = 0;
    QTimer m_timer;
    bool m_kicked = false;
    int m_descriptor = -1;
    std::uint64_t m_generation = 0; ///< of the notifiers: descriptors' numbers are used again
    std::unique_ptr<QSocketNotifier> m_reader;
    std::unique_ptr<QSocketNotifier> m_writer;
    std::deque<Told> m_told;
    bool m_settling = false;
    std::map<WatchId, Told> m_watches;
    WatchId m_nextWatch = 1;
};

} // namespace meseta::zookeeper
