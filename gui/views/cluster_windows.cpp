#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/deed_runner.h"
#include "gui/terminal/terminal_dialog.h"
#include "gui/views/cluster_view.h"
#include "gui/views/what_if_dialog.h"

// Windows beside the pages: a shell in the container of a task, what would follow from other
// weights.

namespace meseta::console {

QString ClusterView::whyNoTerminal(const TaskRow *task) const
{
    if (!task)
        return tr("It is no more.");
    if (const QString closed = m_deeds->closed(); !closed.isEmpty())
        return closed;
    if (task->state != mesos::v1::TASK_RUNNING)
        return tr("It is not running.");
    if (task->byDocker)
        return tr("Its container belongs to a Docker engine. Agents of Mesos open sessions only in "
                  "containers of their own (launched with the Mesos containerizer).");
    const AgentRow *agent = m_cluster.replica().agents().find(task->agentId);
    return agent && !agent->address.isEmpty() ? QString()
                                              : tr("The address of its agent is not known.");
}

void ClusterView::openTerminal(const ObjectRef &object)
{
    const TaskRow *task = m_cluster.replica().tasks().find(object.key);
    if (!whyNoTerminal(task).isEmpty())
        return;
    const AgentRow *agent = m_cluster.replica().agents().find(task->agentId);
    auto *terminal = new TerminalDialog({agent->address, task->frameworkId, task->id}, task->name,
                                        task->hostname, this);
    terminal->setAttribute(Qt::WA_DeleteOnClose);
    terminal->open();
}

void ClusterView::askWhatIf()
{
    m_cluster.askRoleSettings(); // quotas and weights, if they are not known yet
    auto *dialog = new WhatIfDialog(m_cluster.replica(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

} // namespace meseta::console
