#pragma once

#include <QLoggingCategory>

namespace meseta::agent {

Q_DECLARE_LOGGING_CATEGORY(agentLog)

} // namespace meseta::agent
