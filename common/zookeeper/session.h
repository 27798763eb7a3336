#pragma once

#include <memory>

#include "common/zookeeper/client.h"
#include "common/zookeeper/url.h"

namespace meseta {
class Clock;
}

namespace meseta::zookeeper {

class Connection;

struct SessionOptions
{
    Duration timeout = std::chrono::seconds(10); ///< asked for; the ensemble may grant another
};

/// A client of a real ensemble, on Qt's event loop (ZooKeeper's single-threaded C client). Host
/// names are looked up without holding the loop, again for every session. A session that could not
/// be renewed for its whole timeout is over by its own clock, whatever the ensemble may say later.
class Session final : public Client
{
    Q_OBJECT
public:
    /// Calls longer than this together are refused, as the servers would cut the connection.
    static constexpr std::size_t maxCallBytes = 1000 * 1000;
    static constexpr std::size_t maxWaitingCalls = 10000;

    Session(Url url, SessionOptions options, Clock &clock, QObject *parent = nullptr);
    /// Closes the session: its ephemeral nodes go at once.
    ~Session() override;

    /// Begins to connect.
    void open();
    const Url &url() const;

    bool isConnected() const override;
    std::int64_t sessionId() const override;
    Duration sessionTimeout() const override;

    void create(const std::string &path, const std::string &data, CreateMode mode,
                Done<std::string> done) override;
    void get(const std::string &path, Done<Node> done, Changed changed) override;
    void stat(const std::string &path, Done<std::optional<Stat>> done, Changed changed) override;
    void children(const std::string &path, Done<std::vector<std::string>> done,
                  Changed changed) override;
    void set(const std::string &path, const std::string &data, std::int32_t version,
             Done<Stat> done) override;
    void remove(const std::string &path, std::int32_t version, Done<void> done) override;
    void multi(std::vector<Operation> operations, Done<std::vector<OperationResult>> done) override;
    void sync(const std::string &path, Done<void> done) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::zookeeper
