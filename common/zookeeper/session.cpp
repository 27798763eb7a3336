#include "common/zookeeper/session.h"

#include <QHostInfo>

#include <zookeeper/zookeeper.h>

#include "common/base/clock.h"
#include "common/zookeeper/connection.h"
#include "common/zookeeper/pending_call.h"
#include "common/zookeeper/stat.h"

namespace meseta::zookeeper {

namespace {

constexpr Duration nextTry = std::chrono::seconds(1);

/// With credentials: the creator does all, the world reads. Source: Mesos, ACLs of its nodes.
const ACL_vector *aclFor(const Url &url)
{
    static ACL both[] = {{ZOO_PERM_READ, ZOO_ANYONE_ID_UNSAFE}, {ZOO_PERM_ALL, ZOO_AUTH_IDS}};
    static const ACL_vector owned{2, both};
    return url.credentials ? &owned : &ZOO_OPEN_ACL_UNSAFE;
}

template <typename T> Answer<T> overloaded(const std::string &doing)
{
    return tl::unexpected(Failure{
        Code::Overloaded, "cannot " + doing + ": " + std::string(codeText(Code::Overloaded))});
}

} // namespace

struct Session::Private
{
    Private(Session &owner, Url theUrl, SessionOptions theOptions, Clock &theClock)
        : q(owner), url(std::move(theUrl)), options(theOptions), clock(theClock)
    { }

    void lookUp();
    void lookedUp(const std::string &host, const QHostInfo &info);
    void connectTo();
    void onState();
    void expire(const char *why, Duration pause = {});
    void reopenLater(Duration delay);
    void trouble(const QString &sentence);
    void watchClock();

    template <typename T, typename Call>
    void call(const std::string &doing, Done<T> done, Changed changed, Call start);
    template <typename T> void refuse(Answer<T> answer, Done<T> done);

