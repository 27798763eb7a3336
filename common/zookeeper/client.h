#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <QObject>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace meseta::zookeeper {

/// How a call can fail. Source: ZooKeeper's client codes.
enum class Code {
    ConnectionLoss, ///< nobody knows whether it was done: look before doing it again
    SessionExpired, ///< the session it was asked in is over; it may have been done before that
    NoNode,
    NodeExists,
    NotEmpty, ///< a node with children cannot be removed
    BadVersion, ///< somebody changed the node since
    NoAuth, ///< the node's ACL does not allow it
    AuthFailed, ///< the ensemble refuses the credentials
    Overloaded, ///< too many calls wait for an answer; not done
    RolledBack, ///< part of a `multi` of which another part failed; not done
    Other,
};

struct Failure
{
    Code code = Code::Other;
    std::string message; ///< a sentence: what failed on which node and why

    Error error() const { return Error{message}; }
    /// Whether the same call may succeed later without anybody changing anything.
    bool isPassing() const
    {
        return code == Code::ConnectionLoss || code == Code::SessionExpired
            || code == Code::Overloaded;
    }
};

template <typename T> using Answer = tl::expected<T, Failure>;
template <typename T> using Done = std::function<void(Answer<T>)>;

/// What ZooKeeper keeps about a node.
struct Stat
{
    std::int64_t createdZxid = 0;
    std::int64_t modifiedZxid = 0;
    std::int32_t version = 0; ///< of the data; 0 when created
    std::int32_t childrenVersion = 0;
    std::int64_t owner = 0; ///< the session of an ephemeral node; else 0
    std::int32_t children = 0;
    std::int64_t createdMs =
        0; ///< when it was made: milliseconds since the epoch, a server's clock
};

struct Node
{
    std::string data;
    Stat stat;
};

enum class CreateMode { Persistent, Ephemeral, PersistentSequential, EphemeralSequential };

/// Any version of the data will do.
constexpr std::int32_t anyVersion = -1;

/// One step of a `multi`: all are done, in order, or none.
struct Operation
{
    enum class Kind { Create, Set, Remove, Check };
    Kind kind = Kind::Check;
    std::string path;
    std::string data;
    std::int32_t version = anyVersion; ///< Set, Remove, Check
    CreateMode mode = CreateMode::Persistent; ///< Create

    static Operation create(std::string path, std::string data,
                            CreateMode mode = CreateMode::Persistent)
    {
        return {Kind::Create, std::move(path), std::move(data), anyVersion, mode};
    }
    static Operation set(std::string path, std::string data, std::int32_t version = anyVersion)
    {
        return {Kind::Set, std::move(path), std::move(data), version, {}};
    }
    static Operation remove(std::string path, std::int32_t version = anyVersion)
    {
        return {Kind::Remove, std::move(path), {}, version, {}};
    }
    /// Fails the whole with BadVersion when the node's data have another version.
    static Operation check(std::string path, std::int32_t version)
    {
        return {Kind::Check, std::move(path), {}, version, {}};
    }
};

/// What a step of a `multi` gave.
struct OperationResult
{
    std::string path; ///< Create: the node made, with its number when sequential
    Stat stat; ///< Set: after it
};

/// A client of an ensemble, one session after the other. Calls may be made at any time; they wait
/// for a connection no longer than the session's timeout. Every `done` is called exactly once, from
/// the event loop, never from inside the call; after the destruction of the client no more. Paths
/// are absolute and whole (no root is prepended); nodes are made with the ACL of the credentials:
/// everyone without; with, the creator does all and the world reads.
class Client : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual bool isConnected() const = 0;
    /// Of the session now; 0 when there is none. Ephemeral nodes of it have it as `Stat::owner`.
    virtual std::int64_t sessionId() const = 0;
    /// As the ensemble granted it; what was asked for until there is a session.
    virtual Duration sessionTimeout() const = 0;

    using Changed = std::function<void()>;

    virtual void create(const std::string &path, const std::string &data, CreateMode mode,
                        Done<std::string> done) = 0; ///< gives the node's path
    /// `changed` is called once, when the data change or the node goes; forgotten when the session
    /// expires, and when the call fails.
    virtual void get(const std::string &path, Done<Node> done, Changed changed = {}) = 0;
    /// Nothing when there is no such node; then `changed` tells its making.
    virtual void stat(const std::string &path, Done<std::optional<Stat>> done,
                      Changed changed = {}) = 0;
    /// Names, not paths, in no order. `changed`: when children come or go.
    virtual void children(const std::string &path, Done<std::vector<std::string>> done,
                          Changed changed = {}) = 0;
    virtual void set(const std::string &path, const std::string &data, std::int32_t version,
                     Done<Stat> done) = 0;
    virtual void remove(const std::string &path, std::int32_t version, Done<void> done) = 0;
    virtual void multi(std::vector<Operation> operations,
                       Done<std::vector<OperationResult>> done) = 0;
    /// Answered once the server this client talks to knows all that was agreed on before.
    virtual void sync(const std::string &path, Done<void> done) = 0;

    /// Makes the node and those above it, empty and persistent; those that exist are left alone.
    void createPath(const std::string &path, Done<void> done);

Q_SIGNALS:
    void connected(); ///< also back in the same session
    void disconnected(); ///< the session may still live
    /// The session is over, by the ensemble's word or by this client's own clock; its ephemeral
    /// nodes go and its watches are forgotten. A new session is opened by itself.
    void expired();
    /// Something a person has to see to (credentials refused, no server's name resolves). It goes
    /// on trying.
    void trouble(const QString &sentence);
};

/// "no such node" for Code::NoNode.
std::string_view codeText(Code code);

/// "/a/b" for "/a/b/c"; empty for "/a".
std::string parentPath(const std::string &path);

} // namespace meseta::zookeeper
