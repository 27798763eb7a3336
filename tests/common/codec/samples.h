#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace meseta::codec::samples {

/// Every field of the message set, two elements in each list and map, nested messages down to
/// `depth`; the values differ from field to field and from the defaults.
void fill(google::protobuf::Message &message, int depth = 6);

/// An empty message of each type with which the Mesos v1 APIs talk: calls, events, responses.
std::vector<const google::protobuf::Message *> apiTypes();

/// A task as a busy cluster has them, about 0.75 KB on the wire.
std::string typicalTask(int number);

} // namespace meseta::codec::samples
