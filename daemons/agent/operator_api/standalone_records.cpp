#include "daemons/agent/operator_api/standalone_records.h"

#include <filesystem>

#include "common/store/disk.h"
#include "common/store/record_file.h"
#include "daemons/agent/core/agent_log.h"

namespace meseta::agent {

namespace {

constexpr const char *fileName = "/launch";

} // namespace

Result<> StandaloneRecords::keep(const Launch &launch) const
{
    const std::string folder = m_folder + "/" + launch.container_id().value();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail("cannot create " + folder + ": " + error.message());
    // No container lives through a power cut.
    return store::writeRecord(store::systemDisk(), folder + fileName, launch,
                              store::Durability::ProcessDeath);
}

void StandaloneRecords::forget(const std::string &id) const
{
    std::error_code ignored;
    std::filesystem::remove_all(m_folder + "/" + id, ignored);
}

std::vector<StandaloneRecords::Launch> StandaloneRecords::read() const
{
    std::vector<Launch> launches;
    std::error_code ignored;
    for (const auto &folder : std::filesystem::directory_iterator(m_folder, ignored)) {
        Launch launch;
        const auto found =
            store::readRecord(store::systemDisk(), folder.path().string() + fileName, launch);
        if (!found)
            qCWarning(agentLog) << "a standalone container of an earlier agent is lost:"
                                << found.error().message.c_str();
        if (found && *found && launch.container_id().value() == folder.path().filename())
            launches.push_back(std::move(launch));
    }
    return launches;
}

} // namespace meseta::agent
