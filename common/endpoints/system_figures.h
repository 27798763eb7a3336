#pragma once

#include <cstdint>

namespace meseta {

/// The machine's figures, as /system/stats.json and the system/* metrics tell them. Zero where the
/// kernel says nothing.
struct SystemFigures
{
    double load1 = 0;
    double load5 = 0;
    double load15 = 0;
    long cpus = 0;
    std::uint64_t memoryTotalBytes = 0;
    std::uint64_t memoryFreeBytes = 0;
};

SystemFigures systemFigures();

} // namespace meseta
