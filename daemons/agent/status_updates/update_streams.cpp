#include "daemons/agent/status_updates/update_streams.h"

#include "daemons/agent/core/agent_state.h"

namespace meseta::agent {

UpdateStreams::UpdateStreams(Clock &clock, Forward forward)
    : m_clock(clock), m_forward(std::move(forward))
{ }

UpdateStreams::~UpdateStreams()
{
    for (auto &[key, stream] : m_streams)
        m_clock.cancel(stream.timer);
}

bool UpdateStreams::add(const Update &update, Kept kept)
{
    const Key key{update.framework_id().value(), update.status().task_id().value()};
    Stream &stream = m_streams[key];
    if (stream.seen.count(update.uuid()))
        return false;
    remember(stream, update.uuid());
    stream.pending.push_back({update, kept == Kept::Already});
    if (stream.pending.size() == 1)
        sendHead(key, stream);
    return true;
}

void UpdateStreams::keep(const std::string &frameworkId, const std::string &taskId,
                         const std::string &uuid)
{
    const Key key{frameworkId, taskId};
    const auto it = m_streams.find(key);
    if (it == m_streams.end())
        return;
    for (Pending &one : it->second.pending) {
        if (one.update.uuid() == uuid)
            one.kept = true;
    }
    if (!it->second.pending.empty() && it->second.pending.front().update.uuid() == uuid)
        sendHead(key, it->second);
}

void UpdateStreams::restore(const std::vector<Update> &updates,
                            const std::set<std::string> &acknowledged)
{
    for (const Update &update : updates) {
        Stream &stream =
            m_streams[{update.framework_id().value(), update.status().task_id().value()}];
        if (stream.seen.count(update.uuid()))
            continue;
        remember(stream, update.uuid());
        if (!acknowledged.count(update.uuid()))
            stream.pending.push_back({update, true});
    }
}

bool UpdateStreams::isBeingKept(const std::string &frameworkId, const std::string &taskId,
                                const std::string &uuid) const
{
    const auto it = m_streams.find({frameworkId, taskId});
    return it != m_streams.end()
        && std::any_of(
               it->second.pending.begin(), it->second.pending.end(),
               [&uuid](const Pending &one) { return !one.kept && one.update.uuid() == uuid; });
}

bool UpdateStreams::hasSeen(const std::string &frameworkId, const std::string &taskId,
                            const std::string &uuid) const
{
    const auto it = m_streams.find({frameworkId, taskId});
    return it != m_streams.end() && it->second.seen.count(uuid) > 0;
}

void UpdateStreams::remember(Stream &stream, const std::string &uuid)
{
    stream.seen.insert(uuid);
    stream.seenOrder.push_back(uuid);
    if (stream.seenOrder.size() > uuidsRemembered) {
        stream.seen.erase(stream.seenOrder.front());
        stream.seenOrder.pop_front();
    }
}

const UpdateStreams::Update *UpdateStreams::outstanding(const std::string &frameworkId,
                                                        const std::string &taskId,
                                                        const std::string &uuid) const
{
    const auto it = m_streams.find({frameworkId, taskId});
    if (it == m_streams.end() || it->second.pending.empty())
        return nullptr;
    const Pending &head = it->second.pending.front();
    return head.kept && head.update.uuid() == uuid ? &head.update : nullptr;
}

std::optional<UpdateStreams::Update> UpdateStreams::acknowledge(const std::string &frameworkId,
                                                                const std::string &taskId,
                                                                const std::string &uuid)
{
    const Key key{frameworkId, taskId};
    if (!outstanding(frameworkId, taskId, uuid))
        return std::nullopt;
    const auto it = m_streams.find(key);
    Stream &stream = it->second;
    m_clock.cancel(stream.timer);
    stream.timer = 0;
    Update done = std::move(stream.pending.front().update);
    stream.pending.pop_front();
    if (isTerminal(done.status().state()))
        m_streams.erase(it);
    else if (!stream.pending.empty())
        sendHead(key, stream);
    return done;
}

void UpdateStreams::sendHead(const Key &key, Stream &stream)
{
    stream.delay = firstRetry;
    m_clock.cancel(stream.timer);
    stream.timer = 0;
    if (m_paused || !stream.pending.front().kept)
        return;
    stream.timer = m_clock.after(stream.delay, [this, key] { retry(key); });
    m_forward(stream.pending.front().update);
}

void UpdateStreams::retry(const Key &key)
{
    const auto it = m_streams.find(key);
    if (it == m_streams.end() || it->second.pending.empty())
        return;
    Stream &stream = it->second;
    stream.timer = 0;
    if (m_paused || !stream.pending.front().kept)
        return;
    stream.delay = std::min<Duration>(stream.delay * 2, longestRetry);
    stream.timer = m_clock.after(stream.delay, [this, key] { retry(key); });
    m_forward(stream.pending.front().update);
}

void UpdateStreams::pause()
{
    m_paused = true;
    for (auto &[key, stream] : m_streams) {
        m_clock.cancel(stream.timer);
        stream.timer = 0;
    }
}

void UpdateStreams::resume()
{
    m_paused = false;
    for (auto &[key, stream] : m_streams) {
        if (!stream.pending.empty())
            sendHead(key, stream);
    }
}

void UpdateStreams::resend(const std::string &frameworkId)
{
    for (auto it = m_streams.lower_bound({frameworkId, {}}); it != m_streams.end(); ++it) {
        if (it->first.first != frameworkId)
            break;
        if (!it->second.pending.empty())
            sendHead(it->first, it->second);
    }
}

void UpdateStreams::forget(const std::string &frameworkId)
{
    auto it = m_streams.lower_bound({frameworkId, {}});
    while (it != m_streams.end() && it->first.first == frameworkId) {
        m_clock.cancel(it->second.timer);
        it = m_streams.erase(it);
    }
}

std::optional<mesos::v1::TaskState> UpdateStreams::newestKept(const std::string &frameworkId,
                                                              const std::string &taskId) const
{
    const auto it = m_streams.find({frameworkId, taskId});
    if (it == m_streams.end())
        return std::nullopt;
    const auto &pending = it->second.pending;
    const auto newest =
        std::find_if(pending.rbegin(), pending.rend(), [](const Pending &one) { return one.kept; });
    return newest == pending.rend() ? std::nullopt : std::optional(newest->update.status().state());
}

std::size_t UpdateStreams::pending(const std::string &frameworkId, const std::string &taskId) const
{
    const auto it = m_streams.find({frameworkId, taskId});
    return it == m_streams.end() ? 0 : it->second.pending.size();
}

} // namespace meseta::agent
