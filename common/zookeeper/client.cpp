#include "common/zookeeper/client.h"

#include <QPointer>

namespace meseta::zookeeper {

namespace {

/// Makes a node, and first those above it that are missing.
class PathMaker : public std::enable_shared_from_this<PathMaker>
{
public:
    PathMaker(Client &client, Done<void> done) : m_client(&client), m_done(std::move(done)) { }

    void make(const std::string &path)
    {
        if (!m_client)
            return;
        m_client->create(path, {}, CreateMode::Persistent,
                         [self = shared_from_this(), path](const Answer<std::string> &made) {
                             self->onMade(path, made);
                         });
    }

private:
    void onMade(const std::string &path, const Answer<std::string> &made)
    {
        if (made || made.error().code == Code::NodeExists)
            return next();
        const std::string parent = parentPath(path);
        if (made.error().code == Code::NoNode && !parent.empty()) {
            m_missing.push_back(path);
            return make(parent);
        }
        if (made.error().code == Code::NoAuth)
            return checkThatItExists(path, made.error());
        m_done(tl::unexpected(made.error()));
    }

    /// Who may not create here may still use what an operator made.
    void checkThatItExists(const std::string &path, const Failure &refused)
    {
        if (!m_client)
            return;
        m_client->stat(
            path, [self = shared_from_this(), refused](const Answer<std::optional<Stat>> &stat) {
                if (stat && *stat)
                    self->next();
                else
                    self->m_done(tl::unexpected(refused));
            });
    }

    void next()
    {
        if (m_missing.empty())
            return m_done({});
        const std::string path = std::move(m_missing.back());
        m_missing.pop_back();
        make(path);
    }

    QPointer<Client> m_client;
    Done<void> m_done;
    std::vector<std::string> m_missing; ///< below the node being made, the highest last
};

} // namespace

void Client::createPath(const std::string &path, Done<void> done)
{
    std::make_shared<PathMaker>(*this, std::move(done))->make(path);
}

std::string_view codeText(Code code)
{
    switch (code) {
    case Code::ConnectionLoss:
        return "the connection to ZooKeeper was lost";
    case Code::SessionExpired:
        return "the ZooKeeper session is over";
    case Code::NoNode:
        return "no such node";
    case Code::NodeExists:
        return "the node exists";
    case Code::NotEmpty:
        return "the node has children";
    case Code::BadVersion:
        return "the node was changed by somebody else";
    case Code::NoAuth:
        return "the node's ACL does not allow it; check the user and password in the URL";
    case Code::AuthFailed:
        return "ZooKeeper refuses the credentials; check the user and password in the URL";
    case Code::Overloaded:
        return "too many calls wait for an answer of ZooKeeper";
    case Code::RolledBack:
        return "another part of the same transaction failed";
    case Code::Other:
        break;
    }
    return "ZooKeeper refused";
}

std::string parentPath(const std::string &path)
{
    return path.substr(0, path.rfind('/'));
}

} // namespace meseta::zookeeper
