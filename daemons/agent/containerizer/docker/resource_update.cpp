#include "daemons/agent/containerizer/docker/resource_update.h"

#include <algorithm>
#include <cmath>

namespace meseta::agent {

namespace {

constexpr double smallestMemory = 32.0 * 1024 * 1024; // bytes
constexpr double period = 100'000, smallestQuota = 1'000; // microseconds

/// As the kernel shows no limit: the engine has no word to take one away.
constexpr qint64 boundless = 0x7FFFFFFFFFFFF000;

void addCpu(const ContainerResources &resources, bool enableCfs, const QJsonObject &hostConfig,
            QJsonObject &body)
{
    if (resources.cpus > 0)
        body.insert(u"CpuShares", static_cast<qint64>(std::max(1024 * resources.cpus, 2.0)));
    // --cpus among the container's own parameters is the engine's other way to say it.
    if (hostConfig.value(u"NanoCpus").toDouble() > 0)
        return;
    std::optional<double> cpus = resources.cpusLimit;
    if (!cpus && enableCfs && resources.cpus > 0)
        cpus = resources.cpus;
    if (!cpus)
        return;
    body.insert(u"CpuPeriod", static_cast<qint64>(period));
    body.insert(u"CpuQuota",
                std::isinf(*cpus) ? qint64{-1}
                                  : static_cast<qint64>(std::max(period * *cpus, smallestQuota)));
}

void addMemory(const ContainerResources &resources, const QJsonObject &hostConfig,
               QJsonObject &body)
{
    const double wanted = resources.memLimitBytes.value_or(resources.memBytes);
    if (resources.memBytes > 0)
        body.insert(u"MemoryReservation",
                    static_cast<qint64>(std::max(resources.memBytes, smallestMemory)));
    const qint64 hard =
        std::isinf(wanted) ? boundless : static_cast<qint64>(std::max(wanted, smallestMemory));
    const qint64 current = hostConfig.value(u"Memory").toInteger(); // 0: no limit
    if (wanted <= 0 || current == 0 || hard <= current)
        return;
    body.insert(u"Memory", hard);
    // The engine counts swap and memory as one, and wants it to grow along: the swap stays.
    const qint64 swap = hostConfig.value(u"MemorySwap").toInteger() - current;
    const qint64 both = hard == boundless ? hard : hard + swap;
    body.insert(u"MemorySwap", swap < 0 ? qint64{-1} : both); // -1: no limit as it is
}

} // namespace

QJsonObject resourceUpdate(const ContainerResources &resources, bool enableCfs,
                           const QJsonObject &hostConfig)
{
    QJsonObject body;
    addCpu(resources, enableCfs, hostConfig, body);
    addMemory(resources, hostConfig, body);
    return body;
}

} // namespace meseta::agent
