#pragma once

#include <QList>

#include "gui/model/rows.h"

namespace meseta::console {

class Replica;

/// The task that is asked about.
struct TaskShape
{
    double cpus = 1;
    double memory = 1024; ///< MiB
};

/// How much of what is free can be used by tasks of one shape, and what lies where no such task
/// fits. What is on offer counts as free: it can be taken back.
struct Fragmentation
{
    struct Place
    {
        QString agentId;
        QString name;
        Amounts amounts;
    };

    int fits = 0; ///< times, on the agents as they are
    int ideal = 0; ///< times, were everything that is free on one machine
    Amounts free;
    Amounts stranded; ///< free, but left over beside the tasks that fit
    QList<Place> worst; ///< where most is stranded, at most five
    Place mostCpus; ///< the largest task by CPUs that fits now, and the memory beside them
    Place mostMemory;

    double lost() const { return ideal > 0 ? 1 - static_cast<double>(fits) / ideal : 0; }
};

Fragmentation fragmentationFor(const TaskShape &shape, const Replica &replica);

/// How often a task of that shape fits into what an agent has free; 0 where nothing is offered.
int timesOn(const AgentRow &agent, const TaskShape &shape);

} // namespace meseta::console
