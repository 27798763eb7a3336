#include "tests/simulation/simulated_storage.h"

namespace meseta::simulation {

SimulatedStorage::~SimulatedStorage()
{
    if (m_underWay && m_world.chance(0.5) && m_shared.owner == m_number) {
        m_world.transcript.note("what the dead master was storing is stored");
        m_underWay();
    }
}

void SimulatedStorage::open(Opened opened)
{
    m_clock.after(m_world.between(0.001, 0.2), [this, opened = std::move(opened)] {
        m_number = ++m_shared.owner;
        opened(m_shared.contents);
    });
}

void SimulatedStorage::append(std::string batch, Stored stored)
{
    write([&shared = m_shared,
           batch = std::move(batch)] { shared.contents.batches.push_back(batch); },
          std::move(stored));
}

void SimulatedStorage::replace(std::string snapshot, Stored stored)
{
    write(
        [&shared = m_shared, snapshot = std::move(snapshot)] {
            shared.contents = {snapshot, {}};
        },
        std::move(stored));
}

void SimulatedStorage::write(std::function<void()> change, Stored stored)
{
    m_underWay = std::move(change);
    const Duration takes = m_world.between(0.0005, m_world.chance(0.05) ? 3 : 0.02);
    m_clock.after(takes, [this, stored = std::move(stored)] {
        const auto act = std::exchange(m_underWay, {});
        if (m_shared.owner != m_number)
            return stored(fail("another master took the registry over"));
        if (!m_world.strikes(Fault::ForgetsRegistryWrites, 0.1))
            act();
        stored({});
    });
}

} // namespace meseta::simulation
