#include "gui/terminal/container_session.h"

#include <QNetworkReply>
#include <QUuid>

#include "gui/session/bounded_answer.h"

namespace meseta::console {

namespace {

using mesos::v1::agent::Call;
using mesos::v1::agent::Response;

constexpr qint64 longestAnswer = 64LL * 1024 * 1024;
constexpr qint64 longestRecord = 1024 * 1024;
constexpr qint64 mostUnsent = 4 * 1024 * 1024; // of what is typed and pasted
constexpr std::chrono::milliseconds silence{120000}; // four heartbeats
constexpr int patienceMs = 15000;

QByteArray bytesOf(const google::protobuf::Message &message)
{
    const std::string bytes = message.SerializeAsString();
    return {bytes.data(), static_cast<qsizetype>(bytes.size())};
}

/// The newest container that the agent told of for a task.
std::optional<mesos::v1::ContainerID>
containerOf(const Response::GetTasks &tasks, const std::string &framework, const std::string &id)
{
    for (const auto &task : tasks.launched_tasks()) {
        if (task.task_id().value() != id || task.framework_id().value() != framework)
            continue;
        for (int i = task.statuses_size() - 1; i >= 0; --i) {
            if (task.statuses(i).container_status().has_container_id())
                return task.statuses(i).container_status().container_id();
        }
    }
    return std::nullopt;
}

} // namespace

ContainerSession::ContainerSession(Target target, QObject *parent)
    : QObject(parent)
    , m_target(std::move(target))
    , m_stream(m_network, EventStream::Options{longestRecord, silence})
{
    connect(&m_stream, &EventStream::opened, this, &ContainerSession::attachInput);
    connect(&m_stream, &EventStream::record, this, &ContainerSession::take);
    connect(&m_stream, &EventStream::redirected, this,
            [this] { end(tr("the agent sends elsewhere; nobody else is asked on its word")); });
    connect(&m_stream, &EventStream::refused, this, [this](int status, const QString &text) {
        end(tr("the agent answered %1: %2").arg(status).arg(text));
    });
    // The agent ends the answer when the shell has ended; what went wrong is told by the stream.
    connect(&m_stream, &EventStream::ended, this,
            [this](const QString &reason) { end(m_open ? QString() : reason); });
    connect(&m_input, &QTcpSocket::readyRead, this, &ContainerSession::readInputAnswer);
    connect(&m_input, &QTcpSocket::errorOccurred, this, [this] {
        if (m_open && m_input.error() != QAbstractSocket::RemoteHostClosedError)
            end(tr("what is typed cannot be sent: %1").arg(m_input.errorString()));
    });
}

ContainerSession::~ContainerSession()
{
    close();
}

void ContainerSession::open(const QString &command, Size size)
{
    close();
    m_command = command;
    m_size = size;
    findContainer([this](const mesos::v1::ContainerID &parent) { launch(parent); });
}

void ContainerSession::close()
{
    ++m_generation;
    m_open = false;
    m_stream.close();
    m_input.abort();
    m_inputAnswer.clear();
}

void ContainerSession::findContainer(
    const std::function<void(const mesos::v1::ContainerID &)> &found)
{
    Call call;
    call.set_type(Call::GET_TASKS);
    QNetworkRequest request{QUrl(QStringLiteral("http://%1/api/v1").arg(m_target.agent))};
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setTransferTimeout(patienceMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    QNetworkReply *reply = m_network.post(request, bytesOf(call));
    boundAnswer(reply, longestAnswer);
    connect(reply, &QNetworkReply::finished, this, [this, reply, found, generation = m_generation] {
        reply->deleteLater();
        if (generation != m_generation)
            return;
        Response response;
        const QByteArray body = reply->readAll();
        if (isTooLong(reply) || reply->error() != QNetworkReply::NoError
            || !response.ParseFromArray(body.constData(), static_cast<int>(body.size())))
            return end(tr("the agent does not tell its tasks: %1").arg(reply->errorString()));
        const auto container = containerOf(response.get_tasks(), m_target.frameworkId.toStdString(),
                                           m_target.taskId.toStdString());
        if (!container)
            return end(tr("the agent runs no container for this task"));
        found(*container);
    });
}

void ContainerSession::launch(const mesos::v1::ContainerID &parent)
{
    m_container.Clear();
    m_container.set_value(QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString());
    *m_container.mutable_parent() = parent;
    Call call;
    call.set_type(Call::LAUNCH_NESTED_CONTAINER_SESSION);
    auto &session = *call.mutable_launch_nested_container_session();
    *session.mutable_container_id() = m_container;
    session.mutable_command()->set_value(m_command.toStdString());
    const auto set = [&session](const char *name, const char *value) {
        auto *variable = session.mutable_command()->mutable_environment()->add_variables();
        variable->set_name(name);
        variable->set_value(value);
    };
    set("TERM", "xterm-256color");
    set("LANG", "C.UTF-8"); // or editors take letters for bytes
    session.mutable_container()->set_type(mesos::v1::ContainerInfo::MESOS);
    auto *window = session.mutable_container()->mutable_tty_info()->mutable_window_size();
    window->set_rows(static_cast<std::uint32_t>(m_size.rows));
    window->set_columns(static_cast<std::uint32_t>(m_size.columns));
    m_stream.open(
        QUrl(QStringLiteral("http://%1/api/v1").arg(m_target.agent)), bytesOf(call),
        {{"Accept", "application/recordio"}, {"Message-Accept", "application/x-protobuf"}});
}

void ContainerSession::take(const std::string &record)
{
    ProcessIO io;
    if (!io.ParseFromString(record))
        return end(tr("the agent sent what cannot be read"));
    if (io.type() == ProcessIO::DATA)
        Q_EMIT output(QByteArray::fromStdString(io.data().data()));
}

/// One request whose body goes on as long as something may be typed.
void ContainerSession::attachInput()
{
    const QUrl url(QStringLiteral("http://") + m_target.agent);
    m_input.connectToHost(url.host(), static_cast<quint16>(url.port(5051)));
    m_input.write("POST /api/v1 HTTP/1.1\r\nHost: " + m_target.agent.toLatin1()
                  + "\r\nContent-Type: application/recordio\r\n"
                    "Message-Content-Type: application/x-protobuf\r\n"
                    "Accept: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n");
    Call call;
    call.set_type(Call::ATTACH_CONTAINER_INPUT);
    call.mutable_attach_container_input()->set_type(Call::AttachContainerInput::CONTAINER_ID);
    *call.mutable_attach_container_input()->mutable_container_id() = m_container;
    writeInput(call);
    m_open = true;
    sendControl(); // the window may have changed meanwhile
    Q_EMIT opened();
}

void ContainerSession::writeInput(const Call &call)
{
    if (m_input.bytesToWrite() > mostUnsent)
        return; // nobody reads: rather lost than held without a bound
    const std::string record = codec::encodeRecord(call.SerializeAsString());
    m_input.write(QByteArray::number(static_cast<qulonglong>(record.size()), 16) + "\r\n");
    m_input.write(record.data(), static_cast<qint64>(record.size()));
    m_input.write("\r\n");
}

void ContainerSession::send(const QByteArray &bytes)
{
    if (!m_open || bytes.isEmpty())
        return;
    Call call;
    call.set_type(Call::ATTACH_CONTAINER_INPUT);
    auto &input = *call.mutable_attach_container_input();
    input.set_type(Call::AttachContainerInput::PROCESS_IO);
    input.mutable_process_io()->set_type(ProcessIO::DATA);
    input.mutable_process_io()->mutable_data()->set_type(ProcessIO::Data::STDIN);
    input.mutable_process_io()->mutable_data()->set_data(bytes.toStdString());
    writeInput(call);
}

void ContainerSession::resize(Size size)
{
    m_size = size;
    if (m_open)
        sendControl();
}

void ContainerSession::sendControl()
{
    Call call;
    call.set_type(Call::ATTACH_CONTAINER_INPUT);
    auto &input = *call.mutable_attach_container_input();
    input.set_type(Call::AttachContainerInput::PROCESS_IO);
    input.mutable_process_io()->set_type(ProcessIO::CONTROL);
    auto &control = *input.mutable_process_io()->mutable_control();
    control.set_type(ProcessIO::Control::TTY_INFO);
    control.mutable_tty_info()->mutable_window_size()->set_rows(
        static_cast<std::uint32_t>(m_size.rows));
    control.mutable_tty_info()->mutable_window_size()->set_columns(
        static_cast<std::uint32_t>(m_size.columns));
    writeInput(call);
}

/// The agent answers when the input has ended; earlier only when it takes none.
void ContainerSession::readInputAnswer()
{
    m_inputAnswer += m_input.read(8192);
    const auto body = m_inputAnswer.indexOf("\r\n\r\n");
    if (body < 0 && m_inputAnswer.size() < 8192)
        return;
    const int status = m_inputAnswer.mid(9, 3).toInt();
    if (status != 200 && m_open)
        end(tr("the agent takes no input: %1 %2")
                .arg(status)
                .arg(QString::fromUtf8(m_inputAnswer.mid(body + 4, 500)).trimmed()));
}

void ContainerSession::end(const QString &problem)
{
    close();
    Q_EMIT ended(problem);
}

} // namespace meseta::console
