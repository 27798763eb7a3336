#include "daemons/agent/operator_api/legacy_containers.h"

#include "common/codec/json.h"

namespace meseta::agent {

Result<ContainerFilter> containerFilter(const http::Request &request)
{
    const auto value = [&request](const char *name) {
        return request.parameter(name).value_or(QByteArray()).toStdString();
    };
    ContainerFilter filter{value("framework_id"), value("executor_id"), value("container_id")};
    const bool container = !filter.containerId.empty();
    const bool framework = !filter.frameworkId.empty();
    const bool executor = !filter.executorId.empty();
    if ((container && (framework || executor)) || (executor && !framework))
        return fail("The query may name container_id alone, framework_id alone, or framework_id "
                    "with executor_id");
    return filter;
}

void writeLegacyContainers(const std::vector<ContainerReport> &reports, bool statisticsOnly,
                           std::string &json)
{
    codec::JsonWriter writer(json);
    writer.beginArray();
    for (const ContainerReport &report : reports) {
        writer.beginObject();
        if (!statisticsOnly)
            writer.member("container_id", report.containerId);
        writer.member("executor_id", report.executorId);
        writer.member("executor_name", report.executorName);
        writer.member("framework_id", report.frameworkId);
        writer.member("source", report.source);
        if (report.statistics)
            writer.member("statistics", *report.statistics);
        if (!statisticsOnly && report.status)
            writer.member("status", *report.status);
        writer.endObject();
    }
    writer.endArray();
}

} // namespace meseta::agent
