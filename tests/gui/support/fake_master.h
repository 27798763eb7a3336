#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/http/server.h"
#include "meseta/v1/meseta.pb.h"

/// A master of a few lines for the console's tests: a snapshot, then whatever a test sends; files
/// to tail.
class FakeMaster
{
public:
    FakeMaster();

    quint16 port() const { return m_server->port(); }
    void send(const ::meseta::v1::Event &event);
    void sendRaw(const QByteArray &bytes); ///< as they are, whether a record or not
    void cut(); ///< closes every stream
    void stop(); ///< and takes no connection anymore
    void setStock(bool stock) { m_stock = stock; } ///< answers 404 to our own API
    int subscriptions() const { return m_subscriptions; }

    ::meseta::v1::Event snapshot; ///< what a new subscriber gets first
    QByteArray file; ///< what READ_FILE reads
    /// What it answers instead: for files that nobody could hold, and for agents that lie.
    std::function<void(std::uint64_t offset, std::uint64_t length,
                       mesos::v1::master::Response::ReadFile &answer)>
        onRead;
    bool answersState = true; ///< false: GET_STATE fails
    bool snapshotFirst = true; ///< false: a new subscriber gets nothing at first
    std::optional<QString> redirectStreamsTo; ///< 307 instead of a stream
    QString redirectCallsTo; ///< 307 instead of an answer
    int redirects = 0; ///< of streams
    int folderSize = 0; ///< files that LIST_FILES tells of
    std::vector<mesos::v1::master::Call> calls; ///< all but SUBSCRIBE

private:
    void subscribe(const meseta::http::Request &request,
                   std::shared_ptr<meseta::http::Responder> responder);
    void call(const meseta::http::Request &request,
              std::shared_ptr<meseta::http::Responder> responder);

    std::unique_ptr<meseta::http::Server> m_server;
    std::vector<std::shared_ptr<meseta::http::ResponseStream>> m_streams;
    bool m_stock = false;
    int m_subscriptions = 0;
};
