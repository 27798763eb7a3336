#include "tests/common/zookeeper/fake_ensemble.h"

#include <algorithm>
#include <cstdio>

namespace meseta::test {

using namespace zookeeper;

namespace {

tl::unexpected<Failure> refused(Code code, const std::string &path)
{
    return tl::unexpected(Failure{code, path + ": " + std::string(codeText(code))});
}

bool isSequential(CreateMode mode)
{
    return mode == CreateMode::PersistentSequential || mode == CreateMode::EphemeralSequential;
}

bool isEphemeral(CreateMode mode)
{
    return mode == CreateMode::Ephemeral || mode == CreateMode::EphemeralSequential;
}

} // namespace

std::unique_ptr<FakeClient> FakeEnsemble::client(Duration sessionTimeout)
{
    return std::make_unique<FakeClient>(*this, sessionTimeout);
}

std::vector<std::string> FakeEnsemble::childrenOf(const std::string &path) const
{
    const std::string prefix = path + "/";
    std::vector<std::string> names;
    for (auto at = m_nodes.lower_bound(prefix);
         at != m_nodes.end() && at->first.starts_with(prefix); ++at) {
        if (at->first.find('/', prefix.size()) == std::string::npos)
            names.push_back(at->first.substr(prefix.size()));
    }
    return names;
}

const std::string *FakeEnsemble::dataOf(const std::string &path) const
{
    const auto found = m_nodes.find(path);
    return found == m_nodes.end() ? nullptr : &found->second.data;
}

void FakeEnsemble::put(const std::string &path, const std::string &data)
{
    if (m_nodes.contains(path)) {
        (void)set(Operation::set(path, data));
    } else {
        if (const std::string parent = parentPath(path); !parent.empty() && !dataOf(parent))
            put(parent, {});
        (void)create(0, Operation::create(path, data));
    }
    tellChanges();
}

void FakeEnsemble::erase(const std::string &path)
{
    (void)remove(Operation::remove(path));
    tellChanges();
}

Answer<std::string> FakeEnsemble::create(std::int64_t session, const Operation &what)
{
    std::string path = what.path;
    const std::string parent = parentPath(path);
    const auto above = m_nodes.find(parent);
    if (!parent.empty() && above == m_nodes.end())
        return refused(Code::NoNode, path);
    if (isSequential(what.mode)) {
        char number[16];
        std::snprintf(number, sizeof number, "%010llu",
                      static_cast<unsigned long long>(above->second.nextSequence++));
        path += number;
    }
    if (m_nodes.contains(path))
        return refused(Code::NodeExists, path);
    ++m_writes;
    Entry &made = m_nodes[path];
    made.data = what.data;
    made.stat.createdZxid = made.stat.modifiedZxid = ++m_zxid;
    made.stat.owner = isEphemeral(what.mode) ? session : 0;
    if (above != m_nodes.end())
        ++above->second.stat.childrenVersion;
    m_changes.push_back({WatchKind::Data, path});
    m_changes.push_back({WatchKind::Children, parent});
    return path;
}

Answer<Stat> FakeEnsemble::set(const Operation &what)
{
    const auto found = m_nodes.find(what.path);
    if (found == m_nodes.end())
        return refused(Code::NoNode, what.path);
    Entry &entry = found->second;
    if (what.version != anyVersion && what.version != entry.stat.version)
        return refused(Code::BadVersion, what.path);
    ++m_writes;
    entry.data = what.data;
    ++entry.stat.version;
    entry.stat.modifiedZxid = ++m_zxid;
    m_changes.push_back({WatchKind::Data, what.path});
    return entry.stat;
}

Answer<void> FakeEnsemble::remove(const Operation &what)
{
    const auto found = m_nodes.find(what.path);
    if (found == m_nodes.end())
        return refused(Code::NoNode, what.path);
    if (what.version != anyVersion && what.version != found->second.stat.version)
        return refused(Code::BadVersion, what.path);
    if (!childrenOf(what.path).empty())
        return refused(Code::NotEmpty, what.path);
    ++m_writes;
    ++m_zxid;
    m_nodes.erase(found);
    m_changes.push_back({WatchKind::Data, what.path});
    m_changes.push_back({WatchKind::Children, what.path});
    m_changes.push_back({WatchKind::Children, parentPath(what.path)});
    return {};
}

Answer<void> FakeEnsemble::check(const Operation &what) const
{
    const auto found = m_nodes.find(what.path);
    if (found == m_nodes.end())
        return refused(Code::NoNode, what.path);
    if (what.version != anyVersion && what.version != found->second.stat.version)
        return refused(Code::BadVersion, what.path);
    return {};
}

Answer<std::vector<OperationResult>> FakeEnsemble::multi(std::int64_t session,
                                                         const std::vector<Operation> &operations)
{
    const auto before = m_nodes;
    const auto zxid = m_zxid;
    std::vector<OperationResult> results;
    for (const Operation &one : operations) {
        std::optional<Failure> failed;
        OperationResult result{one.path, {}};
        const auto note = [&](const auto &answer) {
            if (!answer)
                failed = answer.error();
            return answer.has_value();
        };
        if (one.kind == Operation::Kind::Create) {
            if (const auto made = create(session, one); note(made))
                result.path = *made;
        } else if (one.kind == Operation::Kind::Set) {
            if (const auto stat = set(one); note(stat))
                result.stat = *stat;
        } else {
            note(one.kind == Operation::Kind::Remove ? remove(one) : check(one));
        }
        if (failed) {
            m_nodes = before;
            m_zxid = zxid;
            m_changes.clear();
            return tl::unexpected(*failed);
        }
        results.push_back(std::move(result));
    }
    return results;
}

void FakeEnsemble::tellChanges()
{
    for (const Change &change : std::exchange(m_changes, {})) {
        for (auto at = m_watches.begin(); at != m_watches.end();) {
            if (at->missed || at->path != change.path || at->kind != change.kind) {
                ++at;
                continue;
            }
            const Watch watch = std::move(*at);
            at = m_watches.erase(at);
            const auto client = watch.client.lock();
            if (!client)
                continue;
            // A client that is cut off hears of it when it is back in the same session.
            m_clock.after(m_latency, [watch, this] {
                const auto alive = watch.client.lock();
                if (!alive || (*alive)->m_session != watch.session)
                    return;
                if ((*alive)->m_connected)
                    return (*alive)->after({}, watch.changed);
                m_watches.push_back(watch);
                m_watches.back().missed = true;
            });
        }
    }
}

void FakeEnsemble::endSession(std::int64_t session)
{
    if (m_sessions.erase(session) == 0)
        return;
    std::vector<std::string> owned;
    for (const auto &[path, entry] : m_nodes) {
        if (entry.stat.owner == session)
            owned.push_back(path);
    }
    for (const std::string &path : owned)
        (void)remove(Operation::remove(path));
    std::erase_if(m_watches, [session](const Watch &one) { return one.session == session; });
    tellChanges();
}

FakeClient::FakeClient(FakeEnsemble &ensemble, Duration sessionTimeout)
    : m_ensemble(ensemble), m_timeout(sessionTimeout), m_self(std::make_shared<FakeClient *>(this))
{
    after(m_ensemble.m_latency, [this] { connectNow(); });
}

FakeClient::~FakeClient()
{
    m_self.reset();
    m_ensemble.m_clock.cancel(m_serverExpiry);
    m_ensemble.m_clock.cancel(m_ownExpiry);
    if (m_connected && !m_frozen)
        m_ensemble.endSession(m_session);
    else if (m_session != 0)
        m_ensemble.m_clock.after(m_timeout, [ensemble = &m_ensemble, session = m_session] {
            ensemble->endSession(session);
        });
}

void FakeClient::after(Duration delay, std::function<void()> callback)
{
    m_ensemble.m_clock.after(delay, [self = std::weak_ptr(m_self), run = std::move(callback)] {
        const auto alive = self.lock();
        if (!alive)
            return;
        if ((*alive)->m_frozen)
            (*alive)->m_dueLater.push_back(run);
        else
            run();
    });
}

void FakeClient::freeze()
{
    m_frozen = true;
    if (m_connected)
        m_serverExpiry = m_ensemble.m_clock.after(
            m_timeout, [this, session = m_session] { m_ensemble.endSession(session); });
}

void FakeClient::thaw()
{
    m_frozen = false;
    const std::weak_ptr<FakeClient *> self = m_self;
    if (m_connected && !m_reachable)
        lose(); // cut off in the meantime
    else if (m_connected)
        m_ensemble.m_clock.cancel(std::exchange(m_serverExpiry, 0));
    for (const auto &run : std::exchange(m_dueLater, {})) {
        if (!self.expired())
            run();
    }
    if (!self.expired() && m_connected && !m_ensemble.m_sessions.contains(m_session))
        after(m_ensemble.m_latency, [this, session = m_session] {
            if (m_session == session)
                heardOfExpiry();
        });
}

void FakeClient::connectNow()
{
    if (!m_reachable || m_connected)
        return;
    m_ensemble.m_clock.cancel(std::exchange(m_serverExpiry, 0));
    m_ensemble.m_clock.cancel(std::exchange(m_ownExpiry, 0));
    if (m_session != 0 && !m_ensemble.m_sessions.contains(m_session))
        return heardOfExpiry();
    if (m_session == 0) {
        m_session = m_ensemble.m_nextSession++;
        m_ensemble.m_sessions.insert(m_session);
    }
    m_connected = true;
    Q_EMIT connected();
    // Watches that fired while it was away.
    std::vector<Changed> missed;
    for (auto at = m_ensemble.m_watches.begin(); at != m_ensemble.m_watches.end();) {
        const bool mine = at->session == m_session && at->missed;
        if (mine)
            missed.push_back(std::move(at->changed));
        at = mine ? m_ensemble.m_watches.erase(at) : at + 1;
    }
    for (const Changed &changed : missed)
        after({}, changed);
}

void FakeClient::heardOfExpiry()
{
    m_connected = false;
    m_session = 0;
    ++m_link;
    m_ensemble.m_clock.cancel(std::exchange(m_ownExpiry, 0));
    after(m_ensemble.m_latency, [this] { connectNow(); });
    Q_EMIT expired();
}

void FakeClient::cut()
{
    m_reachable = false;
    if (!m_connected || m_frozen)
        return;
    m_serverExpiry = m_ensemble.m_clock.after(
        m_timeout, [this, session = m_session] { m_ensemble.endSession(session); });
    lose();
}

void FakeClient::lose()
{
    m_connected = false;
    ++m_link;
    m_ownExpiry = m_ensemble.m_clock.after(m_timeout, [this] {
        m_ownExpiry = 0;
        after({}, [this] {
            if (!m_connected && m_session != 0)
                heardOfExpiry();
        });
    });
    Q_EMIT disconnected();
}

void FakeClient::restore()
{
    m_reachable = true;
    after(m_ensemble.m_latency, [this] { connectNow(); });
}

void FakeClient::expireNow()
{
    m_ensemble.endSession(m_session);
    if (m_connected)
        after(m_ensemble.m_latency, [this, session = m_session] {
            if (m_session == session)
                heardOfExpiry();
        });
}

/// The call reaches the ensemble after the latency and its answer comes after another, unless the
/// connection breaks between.
template <typename T, typename Work> void FakeClient::call(Done<T> done, Work work)
{
    const auto lost = [](Code code) {
        return tl::unexpected(Failure{code, std::string(codeText(code))});
    };
    if (!m_connected)
        return after({}, [done, lost] { done(lost(Code::ConnectionLoss)); });
    const std::uint64_t link = m_link;
    after(m_ensemble.m_latency, [this, link, done, work, lost] {
        if (link != m_link)
            return done(lost(Code::ConnectionLoss));
        if (!m_ensemble.m_sessions.contains(m_session))
            return done(lost(Code::SessionExpired));
        m_watchSet = 0;
        const Answer<T> answer = work();
        const std::uint64_t watchSet = m_watchSet;
        m_ensemble.tellChanges();
        if (m_loseAnswers) {
            cut();
            restore();
        }
        after(m_ensemble.m_latency, [this, link, done, answer, lost, watchSet] {
            if (link == m_link)
                return done(answer);
            std::erase_if(m_ensemble.m_watches,
                          [&](const auto &one) { return watchSet != 0 && one.id == watchSet; });
            done(lost(Code::ConnectionLoss));
        });
    });
}

void FakeClient::watch(FakeEnsemble::WatchKind kind, const std::string &path, Changed changed)
{
    if (!changed)
        return;
    m_watchSet = ++m_ensemble.m_lastWatch;
    m_ensemble.m_watches.push_back(
        {m_watchSet, kind, path, m_self, m_session, std::move(changed), false});
}

void FakeClient::create(const std::string &path, const std::string &data, CreateMode mode,
                        Done<std::string> done)
{
    call<std::string>(std::move(done), [this, path, data, mode] {
        return m_ensemble.create(m_session, Operation::create(path, data, mode));
    });
}

void FakeClient::get(const std::string &path, Done<Node> done, Changed changed)
{
    call<Node>(std::move(done), [this, path, changed]() -> Answer<Node> {
        const auto found = m_ensemble.m_nodes.find(path);
        if (found == m_ensemble.m_nodes.end())
            return refused(Code::NoNode, path);
        watch(FakeEnsemble::WatchKind::Data, path, changed);
        return Node{found->second.data, found->second.stat};
    });
}

void FakeClient::stat(const std::string &path, Done<std::optional<Stat>> done, Changed changed)
{
    call<std::optional<Stat>>(std::move(done),
                              [this, path, changed]() -> Answer<std::optional<Stat>> {
                                  watch(FakeEnsemble::WatchKind::Data, path, changed);
                                  const auto found = m_ensemble.m_nodes.find(path);
                                  if (found == m_ensemble.m_nodes.end())
                                      return std::optional<Stat>();
                                  return std::optional(found->second.stat);
                              });
}

void FakeClient::children(const std::string &path, Done<std::vector<std::string>> done,
                          Changed changed)
{
    call<std::vector<std::string>>(std::move(done),
                                   [this, path, changed]() -> Answer<std::vector<std::string>> {
                                       if (!m_ensemble.m_nodes.contains(path))
                                           return refused(Code::NoNode, path);
                                       watch(FakeEnsemble::WatchKind::Children, path, changed);
                                       return m_ensemble.childrenOf(path);
                                   });
}

void FakeClient::set(const std::string &path, const std::string &data, std::int32_t version,
                     Done<Stat> done)
{
    call<Stat>(std::move(done), [this, path, data, version] {
        return m_ensemble.set(Operation::set(path, data, version));
    });
}

void FakeClient::remove(const std::string &path, std::int32_t version, Done<void> done)
{
    call<void>(std::move(done), [this, path, version] {
        return m_ensemble.remove(Operation::remove(path, version));
    });
}

void FakeClient::multi(std::vector<Operation> operations, Done<std::vector<OperationResult>> done)
{
    call<std::vector<OperationResult>>(std::move(done), [this, operations = std::move(operations)] {
        return m_ensemble.multi(m_session, operations);
    });
}

void FakeClient::sync(const std::string &, Done<void> done)
{
    call<void>(std::move(done), [] { return Answer<void>(); });
}

} // namespace meseta::test
