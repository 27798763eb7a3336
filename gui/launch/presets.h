#pragma once

#include <QStringList>

#include "gui/launch/launch_request.h"

namespace meseta::console {

/// Launches that were saved under a name, in the console's settings; at most 100.
class Presets
{
public:
    static QStringList names();
    static Result<LaunchRequest> load(const QString &name);
    static void save(const QString &name, const LaunchRequest &request);
    static void remove(const QString &name);
};

} // namespace meseta::console
