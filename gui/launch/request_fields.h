#pragma once

#include "gui/launch/launch_request.h"

namespace meseta::console {

// Lists of the form as a person types them, and back. Errors name the part that is wrong.

/// "8080:80, 53/udp": host port (or none) and container port, separated by commas.
Result<QList<LaunchRequest::PortMapping>> parsePorts(const QString &text);
QString portsText(const QList<LaunchRequest::PortMapping> &ports);

/// "NAME=value", one a line. A line without "=" is an error; `what` says what the lines are.
Result<QList<std::pair<QString, QString>>> parsePairs(const QString &text, const QString &what);
QString pairsText(const QList<std::pair<QString, QString>> &pairs);

/// "/host:/container[:ro]", one a line.
Result<QList<LaunchRequest::Volume>> parseVolumes(const QString &text);
QString volumesText(const QList<LaunchRequest::Volume> &volumes);

/// "rack = r1", "rack != r1", "rack ~ r[12]", "hostname unique", one a line.
Result<QList<LaunchRequest::Constraint>> parseConstraints(const QString &text);
QString constraintsText(const QList<LaunchRequest::Constraint> &constraints);

} // namespace meseta::console
