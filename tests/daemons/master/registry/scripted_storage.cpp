#include "tests/daemons/master/registry/scripted_storage.h"

namespace meseta::master::test {

void ScriptedStorage::take(std::function<void()> request)
{
    if (m_prompt)
        return request();
    m_requests.push_back(std::move(request));
}

void ScriptedStorage::open(Opened opened)
{
    take([this, opened = std::move(opened)] {
        m_number = ++m_kept.owner;
        opened(m_kept.contents);
    });
}

void ScriptedStorage::append(std::string batch, Stored stored)
{
    ++m_writes;
    write([this, batch = std::move(batch)] { m_kept.contents.batches.push_back(batch); },
          std::move(stored));
}

void ScriptedStorage::replace(std::string snapshot, Stored stored)
{
    ++m_writes;
    ++m_snapshots;
    write(
        [this, snapshot = std::move(snapshot)] {
            m_kept.contents = {snapshot, {}};
        },
        std::move(stored));
}

void ScriptedStorage::write(std::function<void()> change, Stored stored)
{
    take([this, change = std::move(change), stored = std::move(stored)] {
        if (std::exchange(m_fails, false))
            return stored(fail("the disk is full"));
        if (m_kept.owner != m_number)
            return stored(fail("another master took it over"));
        change();
        stored({});
    });
}

bool ScriptedStorage::answerNext()
{
    if (m_requests.empty())
        return false;
    const auto request = std::move(m_requests.front());
    m_requests.pop_front();
    request();
    return true;
}

} // namespace meseta::master::test
