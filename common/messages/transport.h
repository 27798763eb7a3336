#pragma once

#include <functional>
#include <memory>
#include <string>

#include <QObject>

#include "common/http/server.h"
#include "common/messages/pid.h"

namespace google::protobuf {
class Message;
}

namespace meseta::messages {

/// One message that arrived: its full protobuf name ("mesos.internal.PingSlaveMessage") and its
/// bytes.
struct Envelope
{
    Pid from;
    Pid to;
    std::string name;
    std::string body;
};

/// Daemon-to-daemon messages over HTTP, byte-compatible with libprocess: POST /<id>/<name>, one
/// outgoing connection per peer address shared by all processes there, no retransmission, order
/// kept per connection. Source: Mesos daemon wire.
class Transport : public QObject
{
    Q_OBJECT
public:
    /// Takes over the server's message handler. `self` is the advertised ip and port (its id is not
    /// used).
    Transport(http::Server &server, Pid self, QObject *parent = nullptr);
    ~Transport() override;

    using Receiver = std::function<void(Envelope)>;

    /// Registers a local process; messages for ids nobody registered are answered 404, all others
    /// 202.
    void attach(const std::string &id, Receiver receiver);
    void detach(const std::string &id);

    Pid pid(const std::string &id) const; ///< `self` with this id

    /// Sends `message` from the local process `fromId`. Own addresses are delivered in-process at
    /// the next turn.
    void send(const std::string &fromId, const Pid &to, const google::protobuf::Message &message);
    void send(const std::string &fromId, const Pid &to, const std::string &name,
              const std::string &body);

    /// Keeps a connection to the peer's address; `exited` fires when it closes or cannot be made. A
    /// process here exits when it is detached.
    void link(const Pid &peer);
    /// Replaces the connection (after the peer restarted); what is under way is taken back.
    void relink(const Pid &peer);
    /// The connection closes once all is sent.
    void unlink(const Pid &peer);
    /// As `unlink`, but what is under way is taken back: when the network holds it for long, it
    /// would arrive after its sender has given the peer up. Not when another process there is
    /// linked.
    void cut(const Pid &peer);

    /// What a peer may let pile up; more closes its connection, which drops what is queued and
    /// counts as its exit.
    void setQueueLimit(qint64 bytes);
    /// Answers 400 to messages whose sender claims another ip than it comes from. Off at first, as
    /// in Mesos.
    void setPeerAddressCheck(bool required);

Q_SIGNALS:
    /// A linked peer's connection broke; once per `link`, for each linked pid at that address.
    void exited(const meseta::messages::Pid &peer);

private:
    struct Private;
    friend struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::messages
