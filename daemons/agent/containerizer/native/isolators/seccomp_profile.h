#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// A seccomp profile in Docker's JSON format, read once and compiled for containers by the
/// capabilities they have. Source: Mesos documentation, linux/seccomp isolator; moby,
/// profiles/seccomp.
class SeccompProfile
{
public:
    static Result<SeccompProfile> parse(const std::string &json);
    static Result<SeccompProfile> read(const std::string &path);

    /// The filter program (struct sock_filter[]) of a container whose bounding capabilities are
    /// `capabilities`.
    Result<std::string> compile(std::uint64_t capabilities) const;

private:
    struct Condition
    {
        unsigned index = 0;
        int comparison = 0; ///< SCMP_CMP_*
        std::uint64_t value = 0;
        std::uint64_t valueTwo = 0;
    };
    struct Rule
    {
        std::vector<int> calls; ///< numbers of this machine's architecture
        std::uint32_t action = 0; ///< SCMP_ACT_*
        std::vector<Condition> conditions;
        std::uint64_t needs = 0; ///< kept only with all of these capabilities
        std::uint64_t excludes = 0; ///< dropped with any of these
    };
    friend class SeccompProfileReader;

    std::uint32_t m_defaultAction = 0;
    std::vector<std::uint32_t> m_architectures; ///< beside the native one
    std::vector<Rule> m_rules;
};

} // namespace meseta::agent
