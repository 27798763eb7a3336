#pragma once

#include <functional>
#include <string>

#include "common/codec/json.h"
#include "common/resources/resources.h"

namespace mesos::v1 {
class Attribute;
class CommandInfo;
class Labels;
class Task;
class Value_Ranges;
} // namespace mesos::v1

namespace meseta::master {

struct Agent;
struct Framework;
struct Offer;

// Pieces of the JSON of the GET endpoints (/state, /slaves, /frameworks, /tasks), which is older
// than the v1 API and has shapes of its own. Each function writes whole members or one value.
// Source: Mesos master endpoints, as recorded.

/// {"cpus":…,"disk":…,"gpus":…,"mem":…,"ports":"[31000-32000]"}: the four always, further names as
/// they come.
void resourceSummary(const Resources &resources, codec::JsonWriter &json);

/// {"cpus":1.0}: only what is there.
void quantitiesObject(const Quantities &quantities, codec::JsonWriter &json);

/// {"rack":"r7","slots":4.0}.
void attributesObject(const google::protobuf::RepeatedPtrField<mesos::v1::Attribute> &attributes,
                      codec::JsonWriter &json);

/// [{"key":…,"value":…}].
void labelsArray(const mesos::v1::Labels &labels, codec::JsonWriter &json);

/// {"argv":[],"uris":[]} and what else is set.
void commandObject(const mesos::v1::CommandInfo &command, codec::JsonWriter &json);

void taskObject(const mesos::v1::Task &task, codec::JsonWriter &json);
void offerObject(const Offer &offer, codec::JsonWriter &json);
/// `bytes` is a serialized ExecutorInfo.
void executorObject(const std::string &bytes, const std::string &frameworkId,
                    const std::string &agentId, codec::JsonWriter &json);

/// The members of an agent that all endpoints tell; the caller opens and closes the object.
void agentMembers(const Agent &agent, codec::JsonWriter &json);
/// Those /slaves adds.
void agentFullResources(const Agent &agent, codec::JsonWriter &json);

/// The members of a framework that /state-summary tells as well.
void frameworkSummaryMembers(const Framework &framework, codec::JsonWriter &json);
/// The rest, with tasks, offers and executors. `pause` is called between tasks, where the text may
/// be moved away.
void frameworkMembers(const Framework &framework, codec::JsonWriter &json,
                      const std::function<void()> &pause);

/// "[1-2, 5-9]", "{a, b}".
std::string rangesText(const mesos::v1::Value_Ranges &ranges);

} // namespace meseta::master
