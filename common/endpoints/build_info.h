#pragma once

#include "mesos/v1/ids.pb.h"

namespace meseta {

/// What /version and GET_VERSION say of this program: the version of Mesos whose API it speaks
/// (dotted integers, which clients parse), and when and by whom it was built.
const mesos::v1::VersionInfo &buildInfo();

} // namespace meseta
