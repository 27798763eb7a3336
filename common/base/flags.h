#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace meseta {

/// What the value of a flag has to look like.
enum class FlagType {
    Bool, ///< --name, --no-name, --name=true|false|1|0
    Int,
    UInt,
    UInt16,
    Double,
    String,
    Path, ///< a file or folder; a leading file:// is dropped, the file is not read
    Location, ///< text that the program itself resolves: a file:// value is kept as it is (--zk,
              ///< --master)
    TimeSpan, ///< "15secs"
    Bytes, ///< "10MB"
    Json, ///< JSON text, file:///path, or the absolute path of a file holding it
    StringList, ///< comma separated
    UIntList, ///< comma separated
};

/// One row of a program's flag table.
struct FlagRow
{
    std::string name = {};
    FlagType type = FlagType::String;
    std::optional<std::string> fallback =
        {}; ///< the default, in the form it is written on a command line
    std::string help = {}; ///< what it does: one or two sentences
    std::string alias = {}; ///< an older name, accepted with a warning
    bool required = false;

    /// When set, the capability is not there yet: any value but the default is refused at start
    /// with this reason and remedy, e.g. "leader election over ZooKeeper is not available yet;
    /// start one master without --zk".
    std::string notYet = {};

    /// Values other than the default that are harmless beside `notYet`.
    std::vector<std::string> accepted = {};

    /// When not empty, the only values there are (for lists: of each element).
    std::vector<std::string> choices = {};

    /// A further rule on the value; its error says what is wrong with it.
    std::function<Result<>(const std::string &)> check = {};
};

/// The flags of one program. Source: Mesos configuration documentation.
struct FlagTable
{
    std::string program; ///< "mesos-master"
    std::string summary; ///< what --help begins with, below the usage line
    std::string version; ///< what --version prints
    std::optional<std::string> environment; ///< prefix of environment variables: "MESOS_"
    std::vector<FlagRow> rows;

    const FlagRow *find(std::string_view nameOrAlias) const;
};

using Environment = std::map<std::string, std::string>;

/// This process' environment.
Environment processEnvironment();

/// The values a program runs with: what was given, else the defaults. Asking for a flag that the
/// table does not have, or by the wrong type, is a broken invariant and aborts.
class FlagValues
{
public:
    explicit FlagValues(FlagTable table) : m_table(std::move(table)) { }

    bool has(std::string_view name) const { return text(name).has_value(); }
    /// Whether it was given on the command line or in the environment.
    bool given(std::string_view name) const;
    std::optional<std::string> text(std::string_view name) const;
    std::string string(std::string_view name) const; ///< empty when unset
    bool flag(std::string_view name) const; ///< false when unset
    std::optional<std::int64_t> integer(std::string_view name) const;
    std::optional<double> number(std::string_view name) const;
    std::optional<Duration> duration(std::string_view name) const;
    std::optional<std::uint64_t> bytes(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;

    /// What /flags and GET_FLAGS tell: every flag that has a value, sorted by name, each value in
    /// text. As in Mesos, a flag that was given by its older name is told by that.
    const std::map<std::string, std::string> &effective() const { return m_told; }

    /// Sentences for the log: older names, words that were ignored.
    const std::vector<std::string> &warnings() const { return m_warnings; }

    const FlagTable &table() const { return m_table; }

private:
    friend class FlagLoader;
    const FlagRow &row(std::string_view name) const;

    FlagTable m_table;
    std::map<std::string, std::string> m_values; ///< by the row's name
    std::map<std::string, std::string> m_told; ///< by the name it was given by
    std::map<std::string, std::string>
        m_givenAs; ///< flag name to where it came from: "--port", "MESOS_PORT"
    std::vector<std::string> m_warnings;
};

/// Reads the command line (without the program's name) over the environment over the defaults, by
/// Mesos' rules: only
/// `--name=value`, `--name` and `--no-name`; names in any case; `--` ends the flags; a flag given
/// twice is an error; a `file:///path` value stands for the content of that file. Errors name the
/// flag, the value, the rule and the remedy.
Result<FlagValues> loadFlags(const FlagTable &table, const std::vector<std::string> &arguments,
                             const Environment &environment);

/// The text of --help, made from the table.
std::string flagsHelp(const FlagTable &table);

/// What a `main` does first: answers --help and --version on stdout, reports errors on stderr.
/// Either the values, or the exit code to leave with.
struct FlagsOutcome
{
    std::optional<FlagValues> values;
    int exitCode = 0;
};
FlagsOutcome loadFlagsOrExplain(const FlagTable &table, int argc, const char *const *argv);

/// The rows every daemon has for its log: quiet, logging_level, log_dir, logbufsecs,
/// initialize_driver_logging, external_log_file.
std::vector<FlagRow> loggingFlagRows();

/// Checks for the `check` of a row.
std::function<Result<>(const std::string &)> durationWithin(Duration least, Duration most);
std::function<Result<>(const std::string &)> numberWithin(double least, double most);

} // namespace meseta
