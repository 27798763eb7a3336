#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// Takes a step for each item, one after the other, each when the one before called back; stops at
/// the first error. Steps may call back at once or later; many that do so at once do not pile up on
/// the stack.
template <typename Item> class InOrder : public std::enable_shared_from_this<InOrder<Item>>
{
public:
    using Done = std::function<void(Result<>)>;
    using Step = std::function<void(Item, Done)>;

    static void run(std::vector<Item> items, Step step, Done done)
    {
        std::shared_ptr<InOrder>(new InOrder(std::move(items), std::move(step), std::move(done)))
            ->go();
    }

private:
    InOrder(std::vector<Item> items, Step step, Done done)
        : m_items(std::move(items)), m_step(std::move(step)), m_done(std::move(done))
    { }

    void go()
    {
        const auto self = this->shared_from_this();
        while (m_next < m_items.size()) {
            m_waiting = m_inside = true;
            m_step(m_items[m_next++], [self](Result<> result) { self->stepDone(result); });
            m_inside = false;
            if (m_waiting)
                return;
        }
        if (m_done)
            std::exchange(m_done, nullptr)({});
    }

    void stepDone(const Result<> &result)
    {
        if (!m_waiting || !m_done)
            return; // called back twice
        m_waiting = false;
        if (!result) {
            m_next = m_items.size();
            const auto done = std::exchange(m_done, nullptr);
            done(result);
        } else if (!m_inside) {
            go();
        }
    }

    std::vector<Item> m_items;
    Step m_step;
    Done m_done;
    std::size_t m_next = 0;
    bool m_waiting = false;
    bool m_inside = false;
};

} // namespace meseta::agent
