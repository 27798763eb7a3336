#include "common/messages/transport.h"

#include <deque>
#include <map>
#include <set>
#include <utility>

#include <QLoggingCategory>
#include <QPointer>
#include <QTimer>

#include <google/protobuf/message.h>

#include "common/messages/peer.h"
#include "common/messages/wire_format.h"

namespace meseta::messages {

namespace {

Q_LOGGING_CATEGORY(logMessages, "meseta.messages")

constexpr qint64 defaultQueueLimit = 256LL * 1024 * 1024;
constexpr std::size_t maxUnreachable = 1000;

} // namespace

struct Transport::Private
{
    Transport *q = nullptr;
    Pid self;
    qint64 queueLimit = defaultQueueLimit;
    bool checksPeerAddress = false;
    std::map<std::string, std::shared_ptr<Receiver>> receivers;
    std::map<std::string, Peer *> peers; // by address
    std::map<std::string, std::set<Pid>> links; // by address
    std::set<std::string> unreachable; // addresses of which the log says that nobody answers
    std::deque<Envelope> local; // to processes here, delivered in the next turn

    bool isHere(const Pid &pid) const { return pid.port == self.port && pid.ip == self.ip; }
    void receive(const http::Request &request, const std::shared_ptr<http::Responder> &responder);
    std::optional<http::Response> refusal(const std::optional<Pid> &from,
                                          const http::Request &request) const;
    void deliverLocal();
    Peer &peer(const Pid &to);
    void lost(const std::string &address, Peer *peer);
    void tellBroken(const std::string &address, const Peer &peer);
    void cutPeer(const std::string &address);
    void tellExited(const std::set<Pid> &pids);
};

Transport::Transport(http::Server &server, Pid self, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>())
{
    d->q = this;
    d->self = std::move(self);
    server.setMessageHandler(
        [guard = QPointer<Transport>(this)](const http::Request &request,
                                            std::shared_ptr<http::Responder> responder) {
            if (guard)
                guard->d->receive(request, responder);
            else
                responder->send(http::Response::text(404));
        });
}

Transport::~Transport()
{
    for (const auto &[address, peer] : d->peers)
        peer->drop();
}

void Transport::attach(const std::string &id, Receiver receiver)
{
    d->receivers[id] = std::make_shared<Receiver>(std::move(receiver));
}

void Transport::detach(const std::string &id)
{
    d->receivers.erase(id);
    const auto links = d->links.find(d->self.address());
    if (links != d->links.end() && links->second.erase(pid(id)) > 0)
        d->tellExited({pid(id)});
}

Pid Transport::pid(const std::string &id) const
{
    return Pid{id, d->self.ip, d->self.port};
}

void Transport::send(const std::string &fromId, const Pid &to,
                     const google::protobuf::Message &message)
{
    send(fromId, to, message.GetDescriptor()->full_name(), message.SerializeAsString());
}

void Transport::send(const std::string &fromId, const Pid &to, const std::string &name,
                     const std::string &body)
{
    if (!d->isHere(to)) {
        d->peer(to).send(encodeMessage(pid(fromId), to, name, body));
        return;
    }
    d->local.push_back(Envelope{pid(fromId), to, name, body});
    if (d->local.size() == 1)
        QTimer::singleShot(0, this, [this] { d->deliverLocal(); });
}

void Transport::link(const Pid &peer)
{
    d->links[peer.address()].insert(peer);
    if (!d->isHere(peer)) {
        d->peer(peer).setKept(true);
    } else if (!d->receivers.contains(peer.id)) {
        d->links[peer.address()].erase(peer);
        d->tellExited({peer});
    }
}

void Transport::relink(const Pid &peer)
{
    if (!d->isHere(peer))
        d->cutPeer(peer.address());
    link(peer);
}

void Transport::unlink(const Pid &peer)
{
    const auto links = d->links.find(peer.address());
    if (links == d->links.end())
        return;
    links->second.erase(peer);
    if (!links->second.empty())
        return;
    d->links.erase(links);
    if (const auto found = d->peers.find(peer.address()); found != d->peers.end())
        found->second->setKept(false);
}

void Transport::cut(const Pid &peer)
{
    unlink(peer);
    if (!d->isHere(peer) && !d->links.contains(peer.address()))
        d->cutPeer(peer.address());
}

void Transport::setQueueLimit(qint64 bytes)
{
    d->queueLimit = bytes;
}

void Transport::setPeerAddressCheck(bool required)
{
    d->checksPeerAddress = required;
}

std::optional<http::Response> Transport::Private::refusal(const std::optional<Pid> &from,
                                                          const http::Request &request) const
{
    if (!from)
        return http::Response::text(
            500, "Neither Libprocess-From nor User-Agent says who sends this message.");
    const QByteArray claimed = QByteArray::fromStdString(from->ip);
    if (checksPeerAddress && claimed != request.peerAddress)
        return http::Response::text(400,
                                    "The sender says it is at '" + claimed
                                        + "' but its connection comes from '" + request.peerAddress
                                        + "'.");
    return std::nullopt;
}

void Transport::Private::receive(const http::Request &request,
                                 const std::shared_ptr<http::Responder> &responder)
{
    const auto from = senderOf(request);
    if (auto answer = refusal(from, request))
        return responder->send(std::move(*answer));
    const auto target = targetOf(request.path);
    const auto found = target ? receivers.find(target->id) : receivers.end();
    if (found == receivers.end())
        return responder->send(http::Response::text(404));
    responder->send(http::Response::accepted());
    const auto receiver = found->second; // the receiver may detach itself
    (*receiver)(Envelope{*from, Pid{target->id, self.ip, self.port}, target->name,
                         request.body.toStdString()});
}

void Transport::Private::deliverLocal()
{
    const auto envelopes = std::exchange(local, {});
    const QPointer<Transport> guard(q);
    for (const Envelope &envelope : envelopes) {
        const auto found = receivers.find(envelope.to.id);
        if (found == receivers.end())
            continue;
        const auto receiver = found->second;
        (*receiver)(envelope);
        if (!guard)
            return;
    }
}

Peer &Transport::Private::peer(const Pid &to)
{
    const std::string address = to.address();
    Peer *&known = peers[address];
    // One that is closing ends by itself; what comes now goes over a new connection.
    if (known == nullptr || known->isClosing()) {
        known = new Peer(to.ip, to.port, queueLimit,
                         [this, address](Peer *gone) { lost(address, gone); });
        known->setParent(q);
        known->setKept(links.contains(address));
    }
    return *known;
}

void Transport::Private::lost(const std::string &address, Peer *peer)
{
    peer->deleteLater();
    const auto found = peers.find(address);
    if (found == peers.end() || found->second != peer)
        return;
    peers.erase(found);
    const auto links_ = links.find(address);
    if (links_ == links.end()) {
        if (!peer->problem().isEmpty())
            qCInfo(logMessages, "messages to %s may be lost: %s", address.c_str(),
                   qUtf8Printable(peer->problem()));
        return;
    }
    tellBroken(address, *peer);
    const auto pids = std::exchange(links_->second, {});
    links.erase(links_);
    tellExited(pids);
}

/// Whoever linked may try again and again: that nobody answers is said once, until somebody does.
void Transport::Private::tellBroken(const std::string &address, const Peer &peer)
{
    if (peer.wasConnected()) {
        unreachable.erase(address);
        qCInfo(logMessages, "the link to %s broke: %s", address.c_str(),
               qUtf8Printable(peer.problem()));
        return;
    }
    if (unreachable.size() >= maxUnreachable)
        unreachable.clear();
    if (unreachable.insert(address).second)
        qCWarning(logMessages, "nobody answers at %s: %s; this is not said again until it changes",
                  address.c_str(), qUtf8Printable(peer.problem()));
}

void Transport::Private::cutPeer(const std::string &address)
{
    const auto found = peers.find(address);
    if (found == peers.end())
        return;
    found->second->cut();
    found->second->deleteLater();
    peers.erase(found);
}

void Transport::Private::tellExited(const std::set<Pid> &pids)
{
    QTimer::singleShot(0, q, [this, pids] {
        const QPointer<Transport> guard(q);
        for (const Pid &pid : pids) {
            if (guard)
                Q_EMIT q->exited(pid);
        }
    });
}

} // namespace meseta::messages