    Session &q;
    Url url;
    SessionOptions options;
    Clock &clock;
    std::unique_ptr<Connection> connection;
    bool wasConnected = false; ///< in this session
    bool isConnected = false;
    Clock::TimerId expiryTimer = 0;
    Clock::TimerId reopenTimer = 0;
    int lookups = 0; ///< host names still being looked up
    std::map<std::string, QList<QHostAddress>> addresses; ///< by host
    QString lastTrouble;
    std::shared_ptr<std::size_t> waiting = std::make_shared<std::size_t>(0);
};

Session::Session(Url url, SessionOptions options, Clock &clock, QObject *parent)
    : Client(parent), d(std::make_unique<Private>(*this, std::move(url), options, clock))
{ }

Session::~Session()
{
    d->waiting.reset();
    d->clock.cancel(d->expiryTimer);
    d->clock.cancel(d->reopenTimer);
}

void Session::open()
{
    d->lookUp();
}

const Url &Session::url() const
{
    return d->url;
}

bool Session::isConnected() const
{
    return d->isConnected;
}

std::int64_t Session::sessionId() const
{
    return d->connection ? d->connection->sessionId() : 0;
}

Duration Session::sessionTimeout() const
{
    return d->connection ? d->connection->timeout() : d->options.timeout;
}

void Session::Private::trouble(const QString &sentence)
{
    if (std::exchange(lastTrouble, sentence) != sentence)
        Q_EMIT q.trouble(sentence);
}

void Session::Private::lookUp()
{
    addresses.clear();
    std::vector<std::string> names;
    for (const Url::Server &server : url.servers) {
        const QHostAddress literal(QString::fromStdString(server.host));
        if (!literal.isNull())
            addresses[server.host] = {literal};
        else if (std::find(names.begin(), names.end(), server.host) == names.end())
            names.push_back(server.host);
    }
    lookups = static_cast<int>(names.size());
    for (const std::string &name : names)
        QHostInfo::lookupHost(QString::fromStdString(name), &q,
                              [this, name](const QHostInfo &info) { lookedUp(name, info); });
    if (names.empty())
        connectTo();
}

void Session::Private::lookedUp(const std::string &host, const QHostInfo &info)
{
    if (!info.addresses().isEmpty())
        addresses[host] = info.addresses();
    if (--lookups == 0)
        connectTo();
}

void Session::Private::connectTo()
{
    std::string servers;
    int count = 0;
    for (const Url::Server &server : url.servers) {
        for (const QHostAddress &address : addresses[server.host]) {
            servers += (count++ ? "," : "") + address.toString().toStdString() + ":"
                + std::to_string(server.port);
        }
    }
    if (count == 0) {
        trouble(tr("no host name of %1 can be looked up; trying again every second")
                    .arg(QString::fromStdString(url.text())));
        return reopenLater(nextTry);
    }
    connection = std::make_unique<Connection>(servers, count, options.timeout);
    if (!connection->handle()) {
        trouble(tr("cannot begin a ZooKeeper session with %1: %2; trying again every second")
                    .arg(QString::fromStdString(url.text()), connection->problem()));
        connection.reset();
        return reopenLater(nextTry);
    }
    QObject::connect(connection.get(), &Connection::stateChanged, &q, [this] { onState(); });
    if (url.credentials)
        connection->addAuth(*url.credentials);
    watchClock();
}

void Session::Private::onState()
{
    switch (connection->state()) {
    case Connection::State::Connected:
        clock.cancel(std::exchange(expiryTimer, 0));
        lastTrouble.clear();
        isConnected = wasConnected = true;
        Q_EMIT q.connected();
        return;
    case Connection::State::Connecting:
        if (!std::exchange(isConnected, false))
            return;
        watchClock();
        Q_EMIT q.disconnected();
        return;
    case Connection::State::Expired:
        return expire("ZooKeeper says so");
    case Connection::State::AuthFailed:
        trouble(tr("%1: %2").arg(QString::fromStdString(url.text()),
                                 QString::fromUtf8(codeText(Code::AuthFailed).data())));
        return expire("ZooKeeper refuses the credentials", nextTry);
    }
}

/// Also before the first connection: the servers may have other addresses by then.
void Session::Private::watchClock()
{
    clock.cancel(expiryTimer);
    expiryTimer = clock.after(connection->timeout(), [this] {
        expiryTimer = 0;
        expire("no server could be reached for the whole session timeout");
    });
}

void Session::Private::expire(const char *why, Duration pause)
{
    clock.cancel(std::exchange(expiryTimer, 0));
    isConnected = false;
    const bool had = std::exchange(wasConnected, false);
    if (had)
        qInfo("The ZooKeeper session 0x%llx with %s is over: %s",
              static_cast<unsigned long long>(connection->sessionId()), url.text().c_str(), why);
    Connection *const old = connection.release();
    QObject::disconnect(old, nullptr, &q, nullptr);
    const QPointer<Session> self(&q);
    reopenLater(pause);
    old->close();
    old->deleteLater();
    if (self && had)
        Q_EMIT q.expired();
}

void Session::Private::reopenLater(Duration delay)
{
    clock.cancel(reopenTimer);
    reopenTimer = clock.after(delay, [this] {
        reopenTimer = 0;
        lookUp();
    });
}

/// `start` hands the call to the library: code = start(handle, watch context, data).
template <typename T, typename Call>
void Session::Private::call(const std::string &doing, Done<T> done, Changed changed, Call start)
{
    if (!connection) {
        const int code = wasConnected ? ZSESSIONEXPIRED : ZCONNECTIONLOSS;
        return refuse<T>(tl::unexpected(failureOf(code, doing)), std::move(done));
    }
    if (*waiting >= maxWaitingCalls)
        return refuse<T>(overloaded<T>(doing), std::move(done));
    auto pending = std::make_unique<PendingCall<T>>();
    pending->connection = connection.get();
    pending->waiting = waiting;
    pending->doing = doing;
    pending->done = std::move(done);
    if (changed)
        pending->watch = connection->addWatch(std::move(changed));
    ++*waiting;
    PendingCall<T> *const raw = pending.release();
    const int code = start(connection->handle(), raw->watch, raw);
    if (code != ZOK)
        PendingCall<T>::from(raw)->fail(code);
    connection->kick(); // also tells a failure
}

template <typename T> void Session::Private::refuse(Answer<T> answer, Done<T> done)
{
    clock.after(
        Duration::zero(),
        [alive = std::weak_ptr(waiting), answer = std::move(answer), done = std::move(done)] {
            if (!alive.expired())
                done(answer);
        });
}

namespace {

/// The library's callback for a watch; `context` is its number.
void onWatch(zhandle_t *handle, int type, int, const char *, void *context)
{
    if (type == ZOO_SESSION_EVENT)
        return; // sessions have their own events
    auto *connection = static_cast<Connection *>(const_cast<void *>(zoo_get_context(handle)));
    connection->fireWatch(reinterpret_cast<Connection::WatchId>(context));
}

watcher_fn watcher(Connection::WatchId watch)
{
    return watch == 0 ? nullptr : &onWatch;
}

void *contextOf(Connection::WatchId watch)
{
    return reinterpret_cast<void *>(watch);
}

} // namespace

void Session::create(const std::string &path, const std::string &data, CreateMode mode,
                     Done<std::string> done)
{
    const auto onAnswer = [](int code, const char *made, const void *call) {
        const auto pending = PendingCall<std::string>::from(call);
        code == ZOK ? pending->finish(std::string(made)) : pending->fail(code);
    };
    d->call<std::string>(
        "create " + path, std::move(done), {}, [&](auto *handle, auto, auto *call) {
            if (data.size() > maxCallBytes)
                return int(ZBADARGUMENTS);
            return zoo_acreate(handle, path.c_str(), data.data(), static_cast<int>(data.size()),
                               aclFor(d->url), modeOf(mode), onAnswer, call);
        });
}

void Session::get(const std::string &path, Done<Node> done, Changed changed)
{
    const auto onAnswer = [](int code, const char *data, int size, const ::Stat *stat,
                             const void *call) {
        const auto pending = PendingCall<Node>::from(call);
        if (code != ZOK)
            return pending->fail(code);
        pending->finish(
            Node{size > 0 ? std::string(data, static_cast<std::size_t>(size)) : "", statOf(*stat)});
    };
    d->call<Node>("read " + path, std::move(done), std::move(changed),
                  [&](auto *handle, auto watch, auto *call) {
                      return zoo_awget(handle, path.c_str(), watcher(watch), contextOf(watch),
                                       onAnswer, call);
                  });
}

void Session::stat(const std::string &path, Done<std::optional<Stat>> done, Changed changed)
{
    const auto onAnswer = [](int code, const ::Stat *stat, const void *call) {
        const auto pending = PendingCall<std::optional<Stat>>::from(call);
        if (code == ZOK)
            pending->finish(std::optional(statOf(*stat)));
        else if (code == ZNONODE)
            pending->finish(std::optional<Stat>());
        else
            pending->fail(code);
    };
    d->call<std::optional<Stat>>("look at " + path, std::move(done), std::move(changed),
                                 [&](auto *handle, auto watch, auto *call) {
                                     return zoo_awexists(handle, path.c_str(), watcher(watch),
                                                         contextOf(watch), onAnswer, call);
                                 });
}

void Session::children(const std::string &path, Done<std::vector<std::string>> done,
                       Changed changed)
{
    using Names = std::vector<std::string>;
    const auto onAnswer = [](int code, const String_vector *names, const void *call) {
        const auto pending = PendingCall<Names>::from(call);
        if (code != ZOK)
            return pending->fail(code);
        pending->finish(names ? Names(names->data, names->data + names->count) : Names());
    };
    d->call<Names>("list " + path, std::move(done), std::move(changed),
                   [&](auto *handle, auto watch, auto *call) {
                       return zoo_awget_children(handle, path.c_str(), watcher(watch),
                                                 contextOf(watch), onAnswer, call);
                   });
}

void Session::set(const std::string &path, const std::string &data, std::int32_t version,
                  Done<Stat> done)
{
    const auto onAnswer = [](int code, const ::Stat *stat, const void *call) {
        const auto pending = PendingCall<Stat>::from(call);
        code == ZOK ? pending->finish(statOf(*stat)) : pending->fail(code);
    };
    d->call<Stat>("set " + path, std::move(done), {}, [&](auto *handle, auto, auto *call) {
        if (data.size() > maxCallBytes)
            return int(ZBADARGUMENTS);
        return zoo_aset(handle, path.c_str(), data.data(), static_cast<int>(data.size()), version,
                        onAnswer, call);
    });
}

void Session::remove(const std::string &path, std::int32_t version, Done<void> done)
{
    const auto onAnswer = [](int code, const void *call) {
        const auto pending = PendingCall<void>::from(call);
        code == ZOK ? pending->finish({}) : pending->fail(code);
    };
    d->call<void>("remove " + path, std::move(done), {}, [&](auto *handle, auto, auto *call) {
        return zoo_adelete(handle, path.c_str(), version, onAnswer, call);
    });
}

namespace {

struct PendingMulti
{
    MultiSteps steps;
    std::unique_ptr<PendingCall<std::vector<OperationResult>>> call;
};

} // namespace

void Session::multi(std::vector<Operation> operations, Done<std::vector<OperationResult>> done)
{
    using Results = std::vector<OperationResult>;
    std::size_t bytes = 0;
    for (const Operation &one : operations)
        bytes += one.path.size() + one.data.size();
    const bool possible = !operations.empty() && bytes <= maxCallBytes;
    const std::string doing =
        "change " + (operations.empty() ? std::string("nothing") : operations.front().path);
    const auto onAnswer = [](int code, const void *given) {
        const std::unique_ptr<PendingMulti> multi(
            static_cast<PendingMulti *>(const_cast<void *>(given)));
        multi->call->finish(multi->steps.answer(code));
    };
    d->call<Results>(doing, std::move(done), {}, [&](auto *handle, auto, auto *call) {
        if (!possible)
            return int(ZBADARGUMENTS);
        std::unique_ptr<PendingMulti> multi(new PendingMulti{
            MultiSteps(std::move(operations), aclFor(d->url)), PendingCall<Results>::from(call)});
        const int code = zoo_amulti(handle, multi->steps.count(), multi->steps.steps(),
                                    multi->steps.results(), onAnswer, multi.get());
        if (code != ZOK)
            (void)multi->call.release(); // still the caller's
        else
            (void)multi.release(); // the library's now
        return code;
    });
}

void Session::sync(const std::string &path, Done<void> done)
{
    const auto onAnswer = [](int code, const char *, const void *call) {
        const auto pending = PendingCall<void>::from(call);
        code == ZOK ? pending->finish({}) : pending->fail(code);
    };
    d->call<void>("sync " + path, std::move(done), {}, [&](auto *handle, auto, auto *call) {
        return zoo_async(handle, path.c_str(), onAnswer, call);
    });
}

} // namespace meseta::zookeeper
