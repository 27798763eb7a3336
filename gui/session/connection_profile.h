#pragma once

#include <QList>
#include <QString>

namespace meseta::console {

/// A cluster that the console knows: where its master is, and how it is shown.
struct ConnectionProfile
{
    QString address; ///< as the person wrote it: "host:port"
    int color = 0; ///< one of `connectionColors`
    bool readOnly = false; ///< nothing that changes the cluster is offered
    bool open = false; ///< when the console was closed last

    bool operator==(const ConnectionProfile &) const = default;
};

constexpr int connectionColors = 6;

/// The clusters in the settings, newest first; at most 20 are kept.
QList<ConnectionProfile> savedConnections();
void saveConnections(const QList<ConnectionProfile> &profiles);

} // namespace meseta::console
