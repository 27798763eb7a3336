#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace meseta {

/// Chance, as the deterministic cores see it: the daemons draw from the kernel, simulated tests
/// from a seed.
class Random
{
public:
    virtual ~Random() = default;

    virtual std::uint64_t next() = 0;

    /// Even in [0, 1).
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Even in [0, bound); 0 when bound is 0.
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

    /// A version 4 UUID (RFC 4122) as its 16 bytes.
    std::string uuidBytes();

    /// A version 4 UUID in text: "6ba7b810-9dad-41d1-80b4-00c04fd430c8".
    std::string uuid();
};

/// The kernel's random numbers (getrandom(2)), drawn a few at a time.
class KernelRandom final : public Random
{
public:
    std::uint64_t next() override;

private:
    std::array<std::uint64_t, 32> m_drawn{};
    std::size_t m_left = 0;
};

/// The same sequence for the same seed, on every machine (SplitMix64). For simulations, never for
/// ids that must be hard to guess.
class SeededRandom final : public Random
{
public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) { }
    std::uint64_t next() override;

private:
    std::uint64_t m_state;
};

/// "6ba7b810-9dad-…" for 16 raw bytes; empty when there are not 16.
std::string uuidText(const std::string &bytes);

/// The 16 raw bytes of a UUID in text; empty when it is none.
std::string uuidBytes(const std::string &text);

/// Whether these are 16 bytes with a version of RFC 4122 (1 to 5), as the Mesos APIs ask of `uuid`
/// fields.
bool isUuid(const std::string &bytes);

} // namespace meseta
