#include "daemons/master/registry/registrar.h"

#include "common/base/duration_text.h"

namespace meseta::master {

Registrar::Registrar(std::unique_ptr<RegistryStorage> storage, Clock &clock,
                     RegistrarOptions options, Failed failed)
    : m_storage(std::move(storage)), m_clock(clock), m_options(std::move(options)), m_failed(std::move(failed))
{ }

Registrar::~Registrar()
{
    m_clock.cancel(m_timer);
}

/// The answer to a request, unless this is gone or has given up by then.
template <typename Given, typename Answer> auto Registrar::guarded(Answer answer)
{
    return [this, alive = std::weak_ptr<bool>(m_alive), request = ++m_request,
            answer = std::move(answer)](Given given) {
        const auto isLate = [this, alive, request] {
            return alive.expired() || request != m_request || m_state == State::Over;
        };
        if (isLate())
            return;
        m_clock.cancel(std::exchange(m_timer, 0));
        if (!m_options.pass)
            return answer(std::move(given));
        m_options.pass([isLate, answer, given = std::move(given)] {
            if (!isLate())
                answer(given);
        });
    };
}

void Registrar::startTimer(Duration limit, const std::string &what)
{
    m_startedAt = m_clock.monotonic();
    m_timer = m_clock.after(limit, [this, limit, what] {
        m_timer = 0;
        fail(what + " took longer than " + durationText(limit));
    });
}

void Registrar::fail(const std::string &why)
{
    if (m_state == State::Over)
        return;
    m_state = State::Over;
    m_clock.cancel(std::exchange(m_timer, 0));
    qCritical("The registry is lost to this master: %s", why.c_str());
    if (m_failed)
        m_failed(why);
}

void Registrar::recover(const mesos::v1::MasterInfo &info, std::function<void()> done)
{
    m_state = State::Recovering;
    startTimer(m_options.fetchTimeout, "reading the registry");
    m_storage->open(guarded<Result<store::Contents>>(
        [this, info, done = std::move(done)](Result<store::Contents> contents) {
            opened(info, std::move(contents), done);
        }));
}

void Registrar::opened(const mesos::v1::MasterInfo &info, Result<store::Contents> contents,
                       const std::function<void()> &done)
{
    if (!contents)
        return fail("cannot read it: " + contents.error().message);
    Result<> known = RegistryChanges::apply(contents->snapshot, m_records);
    m_snapshotBytes = contents->snapshot.size();
    for (const std::string &batch : contents->batches) {
        if (known)
            known = RegistryChanges::apply(batch, m_records);
        m_logBytes += batch.size();
    }
    if (!known)
        return fail(known.error().message);
    const std::vector<std::string> missing = registry::missingCapabilities(m_records, info);
    if (!missing.empty())
        return fail("it needs a master that is capable of " + missing.front()
                    + "; start the version of the master that wrote it, or a newer one");
    const Duration took = m_clock.monotonic() - m_startedAt;
    tellFetched(took);
    qInfo("Read the registry in %s: %zu agents, %zu unreachable, %zu gone",
          durationText(took).c_str(), m_records.count(registry_keys::Agent),
          m_records.count(registry_keys::Unreachable), m_records.count(registry_keys::Gone));
    m_state = State::Ready;
    // What was asked for meanwhile comes after.
    m_queue.push_front({registry::setMaster(info), [done](const Result<> &) { done(); }});
    storeNext();
}

void Registrar::apply(RegistryOperation operation, Done done)
{
    if (m_state == State::Over)
        return;
    m_queue.push_back({std::move(operation), std::move(done)});
    if (m_state == State::Ready)
        storeNext();
}

void Registrar::storeNext()
{
    RegistryChanges changes;
    RegistryEdit edit(m_records, changes);
    m_underWay = std::exchange(m_queue, {});
    for (Waiting &waiting : m_underWay) {
        waiting.result = waiting.operation.perform(edit);
        if (!waiting.result)
            qWarning("The registry refuses %s: %s", waiting.operation.name,
                     waiting.result.error().message.c_str());
    }
    m_state = State::Storing;
    if (changes.empty())
        return answer();
    write(std::move(changes));
}

void Registrar::write(RegistryChanges changes)
{
    startTimer(m_options.storeTimeout, "storing the registry");
    const auto done = guarded<Result<>>([this](const Result<> &result) { stored(result); });
    m_logBytes += changes.bytes().size();
    if (m_logBytes <= std::max(leastLogBytes, 2 * m_snapshotBytes))
        return m_storage->append(changes.bytes(), done);
    std::string snapshot = RegistryChanges::snapshotOf(m_records);
    m_snapshotBytes = snapshot.size();
    m_logBytes = 0;
    m_storage->replace(std::move(snapshot), done);
}

void Registrar::stored(const Result<> &result)
{
    if (!result)
        return fail("cannot store it: " + result.error().message);
    tellStored(m_clock.monotonic() - m_startedAt);
    answer();
}

void Registrar::answer()
{
    // What is called may ask for more, or be the end of this.
    const std::weak_ptr<bool> alive = m_alive;
    while (!m_underWay.empty()) {
        const Waiting waiting = std::move(m_underWay.front());
        m_underWay.pop_front();
        if (waiting.done)
            waiting.done(waiting.result);
        if (alive.expired() || m_state == State::Over)
            return;
    }
    m_state = State::Ready;
    if (!m_queue.empty())
        storeNext();
}

} // namespace meseta::master
