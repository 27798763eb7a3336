#pragma once

#include <optional>

#include <QHash>

#include "gui/model/replica.h"

namespace meseta::console {

/// Weights and quotas, out of a master's answers. Source: Mesos operator API, GET_ROLES and
/// GET_QUOTA.
QHash<QString, RoleSettings> roleSettings(const mesos::v1::master::Response &told);

/// No event of a master tells weights and quotas: the console asks for them, and puts what it was
/// told into its recordings as an event of its own, of no type, which other readers pass over: a
/// mesos.v1.master.Response with roles and quotas in field 1000. Of the roles only name and weight
/// are taken.
::meseta::v1::Event roleRecord(const mesos::v1::master::Response &told);

/// What such an event holds; nothing: it is another one.
std::optional<mesos::v1::master::Response> rolesIn(const ::meseta::v1::Event &event);

} // namespace meseta::console
