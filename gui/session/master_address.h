#pragma once

#include <QString>

#include "common/base/result.h"

namespace meseta::console {

/// Where a master is, as a person writes it: "host", "host:port", "[::1]:port",
/// "http://host:port/".
struct MasterAddress
{
    QString host;
    quint16 port = 5050;

    /// The error says what is wrong with the text and shows the form that is wanted.
    static Result<MasterAddress> parse(const QString &text);

    QString text() const; ///< "host:port"
    QString url(const QString &path) const; ///< "http://host:port/path"
    bool operator==(const MasterAddress &) const = default;
};

} // namespace meseta::console
