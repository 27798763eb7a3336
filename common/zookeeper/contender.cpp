#include "common/zookeeper/contender.h"

#include "common/zookeeper/membership.h"

namespace meseta::zookeeper {

namespace {
constexpr Duration retryDelay = std::chrono::seconds(2);
}

Contender::Contender(Client &client, std::string path, Clock &clock, QObject *parent)
    : QObject(parent), m_client(client), m_path(std::move(path)), m_clock(clock)
{
    connect(&client, &Client::connected, this, &Contender::proceed);
    connect(&client, &Client::expired, this, &Contender::forget);
}

Contender::~Contender()
{
    m_clock.cancel(m_retry);
}

template <typename Callback> auto Contender::guarded(Callback callback)
{
    return [this, alive = std::weak_ptr(m_alive), session = m_session,
            callback = std::move(callback)](const auto &...answer) {
        if (!alive.expired() && session == m_session)
            callback(answer...);
    };
}

void Contender::contend(std::string text)
{
    m_text = std::move(text);
    m_wanted = true;
    m_unclean |= m_busy || !m_node.empty();
    m_node.clear();
    proceed();
}

void Contender::withdraw()
{
    m_wanted = false;
    m_unclean |= m_busy || !m_node.empty();
    m_node.clear();
    proceed();
}

void Contender::forget()
{
    ++m_session;
    m_busy = m_unclean = m_groupMade = false;
    m_toSweep.clear();
    m_clock.cancel(std::exchange(m_retry, 0));
    if (m_node.empty())
        return; // it enters as soon as it can
    m_node.clear();
    m_wanted = false;
    Q_EMIT lost();
}

void Contender::proceed()
{
    if (m_busy || !m_client.isConnected())
        return;
    m_clock.cancel(std::exchange(m_retry, 0));
    step();
}

void Contender::step()
{
    m_busy = true;
    if (m_wanted && !m_groupMade)
        makeGroup();
    else if (m_unclean)
        sweep();
    else if (m_wanted && m_node.empty())
        makeNode();
    else
        m_busy = false;
}

void Contender::makeGroup()
{
    m_client.createPath(m_path, guarded([this](const Answer<void> &made) {
                            if (!made)
                                return failed(made.error());
                            m_groupMade = true;
                            step();
                        }));
}

void Contender::makeNode()
{
    m_client.create(m_path + "/" + std::string(memberPrefix), m_text,
                    CreateMode::EphemeralSequential,
                    guarded([this](const Answer<std::string> &made) {
                        if (!made) {
                            m_unclean = true; // it may be there all the same
                            return failed(made.error());
                        }
                        m_busy = false;
                        if (m_unclean || !m_wanted) // meanwhile it was asked for something else
                            return proceed();
                        m_node = made->substr(m_path.size() + 1);
                        watchNode();
                        Q_EMIT entered();
                    }));
}

void Contender::watchNode()
{
    const std::string node = m_node;
    const auto gone = [this, node] {
        if (node != m_node)
            return;
        m_node.clear();
        m_wanted = false;
        Q_EMIT lost();
    };
    const auto look = [this, node] {
        if (node == m_node)
            watchNode();
    };
    m_client.stat(m_path + "/" + node,
                  guarded([this, gone, look](const Answer<std::optional<Stat>> &stat) {
                      if (stat && !*stat)
                          gone();
                      else if (!stat)
                          m_clock.after(retryDelay, guarded(look));
                  }),
                  guarded(look));
}

void Contender::sweep()
{
    m_unclean = false;
    m_client.children(m_path, guarded([this](const Answer<std::vector<std::string>> &children) {
                          if (!children && children.error().code != Code::NoNode) {
                              m_unclean = true;
                              return failed(children.error());
                          }
                          m_toSweep.clear();
                          for (const std::string &name :
                               children.value_or(std::vector<std::string>())) {
                              if (name.starts_with(memberPrefix))
                                  m_toSweep.push_back(name);
                          }
                          sweepNext();
                      }),
                      {});
}

/// Removes the nodes of this session, one after the other.
void Contender::sweepNext()
{
    if (m_toSweep.empty())
        return step();
    const std::string path = m_path + "/" + m_toSweep.back();
    const auto again = [this](const Failure &failure) {
        m_unclean = true;
        failed(failure);
    };
    m_client.stat(path, guarded([this, path, again](const Answer<std::optional<Stat>> &stat) {
                      if (!stat)
                          return again(stat.error());
                      m_toSweep.pop_back();
                      if (!*stat || (*stat)->owner != m_client.sessionId())
                          return sweepNext();
                      m_client.remove(path, anyVersion,
                                      guarded([this, again](const Answer<void> &removed) {
                                          if (!removed && removed.error().code != Code::NoNode)
                                              return again(removed.error());
                                          sweepNext();
                                      }));
                  }),
                  {});
}

void Contender::failed(const Failure &failure)
{
    m_busy = false;
    if (!failure.isPassing())
        qWarning("Cannot stand for election; trying again every two seconds: %s",
                 failure.message.c_str());
    m_clock.cancel(m_retry);
    m_retry = m_clock.after(retryDelay, [this] {
        m_retry = 0;
        proceed();
    });
    // The connection may have come back while the failed answer was on its way.
    if (failure.code == Code::ConnectionLoss && m_client.isConnected())
        proceed();
}

} // namespace meseta::zookeeper
