#pragma once

#include "gui/launch/docker_run.h"

namespace meseta::console {

/// Reads the services of a Compose file, each as a launch of its own, in the order of the file;
/// what has no counterpart (build, depends_on, secrets …) leaves a note. An error names the line
/// and the service. Files over 1 MiB, and aliases that unfold to more than 10,000 nodes, are
/// refused. Source: Compose specification, services.
Result<QList<ImportedLaunch>> parseCompose(const QString &text);

/// Whether a text looks like a Compose file: cheap, for drops.
bool looksLikeCompose(const QString &text);

} // namespace meseta::console
