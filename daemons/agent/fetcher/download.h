#pragma once

#include <functional>

#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/containerizer/file_descriptor.h"

class QNetworkReply;

namespace meseta::agent {

/// One http(s) download into an open file. Follows redirects; only the status 200 is a success.
class Download : public QObject
{
    Q_OBJECT
public:
    struct Limits
    {
        std::uint64_t maxBytes = 0;
        Duration stallTimeout{};
    };
    using Done = std::function<void(Result<std::uint64_t> bytes)>;

    /// `done` comes later, once, and may destroy this object by deleteLater only.
    Download(QNetworkAccessManager &network, const QUrl &url, containerizer::FileDescriptor target,
             Limits limits, Done done);
    ~Download() override;

private:
    void read();
    void finished();
    void end(Result<std::uint64_t> result);

    QNetworkReply *m_reply;
    containerizer::FileDescriptor m_target;
    Limits m_limits;
    Done m_done;
    QTimer m_stall;
    std::uint64_t m_bytes = 0;
};

} // namespace meseta::agent
