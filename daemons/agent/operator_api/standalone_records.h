#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

/// With what standalone containers were launched, kept for a later agent as long as they run:
/// <work_dir>/meta/containers/<id>/launch. Source: Mesos work_dir layout, standalone containers.
class StandaloneRecords
{
public:
    using Launch = mesos::v1::agent::Call::LaunchContainer;

    explicit StandaloneRecords(std::string workDir) : m_folder(workDir + "/meta/containers") { }

    Result<> keep(const Launch &launch) const;
    void forget(const std::string &id) const;
    /// All of them; what cannot be read is logged and passed over.
    std::vector<Launch> read() const;

private:
    std::string m_folder;
};

} // namespace meseta::agent
