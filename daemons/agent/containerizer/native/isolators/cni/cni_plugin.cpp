#include "daemons/agent/containerizer/native/isolators/cni/cni_plugin.h"

#include <algorithm>
#include <memory>

#include <QJsonDocument>
#include <QPointer>
#include <QProcess>
#include <QTimer>

#include "daemons/agent/containerizer/native/in_order.h"

namespace meseta::agent {

using namespace Qt::StringLiterals;

namespace {

constexpr auto pluginPatience = std::chrono::minutes(1);
constexpr qsizetype maxAnswerBytes = 1024 * 1024;
constexpr qsizetype maxToldBytes = 2000; ///< of what a plugin said, in an error

/// The words of {"code": 7, "msg": "…", "details": "…"}, or else all it said.
std::string wordsOf(const QByteArray &output, const QByteArray &errors)
{
    const QJsonObject answer = QJsonDocument::fromJson(output).object();
    QString words = answer.value(u"msg").toString();
    if (const QString details = answer.value(u"details").toString(); !details.isEmpty())
        words += u" ("_s + details + u")"_s;
    if (words.isEmpty())
        words =
            QString::fromUtf8((output.left(maxToldBytes) + errors.left(maxToldBytes)).trimmed());
    return words.isEmpty() ? "it said nothing" : words.left(maxToldBytes).toStdString();
}

/// A plugin that runs.
class Execution final : public QObject
{
public:
    Execution(const std::string &type, QObject *context,
              std::function<void(Result<QByteArray>)> done)
        : m_type(type), m_context(context), m_done(std::move(done))
    { }

    void start(const std::string &program, const QProcessEnvironment &environment,
               const QByteArray &input)
    {
        m_process.setProcessEnvironment(environment);
        m_process.setProgram(QString::fromStdString(program));
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] { read(); });
        QObject::connect(&m_process, &QProcess::readyReadStandardError, this, [this] { read(); });
        QObject::connect(&m_process, &QProcess::finished, this, [this] { finished(); });
        QObject::connect(&m_process, &QProcess::errorOccurred, this,
                         [this](QProcess::ProcessError error) {
                             if (error == QProcess::FailedToStart)
                                 end(fail("the CNI plugin " + m_type + " cannot be started: "
                                          + m_process.errorString().toStdString()));
                         });
        QTimer::singleShot(pluginPatience, this, [this] {
            m_stopped = "it did not end within a minute";
            m_process.kill();
        });
        m_process.start();
        m_process.write(input);
        m_process.closeWriteChannel();
    }

private:
    void read()
    {
        m_output += m_process.readAllStandardOutput();
        m_errors += m_process.readAllStandardError();
        if (m_output.size() + m_errors.size() > maxAnswerBytes) {
            m_stopped = "it said more than a megabyte";
            m_process.kill();
        }
    }
    void finished()
    {
        read();
        const bool fine = m_process.exitStatus() == QProcess::NormalExit
            && m_process.exitCode() == 0 && m_stopped == nullptr;
        end(fine ? Result<QByteArray>(m_output)
                 : fail("the CNI plugin " + m_type + " failed: "
                        + (m_stopped != nullptr ? m_stopped : wordsOf(m_output, m_errors))));
    }
    void end(Result<QByteArray> result)
    {
        deleteLater();
        if (m_context && m_done)
            std::exchange(m_done, nullptr)(std::move(result));
    }

    std::string m_type;
    QPointer<QObject> m_context;
    std::function<void(Result<QByteArray>)> m_done;
    QProcess m_process;
    QByteArray m_output, m_errors;
    const char *m_stopped = nullptr;
};

} // namespace

void runCniPlugin(const CniPlaces &places, const QJsonObject &config, const CniRequest &request,
                  QObject *context, std::function<void(Result<QByteArray>)> done)
{
    const std::string type = config.value(u"type").toString().toStdString();
    const auto program = places.plugin(type);
    if (!program) {
        done(fail("the CNI plugin " + type + " is not in " + places.pluginPath));
        return;
    }
    QProcessEnvironment environment;
    environment.insert(u"CNI_COMMAND"_s, QString::fromStdString(request.command));
    environment.insert(u"CNI_CONTAINERID"_s, QString::fromStdString(request.containerId));
    environment.insert(u"CNI_NETNS"_s, QString::fromStdString(request.networkNamespace));
    environment.insert(u"CNI_IFNAME"_s, QString::fromStdString(request.interfaceName));
    environment.insert(u"CNI_PATH"_s, QString::fromStdString(places.pluginPath));
    // Some of them run iptables.
    environment.insert(u"PATH"_s,
                       qEnvironmentVariable("PATH",
                                            u"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                            "/sbin:/bin"_s));
    auto *execution = new Execution(type, context, std::move(done));
    execution->start(*program, environment, QJsonDocument(config).toJson(QJsonDocument::Compact));
}

void runCniNetwork(const CniPlaces &places, const CniNetwork &network, const CniRequest &request,
                   const QByteArray &lastAnswer, QObject *context,
                   std::function<void(Result<QByteArray>)> done)
{
    auto plugins = network.plugins;
    if (request.command == "DEL")
        std::reverse(plugins.begin(), plugins.end());
    const bool chained = plugins.size() > 1;
    const auto answer = std::make_shared<QByteArray>(lastAnswer);
    InOrder<QJsonObject>::run(
        std::move(plugins),
        [places, request, answer, chained, context](QJsonObject config, const auto &next) {
            const QJsonObject before = QJsonDocument::fromJson(*answer).object();
            if (chained && !before.isEmpty())
                config[u"prevResult"_s] = before;
            runCniPlugin(places, config, request, context,
                         [answer, next, adds = request.command == "ADD"](Result<QByteArray> said) {
                             if (said && adds)
                                 *answer = *said;
                             next(said ? Result<>() : fail(said.error()));
                         });
        },
        [answer, done = std::move(done)](const Result<> &result) {
            done(result ? Result<QByteArray>(*answer) : fail(result.error()));
        });
}

} // namespace meseta::agent
