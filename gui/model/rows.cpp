#include "gui/model/rows.h"

#include <QCoreApplication>

namespace meseta::console {

QString stateText(mesos::v1::TaskState state)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("TaskState", text); };
    switch (state) {
    case mesos::v1::TASK_STAGING: return tr("staging");
    case mesos::v1::TASK_STARTING: return tr("starting");
    case mesos::v1::TASK_RUNNING: return tr("running");
    case mesos::v1::TASK_KILLING: return tr("stopping");
    case mesos::v1::TASK_FINISHED: return tr("finished");
    case mesos::v1::TASK_FAILED: return tr("failed");
    case mesos::v1::TASK_KILLED: return tr("killed");
    case mesos::v1::TASK_ERROR: return tr("refused");
    case mesos::v1::TASK_LOST: return tr("lost");
    case mesos::v1::TASK_DROPPED: return tr("dropped");
    case mesos::v1::TASK_UNREACHABLE: return tr("unreachable");
    case mesos::v1::TASK_GONE: return tr("gone");
    case mesos::v1::TASK_GONE_BY_OPERATOR: return tr("gone (operator)");
    case mesos::v1::TASK_UNKNOWN: return tr("unknown");
    }
    return tr("unknown");
}

QString stateName(mesos::v1::TaskState state)
{
    return QString::fromStdString(mesos::v1::TaskState_Name(state));
}

bool isTerminal(mesos::v1::TaskState state)
{
    switch (state) {
    case mesos::v1::TASK_FINISHED:
    case mesos::v1::TASK_FAILED:
    case mesos::v1::TASK_KILLED:
    case mesos::v1::TASK_ERROR:
    case mesos::v1::TASK_LOST:
    case mesos::v1::TASK_DROPPED:
    case mesos::v1::TASK_GONE:
    case mesos::v1::TASK_GONE_BY_OPERATOR:
        return true;
    default:
        return false;
    }
}

} // namespace meseta::console
