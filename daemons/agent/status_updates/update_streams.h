#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// Keeps every task's status updates until the framework has acknowledged them, in order, one
/// outstanding per task. An unacknowledged update is sent again after 10 s, doubling to 10 min;
/// nothing is sent while paused. Source: Mesos, reliable status updates (agent to scheduler).
class UpdateStreams
{
public:
    using Update = mesos::internal::StatusUpdate;
    using Forward = std::function<void(const Update &)>;

    static constexpr Duration firstRetry = std::chrono::seconds(10);
    static constexpr Duration longestRetry = std::chrono::minutes(10);

    UpdateStreams(Clock &clock, Forward forward);
    ~UpdateStreams();
    UpdateStreams(const UpdateStreams &) = delete;
    UpdateStreams &operator=(const UpdateStreams &) = delete;

    /// Whether an update may leave at once, or only when `keep` says that a later agent would know
    /// of it.
    enum class Kept { Already, Later };

    /// Takes an update in; false when its uuid was taken before (a repetition: nothing to do).
    bool add(const Update &update, Kept kept = Kept::Already);
    /// The update with this uuid is kept now.
    void keep(const std::string &frameworkId, const std::string &taskId, const std::string &uuid);

    /// What an earlier agent had taken in, in order, and which of them were acknowledged. While
    /// paused only.
    void restore(const std::vector<Update> &updates, const std::set<std::string> &acknowledged);

    /// Whether an update with this uuid was taken in before.
    bool hasSeen(const std::string &frameworkId, const std::string &taskId,
                 const std::string &uuid) const;
    /// Whether one that was taken in is still being kept.
    bool isBeingKept(const std::string &frameworkId, const std::string &taskId,
                     const std::string &uuid) const;

    /// The outstanding update; null when there is none, or another has this uuid. Valid until the
    /// next change.
    const Update *outstanding(const std::string &frameworkId, const std::string &taskId,
                              const std::string &uuid) const;

    /// Takes the framework's acknowledgement of the outstanding update and sends the next one.
    /// Nothing when it names another uuid than the outstanding one; else the update that is now
    /// done.
    std::optional<Update> acknowledge(const std::string &frameworkId, const std::string &taskId,
                                      const std::string &uuid);

    /// Stops sending, e.g. while the master is away. Updates are still taken in.
    void pause();
    /// Sends what is outstanding again at once, and goes on.
    void resume();
    /// Sends what is outstanding of one framework again (it re-subscribed).
    void resend(const std::string &frameworkId);

    /// Forgets a framework's streams.
    void forget(const std::string &frameworkId);

    /// The newest state of a task that may be told: later ones may still be being kept.
    std::optional<mesos::v1::TaskState> newestKept(const std::string &frameworkId,
                                                   const std::string &taskId) const;

    /// Updates of a task that wait for acknowledgement.
    std::size_t pending(const std::string &frameworkId, const std::string &taskId) const;
    std::size_t size() const { return m_streams.size(); }

private:
    using Key = std::pair<std::string, std::string>;

    struct Pending
    {
        Update update;
        bool kept = true;
    };

    struct Stream
    {
        std::deque<Pending> pending;
        std::set<std::string> seen; ///< uuids; at most `uuidsRemembered`
        std::deque<std::string> seenOrder;
        Duration delay = firstRetry;
        Clock::TimerId timer = 0;
    };

    void remember(Stream &stream, const std::string &uuid);
    /// Sends what is outstanding now, and again until it is acknowledged.
    void sendHead(const Key &key, Stream &stream);
    void retry(const Key &key);

    static constexpr std::size_t uuidsRemembered = 1000;

    Clock &m_clock;
    Forward m_forward;
    std::map<Key, Stream> m_streams;
    bool m_paused = true;
};

} // namespace meseta::agent
