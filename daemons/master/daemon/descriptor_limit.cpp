#include "daemons/master/daemon/descriptor_limit.h"

#include <cerrno>
#include <cstring>

#include <sys/resource.h>

namespace meseta::master {

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        qWarning("Only %llu files can be open at a time, which bounds the number of agents: %s; "
                 "raise it with ulimit -n",
                 static_cast<unsigned long long>(before), std::strerror(errno));
}

} // namespace meseta::master
