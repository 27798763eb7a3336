#pragma once

#include <cstddef>

namespace meseta::containerizer {

/// How a container's helper and its agent pass on a container's streams: over a SOCK_SEQPACKET pair
/// per attachment, whose one end comes along with the control message `output` or `input`. The
/// first byte of a packet tells what it is; whoever closes an end is done.
///
/// output, from the helper: `standardOutput` or `standardError`, then bytes. The end of the pair is
/// the end of the container's output.
///
/// input, from the agent: `standardInput` and bytes; `inputEnds`; `windowSize` and "<rows>
/// <columns>". The helper answers only what fails: the packet's first byte and the errno in
/// decimal. When the agent has said its last (SHUT_WR), the helper closes its end once all is
/// written.
enum class Packet : char {
    standardOutput = 'o',
    standardError = 'e',
    standardInput = 'i',
    inputEnds = 'd',
    windowSize = 'w'
};

/// Bytes of a stream in one packet, at most.
inline constexpr std::size_t maxPacketBytes = 64 * 1024;

/// Who may follow the output of one container at a time.
inline constexpr std::size_t maxOutputReaders = 16;

} // namespace meseta::containerizer
