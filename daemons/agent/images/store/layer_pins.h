#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace meseta::agent {

/// Keeps a layer in the store, whether it is there already or still on its way, until the last
/// copy is gone.
using LayerPin = std::shared_ptr<const void>;

/// The layers that somebody counts on who is not yet known to the index of images or to a
/// container. May be used on any thread; pins may outlive the table.
class LayerPins
{
public:
    LayerPin pin(const std::string &id);

    /// Does `work` unless the layer is pinned; nobody can pin it meanwhile. Whether it was done.
    template <typename Work> bool unlessPinned(const std::string &id, Work work)
    {
        const std::lock_guard guard(m_table->mutex);
        if (m_table->counts.contains(id))
            return false;
        work();
        return true;
    }

private:
    struct Table
    {
        std::mutex mutex;
        std::map<std::string, int> counts;
    };

    std::shared_ptr<Table> m_table = std::make_shared<Table>();
};

} // namespace meseta::agent
