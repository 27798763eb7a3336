#pragma once

#include <QHashFunctions>
#include <QString>

namespace meseta::console {

/// Names one thing of a cluster, for links, selections and events.
struct ObjectRef
{
    enum class Kind { None, Agent, Offer, Framework, Task, Role };

    Kind kind = Kind::None;
    QString key; ///< the row's key in its store: an id, "framework/task", or a role's name

    bool isValid() const { return kind != Kind::None && !key.isEmpty(); }
    bool operator==(const ObjectRef &) const = default;
};

inline size_t qHash(const ObjectRef &ref, size_t seed = 0)
{
    return ::qHash(ref.key, seed) ^ static_cast<size_t>(ref.kind);
}

} // namespace meseta::console
