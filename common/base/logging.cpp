#include "common/base/logging.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include <QByteArray>
#include <QDir>
#include <QLoggingCategory>
#include <QMutex>

#include "common/base/flags.h"

namespace meseta {

namespace {

constexpr qint64 maxFileBytes = 256LL * 1024 * 1024;

/// The log file of one run: a new one begins when it is full, the full one is kept until the next.
class LogFile
{
public:
    static Result<std::unique_ptr<LogFile>> open(const std::string &folder,
                                                 const std::string &program)
    {
        if (!QDir().mkpath(QString::fromStdString(folder)))
            return fail("cannot make the folder " + folder
                        + " of --log_dir; make it, or choose another");
        std::unique_ptr<LogFile> log(new LogFile);
        char stamp[32];
        const std::time_t now = std::time(nullptr);
        std::tm local{};
        localtime_r(&now, &local);
        std::strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &local);
        const std::string name = program + ".INFO." + stamp + "." + std::to_string(::getpid());
        log->m_path = folder + "/" + name;
        log->m_link = folder + "/" + program + ".INFO";
        if (!log->begin())
            return fail("cannot write the log file " + log->m_path + ": "
                        + qt_error_string(errno).toStdString());
        ::unlink(log->m_link.c_str());
        if (::symlink(name.c_str(), log->m_link.c_str()) != 0)
            return fail("cannot make the link " + log->m_link + ": "
                        + qt_error_string(errno).toStdString());
        return log;
    }

    ~LogFile() { end(); }

    void write(const QByteArray &line)
    {
        if (m_file == nullptr)
            return;
        // A full disk loses lines of the log and nothing else.
        std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), m_file);
        std::fflush(m_file);
        m_written += line.size();
        if (m_written < maxFileBytes)
            return;
        end();
        ::rename(m_path.c_str(), (m_path + ".old").c_str());
        begin();
    }

    const std::string &link() const { return m_link; }

private:
    bool begin()
    {
        m_file = std::fopen(m_path.c_str(), "ae");
        m_written = 0;
        return m_file != nullptr;
    }

    void end()
    {
        if (m_file != nullptr)
            std::fclose(m_file);
        m_file = nullptr;
    }

    std::string m_path;
    std::string m_link;
    std::FILE *m_file = nullptr;
    qint64 m_written = 0;
};

/// Qt's message handler is one per process, and so is this.
struct LogState
{
    QMutex mutex;
    LoggingOptions options;
    std::unique_ptr<LogFile> file;
    int verbosity = 0;
};

LogState &state()
{
    static LogState *const single =
        new LogState; // never destroyed: messages may come while the process ends
    return *single;
}

char levelLetter(QtMsgType type)
{
    switch (type) {
    case QtWarningMsg:
        return 'W';
    case QtCriticalMsg:
        return 'E';
    case QtFatalMsg:
        return 'F';
    default:
        return 'I';
    }
}

LogLevel levelOf(QtMsgType type)
{
    switch (type) {
    case QtWarningMsg:
        return LogLevel::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        return LogLevel::Error;
    default:
        return LogLevel::Info;
    }
}

QByteArray glogLine(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    std::timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    std::tm local{};
    localtime_r(&now.tv_sec, &local);
    QByteArray file(context.file == nullptr ? context.category : context.file);
    file = file.mid(file.lastIndexOf('/') + 1);
    char head[96];
    std::snprintf(head, sizeof(head), "%c%02d%02d %02d:%02d:%02d.%06ld %5d ", levelLetter(type),
                  local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
                  now.tv_nsec / 1000, ::getpid());
    QByteArray line(head);
    line += file;
    if (context.file != nullptr)
        line += ':' + QByteArray::number(context.line);
    line += "] " + message.toUtf8() + '\n';
    return line;
}

void handleMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    LogState &log = state();
    if (levelOf(type) < log.options.level)
        return;
    const QByteArray line = glogLine(type, context, message);
    const QMutexLocker lock(&log.mutex);
    if (!log.options.quiet)
        std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stderr);
    if (log.file)
        log.file->write(line);
}

} // namespace

LoggingOptions loggingOptions(const std::string &program, const FlagValues &values)
{
    LoggingOptions options;
    options.program = program;
    options.quiet = values.flag("quiet");
    const std::string level = values.string("logging_level");
    options.level = level == "ERROR" ? LogLevel::Error
        : level == "WARNING"         ? LogLevel::Warning
                                     : LogLevel::Info;
    options.logDir = values.text("log_dir");
    options.verbosity = qEnvironmentVariableIntValue("GLOG_v");
    return options;
}

Result<> startLogging(const LoggingOptions &options)
{
    LogState &log = state();
    std::unique_ptr<LogFile> file;
    if (options.logDir) {
        Result<std::unique_ptr<LogFile>> opened = LogFile::open(*options.logDir, options.program);
        if (!opened)
            return fail(opened.error());
        file = std::move(*opened);
    }
    {
        const QMutexLocker lock(&log.mutex);
        log.options = options;
        log.file = std::move(file);
    }
    setLogVerbosity(options.verbosity);
    qInstallMessageHandler(handleMessage);
    return {};
}

int logVerbosity()
{
    return state().verbosity;
}

void setLogVerbosity(int verbosity)
{
    state().verbosity = verbosity;
    QLoggingCategory::setFilterRules(verbosity >= 1
                                         ? QStringLiteral("*.debug=true\nqt.*.debug=false")
                                         : QStringLiteral("*.debug=false"));
}

int initialLogVerbosity()
{
    return state().options.verbosity;
}

std::optional<std::string> logFile()
{
    const LogState &log = state();
    return log.file ? std::optional(log.file->link()) : std::nullopt;
}

} // namespace meseta
