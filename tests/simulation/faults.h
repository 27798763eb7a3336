#pragma once

namespace meseta::simulation {

/// Bugs that a simulation can be told to have, outside the product's code, to show that its
/// promises can break.
enum class Fault {
    None,
    RepeatsMessages, ///< the network delivers some messages twice
    LosesMessages, ///< … loses single ones without breaking the connection
    ReordersMessages, ///< … lets a message overtake the one before it
    HidesBrokenConnections, ///< … tells nobody that a connection broke
    LosesContainerEnds, ///< containers end and the agent is not told
    FreesTwice, ///< the allocator is told twice that a running task's resources are free
    ForgetsAcknowledgements, ///< an agent sends updates again that were acknowledged
    SkipsEvents, ///< the operator's event stream leaves a change out
    ForgetsRegistryWrites, ///< the registry says that a change is stored, and it is not
    IgnoresLease, ///< a leader acts although it has not heard of ZooKeeper for too long
    ForgetsRegistry, ///< masters keep their registries for themselves
    IgnoresNewLeaders, ///< agents stay with the first leader they found
    HidesTasks, ///< agents that come back keep quiet about a task
    ForgetsFlushes, ///< disks lose in a power cut what was flushed
    DoubtsContainers, ///< agents that come back take containers that run for never started
    ForgetsEnds, ///< … hear nothing of containers that ended while they were away
    LeasesByWallClock, ///< somebody sets a clock, and a lease is longer
    SleepsUnnoticed, ///< a master that slept does not see it when it wakes
    ClockStandsStill, ///< the clock of a leader's lease does not go on while its machine sleeps
    DropsUpdates, ///< agents that come back have forgotten updates that were not acknowledged
};

inline const char *nameOf(Fault fault)
{
    switch (fault) {
    case Fault::None:
        return "none";
    case Fault::RepeatsMessages:
        return "repeats messages";
    case Fault::LosesMessages:
        return "loses messages";
    case Fault::ReordersMessages:
        return "reorders messages";
    case Fault::HidesBrokenConnections:
        return "hides broken connections";
    case Fault::LosesContainerEnds:
        return "loses container ends";
    case Fault::FreesTwice:
        return "frees twice";
    case Fault::ForgetsAcknowledgements:
        return "forgets acknowledgements";
    case Fault::SkipsEvents:
        return "skips events";
    case Fault::ForgetsRegistryWrites:
        return "forgets registry writes";
    case Fault::IgnoresLease:
        return "ignores lease";
    case Fault::ForgetsRegistry:
        return "forgets registry";
    case Fault::IgnoresNewLeaders:
        return "ignores new leaders";
    case Fault::HidesTasks:
        return "hides tasks";
    case Fault::ForgetsFlushes:
        return "forgets flushes";
    case Fault::DoubtsContainers:
        return "doubts containers";
    case Fault::ForgetsEnds:
        return "forgets ends";
    case Fault::LeasesByWallClock:
        return "leases by wall clock";
    case Fault::SleepsUnnoticed:
        return "sleeps unnoticed";
    case Fault::ClockStandsStill:
        return "clock stands still";
    case Fault::DropsUpdates:
        return "drops updates";
    }
    return "";
}

} // namespace meseta::simulation
