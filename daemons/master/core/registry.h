#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "daemons/master/registry/operations.h"

namespace meseta::master {

/// The durable record of what a master must not forget: which agents belong to the cluster, which
/// are unreachable, drained or gone for good, quotas, weights and maintenance. Whatever rests on a
/// change is told to nobody before its `done`. Source: Mesos registrar.
class Registry
{
public:
    /// An error: the operation was refused and changed nothing.
    using Done = std::function<void(const Result<> &)>;
    using Took = std::function<void(Duration)>;

    virtual ~Registry() = default;

    /// Who is told how long each reading and each writing of the record takes: Mesos'
    /// `registrar/state_fetch_ms` and `registrar/state_store_ms`. What was read before is told at
    /// once.
    void observe(Took fetched, Took stored)
    {
        m_onFetched = std::move(fetched);
        m_onStored = std::move(stored);
        if (m_onFetched && m_fetched)
            m_onFetched(*m_fetched);
    }

    /// Changes that are not stored yet: Mesos' `registrar/queued_operations`.
    virtual std::size_t queued() const { return 0; }

    /// Bytes the record takes where it is kept: Mesos' `registrar/registry_size_bytes`.
    virtual std::size_t storedBytes() const { return 0; }

    /// Reads the record and writes into it who leads now, which ends the writing of every master
    /// that led before. Changes are taken from now on.
    virtual void recover(const mesos::v1::MasterInfo &info, std::function<void()> done) = 0;

    /// Changes the record; those before it are done before it.
    virtual void apply(RegistryOperation operation, Done done) = 0;

    /// The record with all changes asked for so far that are stored or being stored.
    virtual const RegistryRecords &records() const = 0;

protected:
    /// To be called by a registry that keeps its record somewhere, after each reading and writing.
    void tellFetched(Duration took)
    {
        m_fetched = took;
        if (m_onFetched)
            m_onFetched(took);
    }
    void tellStored(Duration took)
    {
        if (m_onStored)
            m_onStored(took);
    }

private:
    Took m_onFetched;
    Took m_onStored;
    std::optional<Duration> m_fetched;
};

/// Remembers nothing beyond the life of the master: what is asked is done at once
/// (--registry=in_memory).
class MemoryRegistry : public Registry
{
public:
    void recover(const mesos::v1::MasterInfo &info, std::function<void()> done) override
    {
        apply(registry::setMaster(info), {});
        done();
    }
    void apply(RegistryOperation operation, Done done) override
    {
        RegistryChanges changes;
        RegistryEdit edit(m_records, changes);
        const Result<> result = operation.perform(edit);
        if (done)
            done(result);
    }
    const RegistryRecords &records() const override { return m_records; }

private:
    RegistryRecords m_records;
};

} // namespace meseta::master
