#pragma once

#include <deque>
#include <memory>

#include "daemons/master/registry/registry_storage.h"

namespace meseta::master::test {

/// What outlives the storages on top of it, as a disk or an ensemble does.
struct KeptBytes
{
    store::Contents contents;
    std::uint64_t owner = 0; ///< number of the storage that opened it last
};

/// A storage in memory whose answers come one by one, when the test wants them; like a real one it
/// refuses to write once another has opened the same.
class ScriptedStorage final : public RegistryStorage
{
public:
    explicit ScriptedStorage(KeptBytes &kept) : m_kept(kept) { }

    void open(Opened opened) override;
    void append(std::string batch, Stored stored) override;
    void replace(std::string snapshot, Stored stored) override;

    /// From now on everything is answered at once, from inside the call.
    void answerAtOnce() { m_prompt = true; }
    void answerLater() { m_prompt = false; }
    /// Carries out the oldest request and answers it. False: there is none.
    bool answerNext();
    void answerAll()
    {
        while (answerNext()) { }
    }
    /// The next write is not done and fails.
    void failNext() { m_fails = true; }
    std::size_t writes() const { return m_writes; }
    std::size_t snapshots() const { return m_snapshots; }

private:
    void write(std::function<void()> change, Stored stored);

    KeptBytes &m_kept;
    std::uint64_t m_number = 0;
    std::deque<std::function<void()>> m_requests;
    bool m_fails = false;
    bool m_prompt = false;
    void take(std::function<void()> request);
    std::size_t m_writes = 0;
    std::size_t m_snapshots = 0;
};

} // namespace meseta::master::test
