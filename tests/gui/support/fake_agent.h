#pragma once

#include <functional>
#include <memory>

#include <QHash>

#include "common/http/server.h"
#include "mesos/v1/agent/agent.pb.h"

/// An agent of a few lines for the console's tests: files of a sandbox, and what containers use.
class FakeAgent
{
public:
    FakeAgent();

    std::string pid() const; ///< as an agent tells where it is
    int asked(mesos::v1::agent::Call::Type type) const { return m_asked.value(type); }

    QHash<QString, QByteArray> files; ///< by the end of their path: "stdout"
    mesos::v1::agent::Response::GetContainers containers;
    bool silent = false; ///< answers 503
    std::function<void()> beforeAnswer; ///< time to change what is told

private:
    void answer(const meseta::http::Request &request,
                std::shared_ptr<meseta::http::Responder> responder);
    void list(mesos::v1::agent::Response &response, const std::string &path) const;

    std::unique_ptr<meseta::http::Server> m_server;
    QHash<int, int> m_asked;
};
