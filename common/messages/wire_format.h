#pragma once

#include <optional>

#include <QByteArray>

#include "common/http/message.h"
#include "common/messages/pid.h"

namespace meseta::messages {

/// The bytes of one message, as libprocess writes them: four header lines in fixed order, the body
/// as a single chunk, and for an empty body no word about it at all.
QByteArray encodeMessage(const Pid &from, const Pid &to, const std::string &name,
                         const std::string &body);

/// Who sent a message: Libprocess-From, else what follows "libprocess/" in User-Agent. Nothing when
/// neither says anything; an empty Pid when what they say is none.
std::optional<Pid> senderOf(const http::Request &request);

struct Target
{
    std::string id; ///< may be empty
    std::string name; ///< "mesos.internal.PingSlaveMessage"
};

/// "/slave(1)/mesos.internal.PingSlaveMessage" taken apart; nothing when it names no message.
std::optional<Target> targetOf(const QByteArray &path);

} // namespace meseta::messages
