#pragma once

#include <string>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// Messages of libmesos scheduler drivers: mesos.scheduler.Call, and those that older drivers send
/// instead of it. A driver is known by the address it sends from. What is invalid is dropped, as
/// Mesos does. False: this is no message of a driver.
bool receiveFromDriver(Core &core, const messages::Pid &from, const std::string &name,
                       const std::string &body);

/// The link to a driver broke. False: there is no driver at this address.
bool driverExited(Core &core, const messages::Pid &from);

} // namespace meseta::master
