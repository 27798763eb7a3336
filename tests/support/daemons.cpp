#include "tests/support/daemons.h"

#include <algorithm>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

#include "tests/support/server_process.h"

namespace meseta::test {

namespace {

constexpr int kStartMs = 60000;
constexpr int kAnswerMs = 30000;

QString binary(const QString &program)
{
    return qEnvironmentVariable("MESETA_BIN_DIR") + QLatin1Char('/') + program;
}

/// The usual flags that `more` does not set, then `more`.
QStringList merged(const QStringList &usual, const QStringList &more)
{
    QStringList all;
    for (const QString &flag : usual) {
        const QString name = flag.section(QLatin1Char('='), 0, 0) + QLatin1Char('=');
        if (std::none_of(more.begin(), more.end(),
                         [&](const QString &other) { return other.startsWith(name); }))
            all += flag;
    }
    return all + more;
}

} // namespace

Daemon::Daemon(const QString &program, const QString &folder)
    : m_program(program), m_folder(folder), m_port(freePort())
{
    QDir().mkpath(folder);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(m_folder + QStringLiteral("/log"), QIODevice::Append);
}

Daemon::~Daemon()
{
    stop();
}

bool Daemon::answers() const
{
    RawClient client(m_port);
    if (!client.isConnected())
        return false;
    client.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    return client.readUntil("\r\n\r\n", 3000).startsWith("HTTP/1.1 200");
}

Result<> Daemon::start(const QStringList &flags)
{
    const QStringList own{QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--port=%1").arg(m_port),
                          QStringLiteral("--hostname=127.0.0.1"),
                          QStringLiteral("--work_dir=") + workDir()};
    m_process.start(binary(m_program), merged(own, flags));
    if (!m_process.waitForStarted())
        return fail(binary(m_program).toStdString()
                    + " cannot be started: " + m_process.errorString().toStdString());
    if (QTest::qWaitFor([&] { return !isRunning() || answers(); }, kStartMs) && isRunning())
        return {};
    return fail(m_program.toStdString() + " did not come up: " + logTail().toStdString());
}

void Daemon::stop()
{
    if (!isRunning())
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(30000))
        kill();
}

void Daemon::kill()
{
    if (!isRunning())
        return;
    m_process.kill();
    m_process.waitForFinished();
}

QByteArray Daemon::logTail(qsizetype bytes) const
{
    QFile log(m_folder + QStringLiteral("/log"));
    if (!log.open(QIODevice::ReadOnly))
        return {};
    return "--- " + m_program.toUtf8() + "\n" + log.readAll().right(bytes);
}

Cluster::Cluster() = default;

Cluster::~Cluster()
{
    m_agents.clear();
}

Result<> Cluster::startMaster(const QStringList &flags)
{
    m_master = std::make_unique<Daemon>(QStringLiteral("mesos-master"),
                                        m_folder.filePath(QStringLiteral("master")));
    if (auto started = m_master->start(flags); !started)
        return started;
    // Until it has read its registry it drops what agents send.
    const auto leads = [this] {
        return postJson(masterPort(), "/api/v1", json("{'type':'GET_MASTER'}")).status() == 200;
    };
    if (!QTest::qWaitFor(leads, kStartMs))
        return fail("the master has not read its registry: " + logTails().toStdString());
    return {};
}

Result<> Cluster::startAgent(const QStringList &flags)
{
    const QString folder = m_folder.filePath(QStringLiteral("agent%1").arg(m_agents.size()));
    m_agents.push_back(std::make_unique<Daemon>(QStringLiteral("mesos-agent"), folder));
    const QStringList own{
        QStringLiteral("--master=127.0.0.1:%1").arg(masterPort()),
        QStringLiteral("--runtime_dir=%1/run").arg(folder),
        QStringLiteral("--no-systemd_enable_support"),
        QStringLiteral("--launcher=posix"),
        QStringLiteral("--isolation=posix/cpu,posix/mem"),
        QStringLiteral("--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"),
        QStringLiteral("--registration_backoff_factor=10ms")};
    if (auto started = m_agents.back()->start(merged(own, flags)); !started)
        return started;
    const auto count = double(m_agents.size());
    const auto known = [&] {
        return getJson(masterPort(), "/state-summary")
                   .value(QStringLiteral("slaves"))
                   .toArray()
                   .size()
            >= int(count);
    };
    if (QTest::qWaitFor(known, kStartMs))
        return {};
    return fail("the agent did not register: " + logTails().toStdString());
}

QByteArray Cluster::logTails() const
{
    QByteArray text = m_master ? m_master->logTail() : QByteArray();
    for (const auto &agent : m_agents)
        text += agent->logTail();
    return text;
}

Answer exchange(quint16 port, const QByteArray &requestLine, const QList<QByteArray> &headerLines,
                const QByteArray &body)
{
    RawClient client(port);
    QByteArray request =
        requestLine + " HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port) + "\r\n";
    for (const QByteArray &line : headerLines)
        request += line + "\r\n";
    if (!body.isEmpty() || requestLine.startsWith("POST"))
        request += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    client.send(request + "\r\n" + body);
    return client.readAnswer(requestLine.startsWith("HEAD"), kAnswerMs);
}

Answer get(quint16 port, const QByteArray &path)
{
    return exchange(port, "GET " + path);
}

Answer postJson(quint16 port, const QByteArray &path, const QJsonObject &body,
                const QList<QByteArray> &headerLines)
{
    const QList<QByteArray> own{"Content-Type: application/json", "Accept: application/json"};
    return exchange(port, "POST " + path, own + headerLines,
                    QJsonDocument(body).toJson(QJsonDocument::Compact));
}

QJsonObject getJson(quint16 port, const QByteArray &path)
{
    return QJsonDocument::fromJson(get(port, path).body).object();
}

QJsonObject operatorCall(quint16 port, const QJsonObject &call)
{
    return QJsonDocument::fromJson(postJson(port, "/api/v1", call).body).object();
}

QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("the test's JSON is wrong: %s in %s", qPrintable(error.errorString()),
               text.constData());
    return document.object();
}

} // namespace meseta::test
