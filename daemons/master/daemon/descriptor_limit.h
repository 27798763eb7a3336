#pragma once

namespace meseta::master {

/// Lets this process open as many files as it may: each agent takes a connection in and one out,
/// and the usual soft limit of 1024 would end at five hundred agents.
void raiseDescriptorLimit();

} // namespace meseta::master
