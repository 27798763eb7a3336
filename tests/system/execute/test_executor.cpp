// An executor of the Mesos executor HTTP API, in JSON: it says that its tasks run, echoes messages,
// and tells when it is asked to end. A task's data, if there are any, are a script: the task ends
// with it and tells what it wrote. The executor uses only what the environment and the API give it.
// With checkpointing it outlives its agent, and comes back to the next one with what was not
// acknowledged.

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTextStream>
#include <QTimer>
#include <QUuid>

#include "common/codec/record_io.h"
#include "common/http/client.h"

using namespace meseta;

namespace {

QString environment(const char *name)
{
    return qEnvironmentVariable(name);
}

QJsonObject idOf(const QString &text)
{
    return {{QStringLiteral("value"), text}};
}

class Executor : public QObject
{
public:
    Executor();
    void subscribe();

private:
    http::Request request(QJsonObject call) const;
    void disconnected(int exitCode);
    QJsonArray unacknowledgedUpdates() const;
    void send(QJsonObject call);
    void read(const QByteArray &bytes);
    void handle(const QJsonObject &event);
    void run(const QJsonObject &taskId, const QByteArray &script);
    void tell(const QJsonObject &taskId, const char *state, const QString &message = {});

    http::Endpoint m_agent;
    http::Client m_client;
    std::unique_ptr<http::Exchange> m_stream;
    codec::RecordDecoder m_decoder;
    QList<QJsonObject> m_tasks; ///< launched, nothing acknowledged yet
    QList<QJsonObject> m_updates; ///< not acknowledged
    int m_calls = 0;
    bool m_leaving = false;
};

Executor::Executor()
{
    const QString agent = environment("MESOS_AGENT_ENDPOINT");
    m_agent = http::Endpoint::tcp(agent.section(QLatin1Char(':'), 0, 0),
                                  agent.section(QLatin1Char(':'), 1).toUShort());
}

http::Request Executor::request(QJsonObject call) const
{
    call[QStringLiteral("framework_id")] = idOf(environment("MESOS_FRAMEWORK_ID"));
    call[QStringLiteral("executor_id")] = idOf(environment("MESOS_EXECUTOR_ID"));
    http::Request request;
    request.method = "POST";
    request.target = "/api/v1/executor";
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.body = QJsonDocument(call).toJson(QJsonDocument::Compact);
    return request;
}

void Executor::subscribe()
{
    QJsonArray tasks;
    for (const QJsonObject &task : m_tasks)
        tasks.append(task);
    m_decoder = codec::RecordDecoder();
    m_stream = m_client.open(m_agent,
                             request({{QStringLiteral("type"), QStringLiteral("SUBSCRIBE")},
                                      {QStringLiteral("subscribe"),
                                       QJsonObject{{QStringLiteral("unacknowledged_tasks"), tasks},
                                                   {QStringLiteral("unacknowledged_updates"),
                                                    unacknowledgedUpdates()}}}}));
    connect(m_stream.get(), &http::Exchange::data, this, &Executor::read);
    connect(m_stream.get(), &http::Exchange::finished, this, [this] { disconnected(2); });
    connect(m_stream.get(), &http::Exchange::failed, this, [this] { disconnected(3); });
}

void Executor::disconnected(int exitCode)
{
    if (environment("MESOS_CHECKPOINT") != u"1" || m_leaving)
        QCoreApplication::exit(exitCode);
    else
        QTimer::singleShot(100, this, &Executor::subscribe);
}

QJsonArray Executor::unacknowledgedUpdates() const
{
    QJsonArray updates;
    for (const QJsonObject &status : m_updates)
        updates.append(QJsonObject{{QStringLiteral("status"), status}});
    return updates;
}

void Executor::send(QJsonObject call)
{
    ++m_calls;
    m_client.call(m_agent, request(std::move(call)), [this](const Result<http::Response> &answer) {
        if (!answer || answer->status != 202)
            QTextStream(stderr) << "refused: " << (answer ? answer->body : QByteArray("no answer"))
                                << Qt::endl;
        if (--m_calls == 0 && m_leaving)
            QCoreApplication::exit(0);
    });
}

void Executor::read(const QByteArray &bytes)
{
    const auto records =
        m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!records)
        return QCoreApplication::exit(4);
    for (const std::string &record : *records)
        handle(QJsonDocument::fromJson(QByteArray::fromStdString(record)).object());
}

void Executor::run(const QJsonObject &taskId, const QByteArray &script)
{
    auto *process = new QProcess(this);
    connect(process, &QProcess::finished, this, [this, process, taskId](int code) {
        tell(taskId, code == 0 ? "TASK_FINISHED" : "TASK_FAILED",
             QString::fromUtf8(process->readAll()));
        process->deleteLater();
    });
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), QString::fromUtf8(script)});
}

void Executor::tell(const QJsonObject &taskId, const char *state, const QString &message)
{
    const QJsonObject status{
        {QStringLiteral("task_id"), taskId},
        {QStringLiteral("state"), QLatin1String(state)},
        {QStringLiteral("message"), message},
        {QStringLiteral("source"), QStringLiteral("SOURCE_EXECUTOR")},
        {QStringLiteral("uuid"), QString::fromLatin1(QUuid::createUuid().toRfc4122().toBase64())}};
    m_updates.append(status);
    send({{QStringLiteral("type"), QStringLiteral("UPDATE")},
          {QStringLiteral("update"), QJsonObject{{QStringLiteral("status"), status}}}});
}

void Executor::handle(const QJsonObject &event)
{
    const QString type = event.value(u"type").toString();
    QTextStream(stdout) << type << Qt::endl;
    if (type == u"LAUNCH") {
        m_tasks.append(event.value(u"launch")[u"task"].toObject());
        const QJsonObject task = m_tasks.last();
        tell(task.value(u"task_id").toObject(), "TASK_RUNNING");
        if (task.contains(u"data"))
            run(task.value(u"task_id").toObject(),
                QByteArray::fromBase64(task.value(u"data").toString().toLatin1()));
    } else if (type == u"KILL") {
        tell(event.value(u"kill")[u"task_id"].toObject(), "TASK_KILLED");
    } else if (type == u"MESSAGE") {
        send({{QStringLiteral("type"), QStringLiteral("MESSAGE")},
              {QStringLiteral("message"), event.value(u"message")}});
    } else if (type == u"ACKNOWLEDGED") {
        const QJsonObject done = event.value(u"acknowledged").toObject();
        m_updates.removeIf([&](const QJsonObject &status) {
            return status.value(u"uuid") == done.value(u"uuid");
        });
        m_tasks.removeIf([&](const QJsonObject &task) {
            return task.value(u"task_id") == done.value(u"task_id");
        });
    } else if (type == u"SHUTDOWN") {
        m_leaving = true;
        send({{QStringLiteral("type"), QStringLiteral("MESSAGE")},
              {QStringLiteral("message"),
               QJsonObject{{QStringLiteral("data"), QStringLiteral("Z29vZGJ5ZQ==")}}}}); // goodbye
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    Executor executor;
    executor.subscribe();
    return QCoreApplication::exec();
}
