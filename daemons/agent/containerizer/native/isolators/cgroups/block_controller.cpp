#include <map>

#include "daemons/agent/cgroups/cgroup_text.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/simple_controllers.h"

namespace meseta::agent {

using Blkio = mesos::v1::CgroupInfo::Blkio;
using Key = std::optional<std::pair<unsigned, unsigned>>;

namespace {

Blkio::Operation operationOf(const std::string &text)
{
    static const std::map<std::string, Blkio::Operation> operations{
        {"Total", Blkio::TOTAL}, {"Read", Blkio::READ},   {"Write", Blkio::WRITE},
        {"Sync", Blkio::SYNC},   {"Async", Blkio::ASYNC}, {"Discard", Blkio::DISCARD}};
    const auto found = operations.find(text);
    return found == operations.end() ? Blkio::UNKNOWN : found->second;
}

void set(Blkio::Value *value, Blkio::Operation operation, std::uint64_t number)
{
    value->set_op(operation);
    value->set_value(number);
}

std::vector<DeviceCounter> countersOf(const ContainerGroup &group, const std::string &file)
{
    const auto text = group.files.read(group.path + "/" + file);
    return text ? deviceCounters(*text) : std::vector<DeviceCounter>();
}

template <typename Statistics> void setDevice(const Key &key, Statistics &statistics)
{
    if (!key)
        return;
    statistics.mutable_device()->set_major_number(key->first);
    statistics.mutable_device()->set_minor_number(key->second);
}

/// Devices in order, then the sum over all of them, which has no device.
template <typename Statistics, typename List>
void addAll(std::map<Key, Statistics> &byDevice, List *list)
{
    for (auto &[key, statistics] : byDevice) {
        setDevice(key, statistics);
        if (key)
            *list->Add() = statistics;
    }
    *list->Add() = byDevice[std::nullopt];
}

void addThrottling(const ContainerGroup &group, Blkio::Statistics &statistics)
{
    std::map<Key, Blkio::Throttling::Statistics> byDevice;
    for (const auto &c : countersOf(group, "blkio.throttle.io_serviced"))
        set(byDevice[c.device].add_io_serviced(), operationOf(c.operation), c.value);
    for (const auto &c : countersOf(group, "blkio.throttle.io_service_bytes"))
        set(byDevice[c.device].add_io_service_bytes(), operationOf(c.operation), c.value);
    addAll(byDevice, statistics.mutable_throttling());
}

/// The CFQ scheduler of kernels before 5.0.
void addCfq(const ContainerGroup &group, const std::string &suffix,
            google::protobuf::RepeatedPtrField<Blkio::CFQ::Statistics> *list)
{
    using Statistics = Blkio::CFQ::Statistics;
    static const std::pair<const char *, Blkio::Value *(Statistics::*)()> files[] = {
        {"io_serviced", &Statistics::add_io_serviced},
        {"io_service_bytes", &Statistics::add_io_service_bytes},
        {"io_service_time", &Statistics::add_io_service_time},
        {"io_wait_time", &Statistics::add_io_wait_time},
        {"io_merged", &Statistics::add_io_merged},
        {"io_queued", &Statistics::add_io_queued},
    };
    std::map<Key, Statistics> byDevice;
    for (const auto &[name, add] : files)
        for (const auto &c : countersOf(group, std::string("blkio.") + name + suffix))
            set((byDevice[c.device].*add)(), operationOf(c.operation), c.value);
    for (const auto &c : countersOf(group, "blkio.time" + suffix))
        byDevice[c.device].set_time(c.value);
    for (const auto &c : countersOf(group, "blkio.sectors" + suffix))
        byDevice[c.device].set_sectors(c.value);
    addAll(byDevice, list);
}

/// Version 2 has reads and writes only; sums are ours.
void addUnified(const ContainerGroup &group, Blkio::Statistics &statistics)
{
    const auto text = group.files.read(group.file("io.stat"));
    struct Counts
    {
        std::uint64_t readBytes = 0, writtenBytes = 0, discardedBytes = 0;
        std::uint64_t reads = 0, writes = 0, discards = 0;
    };
    std::map<Key, Counts> byDevice;
    for (const auto &c : text ? nestedKeyed(*text) : std::vector<DeviceCounter>()) {
        static const std::map<std::string, std::uint64_t Counts::*> fields{
            {"rbytes", &Counts::readBytes},      {"wbytes", &Counts::writtenBytes},
            {"dbytes", &Counts::discardedBytes}, {"rios", &Counts::reads},
            {"wios", &Counts::writes},           {"dios", &Counts::discards}};
        if (const auto field = fields.find(c.operation); field != fields.end())
            byDevice[c.device].*(field->second) += c.value;
    }
    std::map<Key, Blkio::Throttling::Statistics> result;
    std::uint64_t allBytes = 0, allOperations = 0;
    for (const auto &[key, c] : byDevice) {
        auto &device = result[key];
        const std::uint64_t bytes = c.readBytes + c.writtenBytes + c.discardedBytes;
        const std::uint64_t operations = c.reads + c.writes + c.discards;
        set(device.add_io_serviced(), Blkio::READ, c.reads);
        set(device.add_io_serviced(), Blkio::WRITE, c.writes);
        set(device.add_io_serviced(), Blkio::DISCARD, c.discards);
        set(device.add_io_serviced(), Blkio::TOTAL, operations);
        set(device.add_io_service_bytes(), Blkio::READ, c.readBytes);
        set(device.add_io_service_bytes(), Blkio::WRITE, c.writtenBytes);
        set(device.add_io_service_bytes(), Blkio::DISCARD, c.discardedBytes);
        set(device.add_io_service_bytes(), Blkio::TOTAL, bytes);
        allBytes += bytes;
        allOperations += operations;
    }
    set(result[std::nullopt].add_io_serviced(), Blkio::TOTAL, allOperations);
    set(result[std::nullopt].add_io_service_bytes(), Blkio::TOTAL, allBytes);
    addAll(result, statistics.mutable_throttling());
}

} // namespace

void BlockController::usage(const ContainerGroup &group, mesos::v1::ResourceStatistics &statistics)
{
    Blkio::Statistics &blkio = *statistics.mutable_blkio_statistics();
    if (group.unified) {
        addUnified(group, blkio);
        return;
    }
    addCfq(group, "", blkio.mutable_cfq());
    addCfq(group, "_recursive", blkio.mutable_cfq_recursive());
    addThrottling(group, blkio);
}

} // namespace meseta::agent
