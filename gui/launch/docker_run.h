#pragma once

#include <QStringList>

#include "gui/launch/launch_request.h"

namespace meseta::console {

/// A launch as another tool wrote it.
struct ImportedLaunch
{
    LaunchRequest request;
    QStringList notes; ///< what could not be taken over, in words for the person
};

/// Whether a text looks like a `docker run` line, or the like of podman's: cheap, for drops.
bool looksLikeDockerRun(const QString &text);

/// Reads a `docker run …` line (also `docker container run`, `podman run`, `sudo`, line ends
/// escaped with "\"). Options that the form knows go to its fields, those that the Docker
/// containerizer takes as parameters are kept as such, those that make no sense in a cluster (--rm,
/// -it) leave a note. An error names the option that is unknown or lacks its value. Source: Docker
/// CLI reference, `docker container run`.
Result<ImportedLaunch> parseDockerRun(const QString &line);

/// "8080:80/tcp", "127.0.0.1:8080:80", "80": as `-p` and Compose's `ports` have it; ranges make
/// several.
Result<QList<LaunchRequest::PortMapping>> parsePublished(const QString &text);

/// "host:container[:ro]".
Result<LaunchRequest::Volume> parseVolume(const QString &text);

/// "512m", "1g", "1048576": to MiB, as Docker reads sizes.
Result<double> parseMebibytes(const QString &text);

/// "30s", "1m30s", "500ms": to seconds, as Docker and Compose read durations.
Result<double> parseSeconds(const QString &text);

} // namespace meseta::console
