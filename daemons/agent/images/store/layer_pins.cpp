#include "daemons/agent/images/store/layer_pins.h"

namespace meseta::agent {

LayerPin LayerPins::pin(const std::string &id)
{
    {
        const std::lock_guard guard(m_table->mutex);
        ++m_table->counts[id];
    }
    const auto unpin = [id](Table *table) {
        const std::lock_guard guard(table->mutex);
        if (const auto found = table->counts.find(id); --found->second == 0)
            table->counts.erase(found);
    };
    return {static_cast<const void *>(m_table.get()),
            [table = m_table, unpin](const void *) { unpin(table.get()); }};
}

} // namespace meseta::agent
