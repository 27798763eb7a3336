#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "daemons/master/core/registry.h"
#include "daemons/master/registry/registry_storage.h"

namespace meseta::master {

struct RegistrarOptions
{
    Duration fetchTimeout = std::chrono::minutes(1); ///< --registry_fetch_timeout
    Duration storeTimeout = std::chrono::seconds(20); ///< --registry_store_timeout
    /// Runs what follows an answer of the storage: now, or later when the master must not act just
    /// now. None: now.
    std::function<void(std::function<void()>)> pass = {};
};

/// The registry of a master that leads, on a storage. Operations are done in the order they were
/// asked for; those that come while a batch is being stored go together into the next. A storage
/// that fails, is too slow, or was taken over by another master ends it: `failed` is called once,
/// from then on nothing is stored and no answer comes, and the master must not lead any more.
/// Deterministic, if its storage is.
class Registrar final : public Registry
{
public:
    using Failed = std::function<void(const std::string &why)>;

    Registrar(std::unique_ptr<RegistryStorage> storage, Clock &clock, RegistrarOptions options,
              Failed failed);
    ~Registrar() override;

    void recover(const mesos::v1::MasterInfo &info, std::function<void()> done) override;
    void apply(RegistryOperation operation, Done done) override;
    const RegistryRecords &records() const override { return m_records; }
    std::size_t queued() const override { return m_queue.size() + m_underWay.size(); }

    std::size_t storedBytes() const override { return m_snapshotBytes + m_logBytes; }

    /// How large batches may grow, and how many times the snapshot, before a new snapshot is made.
    static constexpr std::size_t leastLogBytes = 1024 * 1024;

private:
    struct Waiting
    {
        RegistryOperation operation;
        Done done;
        Result<> result = {};
    };

    void opened(const mesos::v1::MasterInfo &info, Result<store::Contents> contents,
                const std::function<void()> &done);
    void storeNext();
    void write(RegistryChanges changes);
    void stored(const Result<> &result);
    void answer();
    void fail(const std::string &why);
    template <typename Given, typename Answer> auto guarded(Answer answer);
    void startTimer(Duration limit, const std::string &what);

    std::unique_ptr<RegistryStorage> m_storage;
    Clock &m_clock;
    RegistrarOptions m_options;
    Failed m_failed;
    RegistryRecords m_records;
    std::deque<Waiting> m_queue;
    std::deque<Waiting> m_underWay;
    std::size_t m_snapshotBytes = 0;
    std::size_t m_logBytes = 0;
    Duration m_startedAt{0};
    Clock::TimerId m_timer = 0;
    std::uint64_t m_request = 0; ///< counts requests: an answer to an older one is late
    enum class State { Idle, Recovering, Ready, Storing, Over } m_state = State::Idle;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::master
