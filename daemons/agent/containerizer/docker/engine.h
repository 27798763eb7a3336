#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include <QJsonDocument>
#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/client.h"

namespace meseta::agent {

/// What the engine answered.
struct DockerReply
{
    int status = 0;
    QByteArray body;

    bool ok() const { return status >= 200 && status < 300; }
    QJsonObject object() const { return QJsonDocument::fromJson(body).object(); }
    /// The engine's own words for a refusal.
    std::string message() const;
};

/// A Docker engine behind its API: agrees on a version, tells when the engine comes and goes, and
/// when a container dies.
///
/// The engine's event stream is its pulse: while it is open (and `_ping` answers) the engine is up.
/// Source: Docker Engine API v1.41, versions 1.24 and up.
class DockerEngine : public QObject
{
    Q_OBJECT
public:
    struct Options
    {
        std::string socket; ///< path, or "tcp://host:port"
        std::string workDirLabel; ///< value of the label that marks this agent's containers
        Duration timeout = std::chrono::seconds(30);
    };
    using Reply = std::function<void(Result<DockerReply>)>;

    explicit DockerEngine(Options options, QObject *parent = nullptr);
    ~DockerEngine() override;

    bool isUp() const { return m_up; }
    /// Up, or why not.
    Result<> state() const;

    /// Calls back, later, once the engine is up, or after `wait` with the reason why it is not.
    void whenUp(Duration wait, std::function<void(Result<>)> done);
    /// Calls back, later, once the first attempt to reach the engine has ended.
    void whenTried(std::function<void(Result<>)> done);

    /// `target` is a path with its query, without the version: "/containers/json?all=1". A reply of
    /// any status is a value.
    void call(const QByteArray &method, const QByteArray &target, const QByteArray &body,
              Reply done, Duration timeout = Duration::zero());
    void get(const QByteArray &target, Reply done) { call("GET", target, {}, std::move(done)); }
    void post(const QByteArray &target, const QJsonObject &body, Reply done);

    /// A streamed answer, with additional headers.
    std::unique_ptr<http::Exchange> open(const QByteArray &method, const QByteArray &target,
                                         const QByteArray &body, http::Headers headers,
                                         Duration silence = Duration::zero());

    /// "the Docker engine at unix:///var/run/docker.sock".
    std::string name() const;
    /// The machine's memory as the engine told it; 0 before it was up.
    double totalMemoryBytes() const { return m_totalMemory; }
    bool logsToFiles() const { return m_logsToFiles; } ///< its default log driver is json-file

    static constexpr const char *workDirLabelKey = "meseta.work_dir";

Q_SIGNALS:
    void up();
    void down(const QString &reason);
    void containerDied(const QString &dockerId);

private:
    struct Waiter
    {
        std::function<void(Result<>)> done;
        std::unique_ptr<QTimer> timer;
    };

    void probe();
    void probeFailed(const std::string &reason);
    void agreeOn(const DockerReply &version);
    void askAboutMachine();
    void openEvents();
    void readEvents(const QByteArray &bytes);
    void handleEvent(const QJsonObject &event);
    void becomeUp();
    void becomeDown(const std::string &reason);
    void ping();
    void tried();
    void tellWaiters();
    http::Request request(const QByteArray &method, const QByteArray &target,
                          const QByteArray &body) const;
    std::string explain(const std::string &reason) const;

    Options m_options;
    http::Client m_client;
    http::Endpoint m_endpoint;
    std::string m_version; ///< "1.41" once agreed
    bool m_up = false;
    bool m_tried = false;
    std::string m_reason = "it has not been asked yet";
    double m_totalMemory = 0;
    bool m_logsToFiles = false;
    http::Exchange *m_events = nullptr;
    QByteArray m_eventText;
    QTimer m_retry;
    QTimer m_ping;
    std::chrono::milliseconds m_retryDelay{200};
    std::list<Waiter> m_waiters;
    std::vector<std::function<void(Result<>)>> m_triedWaiters;
};

} // namespace meseta::agent
