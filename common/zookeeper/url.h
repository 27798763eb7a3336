#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::zookeeper {

/// Where an ensemble is and which node a group meets under:
/// "zk://[user:password@]host1:port1[,host2:port2…]/path". Source: Mesos high availability,
/// ZooKeeper URLs.
struct Url
{
    struct Server
    {
        std::string host;
        std::uint16_t port = 2181;
        bool operator==(const Server &) const = default;
    };

    std::vector<Server> servers; ///< at least one
    std::optional<std::string> credentials; ///< "user:password", for the digest scheme
    std::string path; ///< absolute, without a slash at its end; never "/"

    /// The error names the text (without its password), the rule, and the form that is wanted.
    static Result<Url> parse(std::string_view text);

    /// As `parse`; "file:///path" or "/path" names a file that holds the URL, which keeps a
    /// password off command lines.
    static Result<Url> read(std::string_view text);

    static bool isUrl(std::string_view text); ///< begins with "zk://"

    std::string text() const; ///< without the password, for logs
    bool operator==(const Url &) const = default;
};

} // namespace meseta::zookeeper
