#pragma once

#include <memory>

#include <QTimer>

#include "daemons/agent/images/registry/body_sink.h"
#include "daemons/agent/images/registry/registry_session.h"

namespace meseta::agent {

/// One GET with all that may be needed until its body is there: letting in, redirects, repetition
/// with growing pauses, and going on where a broken transfer ended (Range, RFC 9110 §14).
class RegistryFetch : public QObject
{
    Q_OBJECT
public:
    struct What
    {
        QUrl url;
        QByteArray accept;
        std::string name; ///< for errors: "the manifest of library/redis:latest"
        bool withCredentials = true; ///< false for places that are not the registry's own
    };
    using Done = std::function<void(Result<http::Headers>)>;

    /// `done` comes once, later, with the headers of the answer; it may delete this object by
    /// deleteLater only. Deleting it earlier stops the transfer.
    RegistryFetch(RegistrySession &session, What what, BodySink &sink, Done done,
                  QObject *parent = nullptr);
    ~RegistryFetch() override;

    /// Ends it at once: the sink is not used any more, `done` does not come.
    void stop();

Q_SIGNALS:
    void progressed();

private:
    void attempt();
    void answered(const http::Response &head);
    void answeredBody(const http::Response &head);
    void received(const QByteArray &bytes);
    void complete();
    void follow(const QByteArray &location);
    void letIn(const http::Response &head);
    void refused(int status);
    void tryAgain(const std::string &reason, Duration atLeast = {});
    void end(Result<http::Headers> result);
    void dropExchange();
    bool isAtHome() const;
    http::Request request();

    RegistrySession &m_session;
    What m_what;
    BodySink &m_sink;
    Done m_done;
    QUrl m_url; ///< after redirects
    RegistryAddress m_home;
    RegistryAddress m_address;
    std::unique_ptr<http::Exchange> m_exchange;
    http::Headers m_headers;
    QByteArray m_used; ///< authorization of the current attempt
    QByteArray m_problem; ///< the body of an answer that is an error
    QTimer m_pause;
    std::uint64_t m_furthest = 0;
    int m_status = 0;
    int m_failures = 0;
    int m_redirects = 0;
    bool m_wasLetIn = false;
};

/// Stops a fetch, and deletes it once none of its functions is running.
struct FetchEnder
{
    void operator()(RegistryFetch *fetch) const
    {
        fetch->stop();
        fetch->deleteLater();
    }
};
using FetchHandle = std::unique_ptr<RegistryFetch, FetchEnder>;

} // namespace meseta::agent
