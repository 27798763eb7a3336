#include "gui/model/rows.h"

#include <QCoreApplication>

namespace meseta::console {

namespace {

struct TaskStateText
{
    Q_DECLARE_TR_FUNCTIONS(TaskState)
};

} // namespace

QString stateText(mesos::v1::TaskState state)
{
    switch (state) {
    case mesos::v1::TASK_STAGING:
        return TaskStateText::tr("staging");
    case mesos::v1::TASK_STARTING:
        return TaskStateText::tr("starting");
    case mesos::v1::TASK_RUNNING:
        return TaskStateText::tr("running");
    case mesos::v1::TASK_KILLING:
        return TaskStateText::tr("stopping");
    case mesos::v1::TASK_FINISHED:
        return TaskStateText::tr("finished");
    case mesos::v1::TASK_FAILED:
        return TaskStateText::tr("failed");
    case mesos::v1::TASK_KILLED:
        return TaskStateText::tr("killed");
    case mesos::v1::TASK_ERROR:
        return TaskStateText::tr("refused");
    case mesos::v1::TASK_LOST:
        return TaskStateText::tr("lost");
    case mesos::v1::TASK_DROPPED:
        return TaskStateText::tr("dropped");
    case mesos::v1::TASK_UNREACHABLE:
        return TaskStateText::tr("unreachable");
    case mesos::v1::TASK_GONE:
        return TaskStateText::tr("gone");
    case mesos::v1::TASK_GONE_BY_OPERATOR:
        return TaskStateText::tr("gone (operator)");
    case mesos::v1::TASK_UNKNOWN:
        return TaskStateText::tr("unknown");
    }
    return TaskStateText::tr("unknown");
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
