#pragma once

#include <memory>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/model/table_model.h"

namespace meseta::console {

/// The tables of the console, over the replica's stores. The replica outlives them.
std::unique_ptr<TableSource> agentSource(const Replica &replica);
std::unique_ptr<TableSource> offerSource(const Replica &replica);
std::unique_ptr<TableSource> offerFlowSource(const Replica &replica);
std::unique_ptr<TableSource> taskSource(const Replica &replica);
std::unique_ptr<TableSource> frameworkSource(const Replica &replica);
std::unique_ptr<TableSource> roleSource(const Replica &replica);
std::unique_ptr<TableSource> eventSource(const Replica &replica);

QString agentState(const AgentRow &agent); ///< for a person: "active", "draining"
QString frameworkState(const FrameworkRow &framework);

/// Which tasks a tab of the tasks page shows.
enum class TaskScope { All, Active, Completed, Unreachable };
bool isInScope(const TaskRow &task, TaskScope scope);

} // namespace meseta::console
