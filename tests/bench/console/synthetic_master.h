#pragma once

/// Serves the stream of a made-up cluster until its subscriber goes: the snapshot at once, and from
/// GET /go on, so many events a second. GET /cut ends the stream, GET /failover too, and the next
/// is that of another leader, to whom all agents come back. Any file that is read there is 10 GB
/// long and grows by 1 MB a second. Prints its port. Returns the exit code.
int serveSyntheticMaster(int argc, char **argv);

constexpr int agentsOfBench = 10000;
constexpr int tasksOfBench = 100000;
constexpr int eventsPerSecond = 5000;
