#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QObject>

#include "common/base/clock.h"
#include "common/http/client.h"
#include "daemons/agent/images/registry/challenge.h"
#include "daemons/agent/images/registry/registry_address.h"

namespace meseta::agent {

/// How patient one is with registries.
struct RegistryPatience
{
    Duration stallTimeout = std::chrono::minutes(1); ///< longest silence
    Duration firstPause = std::chrono::milliseconds(250); ///< before a second try; then doubled
    int attempts = 6; ///< in a row without a byte
    int redirects = 8;
};

/// What one pull knows of its registry: where it is and how to be let in. The authorisation is for
/// that registry alone; whoever follows a redirect elsewhere goes without. Source: Docker Registry
/// HTTP API v2, token authentication.
class RegistrySession : public QObject
{
    Q_OBJECT
public:
    RegistrySession(http::Client &client, ImageLocation location,
                    std::optional<RegistryCredentials> credentials, RegistryPatience patience,
                    QObject *parent = nullptr);
    ~RegistrySession() override;

    http::Client &client() const { return m_client; }
    const ImageLocation &location() const { return m_location; }
    const RegistryPatience &patience() const { return m_patience; }

    /// The Authorization header for requests to the registry; empty at first.
    const QByteArray &authorization() const { return m_authorization; }

    /// Answers a 401 to a request that was sent with `used`. `done` comes later: when it is well,
    /// the request is worth a repetition. Not called when the receiver is gone.
    void authorize(const Challenge &challenge, const QByteArray &used, QObject *receiver,
                   std::function<void(Result<>)> done);

private:
    struct Waiting;
    Result<> answerBasic();
    void requestToken(const Challenge &challenge);
    Result<> takeToken(const Result<http::Response> &answer);
    void authorized(const Result<> &result);
    http::Request tokenRequest(const QUrl &realm, const Challenge &challenge) const;

    http::Client &m_client;
    ImageLocation m_location;
    std::optional<RegistryCredentials> m_credentials;
    RegistryPatience m_patience;
    QByteArray m_authorization;
    std::vector<Waiting> m_waiting;
    bool m_asking = false;
};

} // namespace meseta::agent
