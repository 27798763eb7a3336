#include "daemons/agent/containerizer/docker/inspection.h"

#include <cmath>

#include <QDateTime>

#include "common/base/bytes_text.h"

namespace meseta::agent {

using mesos::v1::ContainerStatus;
using mesos::v1::NetworkInfo;
using mesos::v1::ResourceStatistics;

namespace {

void addAddresses(const QJsonObject &network, std::vector<std::string> &addresses)
{
    for (const auto key : {u"IPAddress", u"GlobalIPv6Address"}) {
        const std::string address = network.value(QStringView(key)).toString().toStdString();
        if (!address.empty()
            && std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(address);
    }
}

std::uint64_t number(const QJsonObject &object, QStringView key)
{
    return static_cast<std::uint64_t>(std::max(0.0, object.value(key).toDouble()));
}

void setMemoryLimitation(const ContainerSpec &spec, ContainerTermination &termination)
{
    const double limit = spec.memLimitBytes.value_or(spec.memBytes);
    termination.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION_MEMORY;
    termination.message = "Out of memory: the container's limit of "
        + bytesText(static_cast<std::uint64_t>(std::max(0.0, limit)))
        + " was reached and the kernel ended it; give the task more mem";
    auto *resource = termination.limitation.emplace().add_resources();
    resource->set_name("mem");
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(limit / (1 << 20));
}

} // namespace

DockerInspection DockerInspection::of(const QJsonObject &inspect)
{
    DockerInspection i;
    const auto state = inspect.value(u"State").toObject();
    i.running = state.value(u"Running").toBool();
    i.everStarted = !state.value(u"StartedAt").toString().startsWith(u"0001-");
    i.exitCode = state.value(u"ExitCode").toInt();
    i.outOfMemory = state.value(u"OOMKilled").toBool();
    i.error = state.value(u"Error").toString().toStdString();
    i.pid = state.value(u"Pid").toInt();
    const auto settings = inspect.value(u"NetworkSettings").toObject();
    const auto networks = settings.value(u"Networks").toObject();
    for (auto network = networks.begin(); network != networks.end(); ++network) {
        if (i.networkName.empty())
            i.networkName = network.key().toStdString();
        addAddresses(network.value().toObject(), i.addresses);
    }
    addAddresses(settings, i.addresses);
    return i;
}

ContainerStatus statusOf(const std::string &containerId, const ContainerSpec &spec,
                         const DockerInspection &inspection)
{
    ContainerStatus status;
    status.mutable_container_id()->set_value(containerId);
    if (inspection.pid > 0)
        status.set_executor_pid(static_cast<std::uint32_t>(inspection.pid));
    if (inspection.addresses.empty())
        return status;
    NetworkInfo *network = status.add_network_infos();
    if (spec.container && spec.container->network_infos_size() > 0)
        *network = spec.container->network_infos(0);
    network->clear_ip_addresses();
    for (const auto &address : inspection.addresses) {
        auto *entry = network->add_ip_addresses();
        entry->set_protocol(address.find(':') == std::string::npos ? NetworkInfo::IPv4
                                                                   : NetworkInfo::IPv6);
        entry->set_ip_address(address);
    }
    return status;
}

ContainerTermination terminationOf(const ContainerSpec &spec, const DockerInspection &inspection,
                                   bool killed)
{
    ContainerTermination termination;
    termination.waitStatus = (inspection.exitCode & 0xff) << 8;
    termination.killed = killed;
    termination.message = "Container exited with status " + std::to_string(inspection.exitCode);
    if (!inspection.error.empty())
        termination.message += ": " + inspection.error;
    if (inspection.outOfMemory && !killed)
        setMemoryLimitation(spec, termination);
    return termination;
}

ResourceStatistics statisticsOf(const ContainerSpec &spec, const QJsonObject &stats)
{
    ResourceStatistics statistics;
    statistics.set_timestamp(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
    const auto cpu = stats.value(u"cpu_stats").toObject();
    const auto cpuUsage = cpu.value(u"cpu_usage").toObject();
    statistics.set_cpus_user_time_secs(cpuUsage.value(u"usage_in_usermode").toDouble() / 1e9);
    statistics.set_cpus_system_time_secs(cpuUsage.value(u"usage_in_kernelmode").toDouble() / 1e9);
    const auto throttling = cpu.value(u"throttling_data").toObject();
    statistics.set_cpus_nr_periods(static_cast<std::uint32_t>(number(throttling, u"periods")));
    statistics.set_cpus_nr_throttled(
        static_cast<std::uint32_t>(number(throttling, u"throttled_periods")));
    statistics.set_cpus_throttled_time_secs(throttling.value(u"throttled_time").toDouble() / 1e9);
    if (spec.cpus > 0)
        statistics.set_cpus_soft_limit(spec.cpus);
    if (spec.cpusLimit && std::isfinite(*spec.cpusLimit))
        statistics.set_cpus_limit(*spec.cpusLimit);

    const auto memory = stats.value(u"memory_stats").toObject();
    const auto detail = memory.value(u"stats").toObject();
    statistics.set_mem_total_bytes(number(memory, u"usage"));
    statistics.set_mem_limit_bytes(number(memory, u"limit"));
    if (spec.memBytes > 0)
        statistics.set_mem_soft_limit_bytes(static_cast<std::uint64_t>(spec.memBytes));
    const bool second = !detail.contains(u"rss"); // cgroup v2 names them differently
    statistics.set_mem_rss_bytes(number(detail, second ? u"anon" : u"rss"));
    statistics.set_mem_anon_bytes(statistics.mem_rss_bytes());
    statistics.set_mem_cache_bytes(number(detail, second ? u"file" : u"cache"));
    statistics.set_mem_file_bytes(statistics.mem_cache_bytes());
    statistics.set_mem_mapped_file_bytes(number(detail, second ? u"file_mapped" : u"mapped_file"));
    statistics.set_mem_unevictable_bytes(number(detail, u"unevictable"));
    statistics.set_processes(
        static_cast<std::uint32_t>(number(stats.value(u"pids_stats").toObject(), u"current")));

    std::uint64_t sums[8] = {};
    const QStringView keys[8] = {u"rx_packets", u"rx_bytes", u"rx_errors", u"rx_dropped",
                                 u"tx_packets", u"tx_bytes", u"tx_errors", u"tx_dropped"};
    const auto networks = stats.value(u"networks").toObject();
    for (const auto &network : networks) {
        for (int k = 0; k < 8; ++k)
            sums[k] += number(network.toObject(), keys[k]);
    }
    if (!networks.isEmpty()) {
        statistics.set_net_rx_packets(sums[0]);
        statistics.set_net_rx_bytes(sums[1]);
        statistics.set_net_rx_errors(sums[2]);
        statistics.set_net_rx_dropped(sums[3]);
        statistics.set_net_tx_packets(sums[4]);
        statistics.set_net_tx_bytes(sums[5]);
        statistics.set_net_tx_errors(sums[6]);
        statistics.set_net_tx_dropped(sums[7]);
    }
    return statistics;
}

} // namespace meseta::agent
