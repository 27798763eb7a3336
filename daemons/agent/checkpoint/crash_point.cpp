#include "daemons/agent/checkpoint/crash_point.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include <unistd.h>

namespace meseta::agent {

namespace {

struct Switch
{
    const char *at = std::getenv("MESETA_CRASH_AT");
    const char *log = std::getenv("MESETA_CRASH_LOG");
    std::mutex mutex;
    std::map<std::string, int, std::less<>> passed;
};

} // namespace

void crashPoint(std::string_view place, std::string_view what)
{
    static Switch crash;
    if (crash.at == nullptr && crash.log == nullptr)
        return;
    const std::lock_guard lock(crash.mutex);
    std::string name = std::string(place) + "-" + std::string(what);
    name += "#" + std::to_string(++crash.passed[name]);
    if (crash.log != nullptr)
        std::ofstream(crash.log, std::ios::app) << name << std::endl;
    if (crash.at != nullptr && name == crash.at)
        ::kill(::getpid(), SIGKILL);
}

} // namespace meseta::agent
