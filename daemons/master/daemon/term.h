#pragma once

#include <memory>
#include <optional>

#include "common/base/result.h"
#include "common/messages/transport.h"
#include "daemons/master/leadership/leadership.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta {
class Clock;
class FileService;
class LoggingLevel;
class Random;
} // namespace meseta

namespace meseta::http {
class Server;
}

namespace meseta::zookeeper {
class Client;
}

namespace meseta::master {

struct MasterFlags;

/// What outlasts the terms of a master process, for each of them.
struct TermMeans
{
    const MasterFlags &flags;
    Clock &clock;
    Random &random;
    http::Server &server;
    messages::Transport &transport;
    FileService &files;
    LoggingLevel &logging;
    zookeeper::Client *ensemble = nullptr; ///< with --zk
    messages::Pid self;
};

/// One master from its standing for election to the end of its leadership, with its doors on the
/// process' server. A new one replaces the doors of the one before, which must be gone by then.
class Term
{
public:
    struct Hooks
    {
        std::function<bool()> acts; ///< asked before anything is done
        /// Whom to send clients to.
        std::function<std::optional<mesos::v1::MasterInfo>()> leader;
        /// The term cannot go on; the sentence says why.
        std::function<void(const std::string &why)> failed;
    };

    Term(const TermMeans &means, Hooks hooks);
    ~Term();

    const mesos::v1::MasterInfo &info() const;

    /// Reads the registry; `done` only if that went well, else `Hooks::failed`.
    void recover(std::function<void()> done);
    void lead();
    /// Does what was held back in a pause.
    void resume();
    /// Streams end, and nothing reaches the master any more.
    void end();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
