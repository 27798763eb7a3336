#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"

namespace meseta {

class FlagValues;

/// The least severe message that is written (--logging_level).
enum class LogLevel { Info, Warning, Error };

struct LoggingOptions
{
    std::string program; ///< "mesos-master": names the files
    LogLevel level = LogLevel::Info;
    bool quiet = false; ///< nothing on stderr
    std::optional<std::string>
        logDir; ///< files <program>.INFO.<date>-<time>.<pid> and the link <program>.INFO
    int verbosity = 0; ///< GLOG_v
};

/// The options of the logging flags and of GLOG_v in the environment.
LoggingOptions loggingOptions(const std::string &program, const FlagValues &values);

/// Takes over Qt's messages: qCInfo, qCWarning and qCCritical of any category become lines in the
/// form log readers know,
///     I1122 17:45:00.123456  4711 registrar.cpp:88] Recovered the registry
/// and qCDebug is written at a verbosity of 1 and more. Lines go to stderr and, with a log
/// directory, to a file (which is followed by a new one at 256 MB; the one before it is kept).
/// Source: glog line format, Mesos logging flags.
Result<> startLogging(const LoggingOptions &options);

/// The verbosity now (GET_LOGGING_LEVEL), and changing it at run time (SET_LOGGING_LEVEL,
/// /logging/toggle).
int logVerbosity();
void setLogVerbosity(int verbosity);

/// The verbosity the process was started with.
int initialLogVerbosity();

/// The file being written, through the link whose name does not change; what /master/log and
/// /slave/log serve.
std::optional<std::string> logFile();

} // namespace meseta
