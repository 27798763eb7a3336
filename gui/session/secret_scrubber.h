#pragma once

#include <QString>
#include <string>

#include <google/protobuf/message.h>

namespace meseta::console {

/// Takes out of a message what a stranger must not read: values of environment variables and of
/// secrets, the secrets of credentials, what labels and parameters with telling names hold, data
/// that only its owner can read, and user names and passwords in addresses and command lines. What
/// is left says "(removed)" where something was.
void scrubSecrets(google::protobuf::Message &message);

/// The same for one text.
std::string withoutSecrets(const std::string &text);
QString withoutSecrets(const QString &text);

} // namespace meseta::console
