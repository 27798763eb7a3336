#pragma once

#include "common/base/flags.h"

namespace meseta {

/// --domain of master and agent: a DomainInfo in JSON, which has to name a region and a zone.
/// `whose`: "master" or "agent". Source: Mesos documentation of fault domains.
FlagRow domainFlagRow(const std::string &whose);

} // namespace meseta
