#pragma once

/// Serves the stream of a made-up cluster until its subscriber goes: the snapshot at once, and from
/// GET /go on, so many events a second. Prints its port. Returns the exit code.
int serveSyntheticMaster(int argc, char **argv);

constexpr int agentsOfBench = 10000;
constexpr int tasksOfBench = 100000;
constexpr int eventsPerSecond = 5000;
