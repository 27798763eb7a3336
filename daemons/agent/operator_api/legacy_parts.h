#pragma once

#include "common/codec/json.h"
#include "daemons/agent/core/records.h"

namespace meseta::agent {

/// `{"cpus":1.0,"gpus":0.0,"mem":…,"disk":…,"ports":"[31000-32000]"}`: the four always, others when
/// there are any.
void writeResourceSummary(const Resources &resources, codec::JsonWriter &json);

/// A framework with its executors and their tasks, as /state shows them.
void writeLegacyFramework(const Framework &framework, codec::JsonWriter &json);

} // namespace meseta::agent
