#include "daemons/execute/run/status_text.h"

#include "common/codec/json.h"
#include "common/resources/resources.h"
#include "common/resources/task_state.h"

namespace meseta::execute {

using mesos::v1::TaskStatus;

std::string statusText(const TaskStatus &status)
{
    std::string text = "Received status update " + TaskState_Name(status.state()) + " for task '"
        + status.task_id().value() + "'\n";
    const auto line = [&text](const char *name, const std::string &value) {
        text += std::string("  ") + name + ": " + value + "\n";
    };
    if (status.has_message())
        line("message", "'" + status.message() + "'");
    if (status.has_source())
        line("source", TaskStatus::Source_Name(status.source()));
    if (status.has_reason())
        line("reason", TaskStatus::Reason_Name(status.reason()));
    if (status.has_healthy())
        line("healthy?", status.healthy() ? "1" : "0");
    if (status.has_check_status())
        line("check status", codec::toJson(status.check_status()));
    if (status.limitation().resources_size() > 0)
        line("resource limit violation", Resources(status.limitation().resources()).text());
    return text;
}

bool isTerminal(mesos::v1::TaskState state)
{
    return isTerminalState(state);
}

} // namespace meseta::execute
