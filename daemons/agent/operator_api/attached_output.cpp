#include "daemons/agent/operator_api/attached_output.h"

#include <cerrno>

#include <sys/socket.h>

#include "common/codec/message_codec.h"
#include "common/codec/record_io.h"
#include "daemons/containerizer/attachment.h"

namespace meseta::agent {

using containerizer::Packet;
using mesos::v1::agent::ProcessIO;

namespace {

/// So that one busy container does not keep the loop from the others.
constexpr int packetsPerTurn = 8;

} // namespace

AttachedOutput::AttachedOutput(containerizer::FileDescriptor socket,
                               std::shared_ptr<http::ResponseStream> stream, Options options,
                               Clock &clock)
    : m_socket(std::move(socket))
    , m_stream(std::move(stream))
    , m_options(std::move(options))
    , m_clock(clock)
    , m_readable(m_socket.get(), QSocketNotifier::Read)
{
    QObject::connect(&m_readable, &QSocketNotifier::activated, this, [this] { read(); });
    m_stream->onClosed = [this] { clientGone(); };
    m_stream->onDrained = [this] { m_readable.setEnabled(true); };
    armHeartbeat();
    if (!m_stream->isOpen())
        QMetaObject::invokeMethod(
            this, [this] { clientGone(); }, Qt::QueuedConnection);
}

AttachedOutput::~AttachedOutput()
{
    m_clock.cancel(m_heartbeat);
    if (m_stream)
        m_stream->onClosed = m_stream->onDrained = nullptr;
}

void AttachedOutput::armHeartbeat()
{
    m_heartbeat = m_clock.after(m_options.heartbeat, [this] {
        ProcessIO message;
        message.set_type(ProcessIO::CONTROL);
        message.mutable_control()->set_type(ProcessIO::Control::HEARTBEAT);
        message.mutable_control()->mutable_heartbeat()->mutable_interval()->set_nanoseconds(
            m_options.heartbeat.count());
        armHeartbeat();
        write(message);
    });
}

void AttachedOutput::read()
{
    for (int i = 0; i < packetsPerTurn && m_stream && m_readable.isEnabled(); ++i) {
        if (!readOne())
            return;
    }
}

bool AttachedOutput::readOne()
{
    static char packet[containerizer::maxPacketBytes + 1];
    const auto count = ::recv(m_socket.get(), packet, sizeof packet, MSG_DONTWAIT);
    if (count > 0) {
        ProcessIO message;
        message.set_type(ProcessIO::DATA);
        message.mutable_data()->set_type(static_cast<Packet>(packet[0]) == Packet::standardError
                                             ? ProcessIO::Data::STDERR
                                             : ProcessIO::Data::STDOUT);
        message.mutable_data()->set_data(packet + 1, static_cast<std::size_t>(count) - 1);
        write(message);
        return true;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    m_stream->end(); // no more comes
    over();
    return false;
}

void AttachedOutput::write(const ProcessIO &message)
{
    if (!m_stream)
        return;
    const std::string record = codec::encodeRecord(codec::encode(message, m_options.type));
    if (m_stream->write(QByteArray::fromStdString(record)))
        checkBacklog();
    else
        clientGone();
}

void AttachedOutput::checkBacklog()
{
    if (m_options.session) {
        m_readable.setEnabled(m_stream->backlog() < holdBackBytes);
    } else if (m_stream->backlog() > cutOffBytes) {
        m_stream->abort();
        clientGone();
    }
}

void AttachedOutput::clientGone()
{
    if (!m_stream)
        return;
    const auto tell = std::exchange(m_options.clientGone, nullptr);
    over();
    if (tell)
        tell();
}

void AttachedOutput::over()
{
    m_readable.setEnabled(false);
    m_clock.cancel(std::exchange(m_heartbeat, 0));
    m_stream->onClosed = m_stream->onDrained = nullptr;
    m_stream.reset();
    m_socket.reset(); // the helper copies no more for us
    setObjectName(QString()); // nor does it count as a reader
    deleteLater();
}

} // namespace meseta::agent
