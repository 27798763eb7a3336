#pragma once

#include <QString>

#include "common/base/result.h"

namespace meseta::console {

/// Where a master is, as a person writes it: "host", "host:port", "[::1]:port",
/// "http://host:port/"; or where the leading one is found: "zk://host1:port1,host2:port2/path".
struct MasterAddress
{
    QString host;
    quint16 port = 5050;
    QString ensemble = {}; ///< the whole zk:// URL; the host is empty until the leader is found

    /// The error says what is wrong with the text and shows the form that is wanted.
    static Result<MasterAddress> parse(const QString &text);

    QString text() const; ///< "host:port", or the URL without its password while no leader is known
    QString url(const QString &path) const; ///< "http://host:port/path"
    bool operator==(const MasterAddress &) const = default;
};

} // namespace meseta::console
