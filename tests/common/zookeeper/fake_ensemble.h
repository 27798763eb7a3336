#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/zookeeper/client.h"

namespace meseta::test {

class FakeClient;

/// A ZooKeeper ensemble in memory, on an injected clock: nodes with versions, ephemeral and
/// sequential ones, watches, transactions, and sessions that expire. Its clients can be cut off.
class FakeEnsemble
{
public:
    explicit FakeEnsemble(Clock &clock, Duration latency = std::chrono::milliseconds(1))
        : m_clock(clock), m_latency(latency)
    { }

    /// A client with a session of its own; must not outlive this.
    std::unique_ptr<FakeClient> client(Duration sessionTimeout = std::chrono::seconds(10));

    // --- The tree as a test may see and change it.
    std::vector<std::string> childrenOf(const std::string &path) const;
    const std::string *dataOf(const std::string &path) const;
    void put(const std::string &path,
             const std::string &data); ///< makes or changes it, with parents
    void erase(const std::string &path);
    std::uint64_t writes() const { return m_writes; }

private:
    friend class FakeClient;
    struct Entry
    {
        std::string data;
        zookeeper::Stat stat;
        std::uint64_t nextSequence = 0;
    };
    enum class WatchKind { Data, Children };
    struct Watch
    {
        std::uint64_t id;
        WatchKind kind;
        std::string path;
        std::weak_ptr<FakeClient *> client;
        std::int64_t session;
        zookeeper::Client::Changed changed;
        bool missed =
            false; ///< it fired while the client was away, which hears of it when it is back
    };
    struct Change
    {
        WatchKind kind;
        std::string path;
    };

    zookeeper::Answer<std::string> create(std::int64_t session, const zookeeper::Operation &what);
    zookeeper::Answer<zookeeper::Stat> set(const zookeeper::Operation &what);
    zookeeper::Answer<void> remove(const zookeeper::Operation &what);
    zookeeper::Answer<void> check(const zookeeper::Operation &what) const;
    zookeeper::Answer<std::vector<zookeeper::OperationResult>>
    multi(std::int64_t session, const std::vector<zookeeper::Operation> &operations);
    void tellChanges();
    void endSession(std::int64_t session);

    Clock &m_clock;
    Duration m_latency;
    std::map<std::string, Entry> m_nodes;
    std::vector<Watch> m_watches;
    std::vector<Change> m_changes; ///< not yet told to the watches
    std::set<std::int64_t> m_sessions;
    std::int64_t m_nextSession = 1;
    std::int64_t m_zxid = 0;
    std::uint64_t m_lastWatch = 0;
    std::uint64_t m_writes = 0;
};

/// A client of a FakeEnsemble.
class FakeClient final : public zookeeper::Client
{
    Q_OBJECT
public:
    FakeClient(FakeEnsemble &ensemble, Duration sessionTimeout);
    ~FakeClient() override; ///< closes the session

    // --- Trouble.
    /// The connection breaks; the calls under way are lost, done or not. The ensemble ends the
    /// session when its timeout has passed, and so does this client by its own clock.
    void cut();
    void restore();
    /// The process is stopped (SIGSTOP) or goes on: nothing happens in it, and the ensemble hears
    /// nothing of it.
    void freeze();
    void thaw();
    /// The ensemble ends the session now; a connected client hears of it at once.
    void expireNow();
    /// From now on calls are done, and then the connection breaks before their answers come.
    void loseAnswers(bool lose) { m_loseAnswers = lose; }

    bool isConnected() const override { return m_connected; }
    std::int64_t sessionId() const override { return m_session; }
    Duration sessionTimeout() const override { return m_timeout; }
    void create(const std::string &path, const std::string &data, zookeeper::CreateMode mode,
                zookeeper::Done<std::string> done) override;
    void get(const std::string &path, zookeeper::Done<zookeeper::Node> done,
             Changed changed) override;
    void stat(const std::string &path, zookeeper::Done<std::optional<zookeeper::Stat>> done,
              Changed changed) override;
    void children(const std::string &path, zookeeper::Done<std::vector<std::string>> done,
                  Changed changed) override;
    void set(const std::string &path, const std::string &data, std::int32_t version,
             zookeeper::Done<zookeeper::Stat> done) override;
    void remove(const std::string &path, std::int32_t version, zookeeper::Done<void> done) override;
    void multi(std::vector<zookeeper::Operation> operations,
               zookeeper::Done<std::vector<zookeeper::OperationResult>> done) override;
    void sync(const std::string &path, zookeeper::Done<void> done) override;

private:
    friend class FakeEnsemble;
    template <typename T, typename Work> void call(zookeeper::Done<T> done, Work work);
    void watch(FakeEnsemble::WatchKind kind, const std::string &path, Changed changed);
    void after(Duration delay, std::function<void()> callback);
    void connectNow();
    void lose();
    void heardOfExpiry();

    FakeEnsemble &m_ensemble;
    Duration m_timeout;
    std::shared_ptr<FakeClient *> m_self;
    std::int64_t m_session = 0;
    bool m_connected = false;
    bool m_reachable = true;
    bool m_loseAnswers = false;
    bool m_frozen = false;
    std::vector<std::function<void()>> m_dueLater; ///< what came due in a frozen process
    std::uint64_t m_watchSet = 0; ///< by the call that is being done
    std::uint64_t m_link = 0; ///< grows whenever the connection breaks
    Clock::TimerId m_serverExpiry = 0;
    Clock::TimerId m_ownExpiry = 0;
};

} // namespace meseta::test
