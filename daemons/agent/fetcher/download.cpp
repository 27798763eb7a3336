#include "daemons/agent/fetcher/download.h"

#include <QNetworkReply>

#include "common/base/duration_text.h"
#include "daemons/agent/fetcher/sandbox_work.h"

namespace meseta::agent {

namespace {

constexpr qint64 readBufferBytes = 1 << 20;

QNetworkRequest requestFor(const QUrl &url)
{
    QNetworkRequest request(url);
    request.setRawHeader("Accept-Encoding", "identity"); // a .gz shall stay one
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::NoLessSafeRedirectPolicy);
    return request;
}

} // namespace

Download::Download(QNetworkAccessManager &network, const QUrl &url,
                   containerizer::FileDescriptor target, Limits limits, Done done)
    : m_reply(network.get(requestFor(url)))
    , m_target(std::move(target))
    , m_limits(limits)
    , m_done(std::move(done))
{
    m_reply->setReadBufferSize(readBufferBytes);
    m_stall.setSingleShot(true);
    if (m_limits.stallTimeout > Duration::zero())
        m_stall.start(std::chrono::ceil<std::chrono::milliseconds>(m_limits.stallTimeout));
    connect(m_reply, &QNetworkReply::readyRead, this, &Download::read);
    connect(m_reply, &QNetworkReply::finished, this, &Download::finished);
    connect(&m_stall, &QTimer::timeout, this, [this] {
        end(fail("nothing came for " + durationText(m_limits.stallTimeout)
                 + " (--fetcher_stall_timeout)"));
    });
}

Download::~Download()
{
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
}

void Download::read()
{
    const auto data = m_reply->readAll();
    if (m_stall.isActive() && !data.isEmpty())
        m_stall.start();
    m_bytes += static_cast<std::uint64_t>(data.size());
    if (m_bytes > m_limits.maxBytes)
        end(fail("it is larger than allowed"));
    else if (auto written =
                 writeAll(m_target.get(), data.constData(), static_cast<std::size_t>(data.size()));
             !written)
        end(fail(written.error()));
}

void Download::finished()
{
    if (!m_done)
        return;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 0 && status != 200)
        end(fail("the server answered with status " + std::to_string(status)));
    else if (m_reply->error() != QNetworkReply::NoError)
        end(fail(m_reply->errorString().toStdString()));
    else {
        read();
        end(m_bytes);
    }
}

void Download::end(Result<std::uint64_t> result)
{
    m_stall.stop();
    m_target.reset();
    if (const auto done = std::exchange(m_done, nullptr))
        done(std::move(result));
}

} // namespace meseta::agent
