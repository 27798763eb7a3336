#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QTimer>

#include "common/codec/media_type.h"
#include "common/codec/record_io.h"
#include "common/http/client.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::execute {

struct MasterAddress
{
    std::string host;
    std::uint16_t port = 5050;
};

/// How it speaks to the master.
struct ConnectionOptions
{
    /// Empty host: `follow` tells it.
    MasterAddress master;
    bool json = false;
    std::optional<std::string> authorization; ///< value of the Authorization header
    std::chrono::milliseconds firstRetry{500}; ///< doubles up to `longestRetry`
    std::chrono::milliseconds longestRetry{5000};
    std::chrono::milliseconds longestSilence{75000}; ///< five heartbeats of a master
};

/// A scheduler's side of the Mesos v1 scheduler API: one streaming SUBSCRIBE, the other calls one
/// after another beside it. Finds the leader by redirects, comes back after a lost connection, and
/// says what is going on.
class MasterConnection : public QObject
{
    Q_OBJECT
public:
    explicit MasterConnection(ConnectionOptions options, QObject *parent = nullptr);
    ~MasterConnection() override;

    /// What SUBSCRIBE carries, asked for at each try.
    std::function<mesos::v1::FrameworkInfo()> frameworkInfo;

    void start();

    /// Another master leads (found in ZooKeeper), or none does. Nothing is lost with that: the
    /// framework subscribes again with its id.
    void follow(const std::optional<MasterAddress> &leader);

    /// Sends a call after those before it. Calls of a lost connection are forgotten.
    void send(const mesos::v1::scheduler::Call &call);

    /// Asks a Meseta master why the framework got no offers. Other masters know nothing of it: then
    /// nothing comes back.
    void askDecisions(const mesos::v1::FrameworkID &frameworkId,
                      std::function<void(std::vector<meseta::v1::OfferDecision>)> done);

    /// Emits `drained` once every call was answered, at the latest after `limit`.
    void drain(std::chrono::milliseconds limit);

Q_SIGNALS:
    void event(const mesos::v1::scheduler::Event &event);
    void trouble(const QString &sentence); ///< for the user; it goes on trying
    void refused(const QString &sentence); ///< the master will not have it; it is over
    void drained();

private:
    void subscribe();
    void onHead(const http::Response &head);
    void onData(const QByteArray &bytes);
    void onStreamEnd(const QString &reason);
    void onRefusal();
    void followRedirect(const QByteArray &location);
    void dropStream();
    void retryLater(const QString &reason);
    void sendNext();
    void onCallAnswered(const QByteArray &name, const Result<http::Response> &response);
    void checkDrained();
    http::Endpoint endpoint() const;
    http::Request request(const QByteArray &target, const google::protobuf::Message &message) const;
    QString where() const;

    ConnectionOptions m_options;
    MasterAddress m_leader;
    codec::MediaType m_mediaType;
    http::Client m_client;
    std::unique_ptr<http::Exchange> m_stream;
    codec::RecordDecoder m_decoder;
    QByteArray m_streamId;
    int m_status = 0;
    QByteArray m_refusal; ///< body of an answer that is not a stream
    std::deque<mesos::v1::scheduler::Call> m_queue;
    bool m_calling = false;
    bool m_draining = false;
    bool m_over = false;
    bool m_started = false;
    int m_redirects = 0;
    std::chrono::milliseconds m_retryDelay;
    QString m_lastTrouble;
    QTimer m_retry;
};

} // namespace meseta::execute
