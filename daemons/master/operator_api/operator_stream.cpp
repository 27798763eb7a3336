#include "daemons/master/operator_api/operator_stream.h"

namespace meseta::master {

namespace {
constexpr qint64 sliceBytes = 1024 * 1024;
constexpr qint64 aheadBytes = 4 * 1024 * 1024;
constexpr Duration pumpPause = std::chrono::milliseconds(2);
} // namespace

OperatorStream::OperatorStream(std::shared_ptr<http::ResponseStream> stream, codec::MediaType form,
                               Clock &clock)
    : m_stream(std::move(stream)), m_form(form), m_clock(clock)
{ }

OperatorStream::~OperatorStream()
{
    m_clock.cancel(m_timer);
}

void OperatorStream::begin(QByteArray record)
{
    if (record.size() <= wholeBytes) {
        m_stream->write(record);
        return;
    }
    m_first = std::move(record);
    pump();
}

bool OperatorStream::send(const QByteArray &record)
{
    if (m_first.isEmpty())
        return m_stream->write(record);
    m_waitingBytes += record.size();
    m_waiting.push_back(record);
    if (m_waitingBytes <= waitingBytes)
        return m_stream->isOpen();
    m_stream->abort();
    return false;
}

void OperatorStream::pump()
{
    m_timer = 0;
    while (m_stream->isOpen() && m_sentOfFirst < m_first.size()
           && m_stream->backlog() < aheadBytes) {
        const qint64 length = std::min<qint64>(sliceBytes, m_first.size() - m_sentOfFirst);
        m_stream->write(m_first.mid(m_sentOfFirst, length));
        m_sentOfFirst += length;
    }
    if (!m_stream->isOpen())
        return;
    if (m_sentOfFirst < m_first.size()) {
        m_timer = m_clock.after(pumpPause, [self = weak_from_this()] {
            if (const auto stream = self.lock())
                stream->pump();
        });
        return;
    }
    m_first.clear();
    m_waitingBytes = 0;
    for (const QByteArray &record : std::exchange(m_waiting, {}))
        m_stream->write(record);
}

void OperatorStream::end()
{
    m_stream->end();
}

} // namespace meseta::master
