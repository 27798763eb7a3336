#pragma once

#include <memory>

#include <QByteArray>
#include <QString>

#include "common/base/result.h"

namespace meseta::http {

/// What the reason of a failure has when the peer's certificate is the cause: no use in trying
/// again.
inline constexpr char distrustText[] = "its certificate is not trusted: ";

/// One TLS session of a client, without a socket: encrypted bytes go in and come out.
class TlsSession
{
public:
    virtual ~TlsSession() = default;

    struct Turn
    {
        QByteArray toPeer; ///< to be sent as it is
        QByteArray plain; ///< what the peer said
        bool established = false; ///< the handshake is done and the peer is who it should be
        bool ended = false; ///< the peer said that nothing follows
    };

    /// Takes what came from the peer; the first turn has nothing. The error says why the peer is
    /// not trusted, or what is wrong with the stream.
    virtual Result<Turn> received(const char *data, qsizetype size) = 0;

    /// What to send for these bytes. Only once the session is established.
    virtual Result<QByteArray> encrypted(const QByteArray &plain) = 0;
};

/// Makes sessions; shared by the connections of a client.
class TlsProvider
{
public:
    virtual ~TlsProvider() = default;
    /// `host` is whom the peer's certificate has to name.
    virtual Result<std::unique_ptr<TlsSession>> connectTo(const QString &host) = 0;
};

} // namespace meseta::http
