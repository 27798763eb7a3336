#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::zookeeper {

/// A member of a group of masters, by the name of its node: "json.info_0000000007" has the label
/// "json.info" and the number 7; "0000000007" has no label. Source: Mesos high availability,
/// znodes.
struct Member
{
    std::int32_t number = 0;
    std::string label; ///< "json.info"; older masters: "info" (protobuf) or none (a PID)
    std::string name;

    /// Nothing for the nodes of others ("log_replicas").
    static std::optional<Member> parse(std::string_view name);
    bool operator==(const Member &) const = default;
};

/// What masters of today write.
constexpr std::string_view memberPrefix = "json.info_";

/// The one that leads: the smallest number, whatever its label. Nothing when no child is a member.
std::optional<Member> leaderOf(const std::vector<std::string> &children);

/// What a master writes into its node: JSON, compact, keys in alphabetical order.
std::string masterText(const mesos::v1::MasterInfo &info);

/// What `masterText` and older masters wrote, by the member's label. The error says what is
/// missing.
Result<mesos::v1::MasterInfo> parseMaster(const Member &member, const std::string &data);

} // namespace meseta::zookeeper
