#include "common/zookeeper/detector.h"

#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "common/zookeeper/membership.h"

namespace meseta::zookeeper {

namespace {

constexpr Duration retryDelay = std::chrono::seconds(2);

bool same(const std::optional<mesos::v1::MasterInfo> &a,
          const std::optional<mesos::v1::MasterInfo> &b)
{
    if (!a || !b)
        return a.has_value() == b.has_value();
    return google::protobuf::util::MessageDifferencer::Equals(*a, *b);
}

} // namespace

Detector::Detector(Client &client, std::string path, Clock &clock, QObject *parent)
    : QObject(parent), m_client(client), m_path(std::move(path)), m_clock(clock)
{
    connect(&client, &Client::connected, this, &Detector::read);
    connect(&client, &Client::expired, this, &Detector::forget);
}

Detector::~Detector()
{
    m_clock.cancel(m_retry);
}

/// Answers that come after this, or after the session they were asked in, are dropped.
template <typename Callback> auto Detector::guarded(Callback callback)
{
    return [this, alive = std::weak_ptr(m_alive), session = m_session,
            callback = std::move(callback)](const auto &...answer) {
        if (!alive.expired() && session == m_session)
            callback(answer...);
    };
}

void Detector::start()
{
    m_started = true;
    if (m_client.isConnected())
        read();
}

void Detector::forget()
{
    ++m_session;
    m_reading = m_readAgain = m_watching = false;
    m_leaderNode.clear();
    m_contenders = 0;
    setLeader(std::nullopt);
}

void Detector::read()
{
    if (!m_started)
        return;
    if (m_reading) {
        m_readAgain = true;
        return;
    }
    m_clock.cancel(std::exchange(m_retry, 0));
    m_reading = true;
    Client::Changed changed;
    if (!m_watching) {
        m_watching = true;
        changed = guarded([this] {
            m_watching = false;
            read();
        });
    }
    m_client.children(
        m_path,
        guarded([this, asked = bool(changed)](const Answer<std::vector<std::string>> &answer) {
            if (!answer && asked)
                m_watching = false;
            onChildren(answer);
        }),
        changed);
}

void Detector::onChildren(const Answer<std::vector<std::string>> &children)
{
    if (!children && children.error().code == Code::NoNode)
        return makeGroup();
    if (!children)
        return retryLater(children.error());
    m_contenders = static_cast<std::size_t>(
        std::count_if(children->begin(), children->end(),
                      [](const std::string &name) { return Member::parse(name).has_value(); }));
    const std::optional<Member> leader = leaderOf(*children);
    if (leader && leader->name == m_leaderNode)
        return finish();
    m_leaderNode.clear();
    if (leader)
        return readLeader(leader->name);
    setLeader(std::nullopt);
    finish();
}

void Detector::readLeader(const std::string &name)
{
    m_client.get(m_path + "/" + name, guarded([this, name](const Answer<Node> &node) {
                     if (!node && node.error().code == Code::NoNode) {
                         m_readAgain = true; // it went between the two calls
                         return finish();
                     }
                     if (!node)
                         return retryLater(node.error());
                     m_leaderNode = name;
                     const auto master = parseMaster(*Member::parse(name), node->data);
                     if (!master)
                         qWarning("The master that leads cannot be read: %s",
                                  master.error().message.c_str());
                     setLeader(master ? std::optional(*master) : std::nullopt);
                     finish();
                 }));
}

/// As every Mesos client of a group does: whoever comes first makes it.
void Detector::makeGroup()
{
    m_client.createPath(m_path, guarded([this](const Answer<void> &made) {
                            if (!made)
                                return retryLater(made.error());
                            m_readAgain = true;
                            finish();
                        }));
}

void Detector::finish()
{
    m_reading = false;
    if (std::exchange(m_readAgain, false))
        read();
}

/// A connection that comes back reads at once; this is for what else may pass.
void Detector::retryLater(const Failure &failure)
{
    if (!failure.isPassing())
        qWarning("Cannot find the leading master: %s", failure.message.c_str());
    m_reading = false;
    m_readAgain = false;
    m_clock.cancel(m_retry);
    m_retry = m_clock.after(retryDelay, [this] {
        m_retry = 0;
        read();
    });
    // The connection may have come back while the failed answer was on its way.
    if (failure.code == Code::ConnectionLoss && m_client.isConnected())
        read();
}

void Detector::setLeader(std::optional<mesos::v1::MasterInfo> leader)
{
    if (same(m_leader, leader))
        return;
    m_leader = std::move(leader);
    Q_EMIT leaderChanged();
}

} // namespace meseta::zookeeper
