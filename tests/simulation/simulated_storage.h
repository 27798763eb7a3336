#pragma once

#include "daemons/master/registry/registry_storage.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/world.h"

namespace meseta::simulation {

/// What the masters of a cluster share: the bytes of their registry, and who may write them.
struct SharedRegistry
{
    store::Contents contents;
    std::uint64_t owner = 0; ///< number of the storage that opened it last
    std::set<std::string> agents; ///< ids of those that were told that they are registered
    std::set<std::string>
        beingChanged; ///< of those whose end may have been stored by one that died
    std::set<std::string> gone; ///< of those an operator was told are gone
};

/// The storage of one master: slow, and when the master dies in the middle of a write nobody knows
/// whether it was done. A master that was deposed can write nothing.
class SimulatedStorage final : public master::RegistryStorage
{
public:
    /// `time` is that of the master's machine.
    SimulatedStorage(World &world, SharedRegistry &shared, MachineTime &time)
        : m_world(world), m_clock(world.clock, &time), m_shared(shared)
    { }
    /// The master died.
    ~SimulatedStorage() override;

    void open(Opened opened) override;
    void append(std::string batch, Stored stored) override;
    void replace(std::string snapshot, Stored stored) override;

private:
    void write(std::function<void()> change, Stored stored);

    World &m_world;
    NodeClock m_clock;
    SharedRegistry &m_shared;
    std::uint64_t m_number = 0;
    std::function<void()> m_underWay;
};

} // namespace meseta::simulation
