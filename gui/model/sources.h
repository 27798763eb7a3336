#pragma once

#include <memory>

#include "gui/model/replica.h"
#include "gui/model/table_model.h"

namespace meseta::console {

/// The tables of the console, over the replica's stores. The replica outlives them.
std::unique_ptr<TableSource> agentSource(const Replica &replica);
std::unique_ptr<TableSource> offerSource(const Replica &replica);
std::unique_ptr<TableSource> taskSource(const Replica &replica);
std::unique_ptr<TableSource> frameworkSource(const Replica &replica);

/// Columns, by name, for views that treat some of them in a special way.
enum class AgentColumn { Host, Id, State, Cpus, Memory, Disk, Ports, Attributes, Registered };
enum class OfferColumn { Host, Framework, Role, Cpus, Memory, Disk, Ports, Age, Id };
enum class TaskColumn { Name, State, Framework, Host, Image, Cpus, Memory, Updated, Id, Message };
enum class FrameworkColumn { Name, State, User, Roles, Cpus, Memory, Registered, Id };

/// For bars in cells: used and offered share of a total, 0 to 1 (Qt::UserRole + 10 and up of a
/// cell).
enum CellRoles { UsedShareRole = Qt::UserRole + 10, OfferedShareRole, TaskStateRole };

QString memoryText(double mebibytes); ///< "2.0 GiB"
QString timeText(double secondsSinceEpoch); ///< local, short; "" for 0
QString amountText(double value); ///< "1.5"

} // namespace meseta::console
