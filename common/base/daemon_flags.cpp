#include "common/base/daemon_flags.h"

namespace meseta {

std::vector<FlagRow> daemonFlagRows()
{
    return {
        {.name = "help",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Print this and leave."},
        {.name = "version",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Print the version and leave."},
        {.name = "hostname_lookup",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Look up the name of the own ip where --hostname is not given; otherwise the ip "
                 "itself is told."},
        {.name = "authenticate_http_readonly",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ask for credentials at endpoints that only tell.",
         .notYet = not_yet::authentication},
        {.name = "acls",
         .type = FlagType::Json,
         .help = "Who may do what, as ACLs in JSON.",
         .notYet = not_yet::authorization},
        {.name = "modules",
         .type = FlagType::Json,
         .help = "Modules to load, in JSON.",
         .notYet = not_yet::modules},
        {.name = "modules_dir",
         .type = FlagType::Path,
         .help = "A folder of JSON files that name modules to load; excludes --modules.",
         .notYet = not_yet::modules},
        {.name = "hooks",
         .type = FlagType::StringList,
         .help = "Hook modules to install.",
         .notYet = not_yet::modules},
    };
}

} // namespace meseta
