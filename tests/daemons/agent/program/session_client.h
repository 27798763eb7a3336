#pragma once

#include <QTest>

#include "common/codec/record_io.h"
#include "mesos/v1/agent/agent.pb.h"
#include "tests/common/http/raw_client.h"

namespace meseta::agent {

/// The head of a POST to the agent's API.
inline QByteArray headOf(const QByteArray &headers)
{
    return "POST /api/v1 HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

/// A reader of a container's output, in protobuf: a session of its own, or attached to another.
class OutputClient
{
public:
    OutputClient(int port, const mesos::v1::agent::Call &call)
        : m_client(static_cast<quint16>(port))
    {
        const auto body = QByteArray::fromStdString(call.SerializeAsString());
        m_client.send(headOf("Content-Type: application/x-protobuf\r\n"
                             "Accept: application/recordio\r\n"
                             "Message-Accept: application/x-protobuf\r\n"
                             "Content-Length: "
                             + QByteArray::number(body.size()) + "\r\n")
                      + body);
    }

    int status()
    {
        if (!m_hasHead)
            takeHead(m_client.readUntil("\r\n\r\n", 20000));
        return m_status;
    }

    /// Takes in what has come.
    void poll()
    {
        (void)m_client.isClosed(0);
        for (qsizetype line = 0;
             m_status == 200 && !ended && (line = m_client.buffered.indexOf("\r\n")) >= 0;) {
            const qsizetype size = m_client.buffered.left(line).toLongLong(nullptr, 16);
            if (m_client.buffered.size() < line + size + 4)
                return;
            takeChunk(m_client.buffered.mid(line + 2, size));
            m_client.buffered.remove(0, line + size + 4);
        }
    }

    /// Whether these bytes have come by now.
    bool has(const QByteArray &bytes)
    {
        poll();
        return (output + errors).contains(bytes);
    }
    bool hasEnded()
    {
        poll();
        return ended;
    }
    void leave() { m_client.reset(); }

    QByteArray output;
    QByteArray errors;
    int heartbeats = 0;
    bool ended = false;

private:
    void takeHead(const QByteArray &head)
    {
        m_hasHead = true;
        m_status = head.mid(9, 3).toInt();
        m_client.buffered.remove(0, m_client.buffered.startsWith("HTTP") ? head.size() : 0);
    }

    void takeChunk(const QByteArray &chunk)
    {
        ended = chunk.isEmpty();
        const auto records = m_decoder.feed(chunk.toStdString());
        for (const std::string &record : *records) {
            mesos::v1::agent::ProcessIO message;
            QVERIFY(message.ParseFromString(record));
            if (message.type() == mesos::v1::agent::ProcessIO::CONTROL)
                ++heartbeats;
            else if (message.data().type() == mesos::v1::agent::ProcessIO::Data::STDOUT)
                output += QByteArray::fromStdString(message.data().data());
            else
                errors += QByteArray::fromStdString(message.data().data());
        }
    }

    test::RawClient m_client;
    codec::RecordDecoder m_decoder;
    bool m_hasHead = false;
    int m_status = 0;
};

/// A writer to a container's input, in protobuf. The request stays open until `end`.
class InputClient
{
public:
    explicit InputClient(int port) : m_client(static_cast<quint16>(port))
    {
        m_client.send(headOf("Content-Type: application/recordio\r\n"
                             "Message-Content-Type: application/x-protobuf\r\n"
                             "Transfer-Encoding: chunked\r\n"));
    }
    InputClient(int port, const mesos::v1::ContainerID &id) : InputClient(port)
    {
        mesos::v1::agent::Call call;
        call.set_type(mesos::v1::agent::Call::ATTACH_CONTAINER_INPUT);
        auto &input = *call.mutable_attach_container_input();
        input.set_type(mesos::v1::agent::Call::AttachContainerInput::CONTAINER_ID);
        *input.mutable_container_id() = id;
        record(call);
    }

    void type(const std::string &bytes)
    {
        mesos::v1::agent::ProcessIO io;
        io.set_type(mesos::v1::agent::ProcessIO::DATA);
        io.mutable_data()->set_type(mesos::v1::agent::ProcessIO::Data::STDIN);
        io.mutable_data()->set_data(bytes);
        send(io);
    }
    void resize(std::uint32_t rows, std::uint32_t columns)
    {
        mesos::v1::agent::ProcessIO io;
        io.set_type(mesos::v1::agent::ProcessIO::CONTROL);
        io.mutable_control()->set_type(mesos::v1::agent::ProcessIO::Control::TTY_INFO);
        auto &size = *io.mutable_control()->mutable_tty_info()->mutable_window_size();
        size.set_rows(rows);
        size.set_columns(columns);
        send(io);
    }
    void send(const mesos::v1::agent::ProcessIO &io)
    {
        mesos::v1::agent::Call call;
        call.set_type(mesos::v1::agent::Call::ATTACH_CONTAINER_INPUT);
        auto &input = *call.mutable_attach_container_input();
        input.set_type(mesos::v1::agent::Call::AttachContainerInput::PROCESS_IO);
        *input.mutable_process_io() = io;
        record(call);
    }
    void record(const mesos::v1::agent::Call &call)
    {
        raw(QByteArray::fromStdString(codec::encodeRecord(call.SerializeAsString())));
    }
    void raw(const QByteArray &bytes)
    {
        m_client.send(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
    }
    void end() { m_client.send("0\r\n\r\n"); }
    void leave() { m_client.reset(); }
    test::RawClient::Answer answer() { return m_client.readAnswer(false, 20000); }

private:
    test::RawClient m_client;
};

} // namespace meseta::agent
