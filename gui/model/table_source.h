#pragma once

#include <QString>
#include <QStringList>

#include "gui/model/look.h"
#include "gui/model/object_ref.h"

namespace meseta::console {

/// What the values of a column are: how they are shown, sorted and typed in a filter.
enum class ColumnKind {
    Text,
    Count, ///< whole numbers
    Amount, ///< cpus, gpus, weights
    Memory, ///< MiB
    Share, ///< 0 to 1
    Time, ///< seconds since the epoch; a filter gives an age
    Age, ///< as Time, shown as an age
};

/// What a table shows: columns over the slots of a store. No state of its own, so tests of it are
/// text in, text out.
class TableSource
{
public:
    virtual ~TableSource() = default;

    virtual int slotCount() const = 0;
    virtual bool isLive(int slot) const = 0;
    virtual QString key(int slot) const = 0; ///< stable across flushes
    virtual int slotOfKey(const QString &key) const = 0; ///< -1: no such row

    virtual int columnCount() const = 0;
    virtual QString title(int column) const = 0;
    virtual QString field(int column) const = 0; ///< its name in the filter language: "cpus"
    virtual ColumnKind kind(int column) const = 0;

    virtual QString text(int slot, int column) const = 0;
    /// Text that is held as such, for searching and sorting without a copy; nullptr when the column
    /// has none.
    virtual const QString *held(int slot, int column) const = 0;
    virtual double number(int slot, int column) const = 0; ///< of any kind but Text
    /// Fetches a row from memory before it is looked at: waiting for it is what going through many
    /// rows takes.
    virtual void prefetch(int) const { }
    /// Another word for the same, which filters accept too: English beside a translated state.
    virtual const QString *alias(int, int) const { return nullptr; }

    virtual Look look(int, int) const { return {}; }
    virtual ObjectRef link(int, int) const { return {}; } ///< what a cell leads to
    virtual int width(int) const { return 120; } ///< pixels at the start
    virtual bool isHidden(int) const { return false; } ///< at the start
    virtual double now() const; ///< for ages; seconds since the epoch
};

inline bool isNumber(ColumnKind kind)
{
    return kind != ColumnKind::Text && kind != ColumnKind::Time;
}

} // namespace meseta::console
