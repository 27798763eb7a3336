#pragma once

#include "common/base/random.h"
#include "common/http/client.h"
#include "common/messages/pid.h"

namespace meseta::bench {

struct Options
{
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0;
    qint64 masterPid = 0; ///< 0: memory is not measured
    int agents = 1000;
    int tasks = 20000;
    int subscribers = 20;
    int samples = 500;

    http::Endpoint endpoint() const { return http::Endpoint::tcp(host, port); }
    messages::Pid pid() const { return {"master", host.toStdString(), port}; }
};

/// Emulated agents register, then hold tasks; reports launches a second, latencies, reading the
/// state, event streams, memory an agent and a task. False with a line on stderr when the master
/// does not keep up at all.
bool measureCluster(const Options &options, Random &random);

/// One hundred `true` in one ACCEPT on a real agent: launch to the last acknowledgement.
bool measureCommandTasks(const Options &options);

} // namespace meseta::bench
