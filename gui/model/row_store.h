#pragma once

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <QHash>
#include <QString>

namespace meseta::console {

/// What happened to the rows of a store since the last flush, by slot. A slot is in one list at
/// most.
struct RowChanges
{
    std::vector<int> added;
    std::vector<int> removed;
    std::vector<int> changed;
    bool reset = false; ///< everything anew: a snapshot came

    bool isEmpty() const { return !reset && added.empty() && removed.empty() && changed.empty(); }
};

/// A list that grows without moving what it holds, so that no growth takes long. A copy shares what
/// neither of the two changes.
template <typename Row> class RowChunks
{
public:
    int size() const { return m_size; }
    const Row &operator[](int at) const { return (*m_chunks[chunkOf(at)])[placeOf(at)]; }

    Row &edit(int at)
    {
        std::shared_ptr<Chunk> &chunk = m_chunks[chunkOf(at)];
        if (chunk.use_count() > 1)
            chunk = std::make_shared<Chunk>(*chunk);
        return (*chunk)[placeOf(at)];
    }
    void append() ///< a blank one
    {
        if (placeOf(m_size) == 0)
            m_chunks.push_back(blanks());
        ++m_size;
    }
    void clear()
    {
        m_chunks.clear();
        m_size = 0;
    }

    /// Whether a row of both is the same, for certain and without a look at it.
    bool shares(const RowChunks &other, int at) const
    {
        return at < m_size && at < other.m_size
            && m_chunks[chunkOf(at)] == other.m_chunks[chunkOf(at)];
    }

private:
    static constexpr int perChunk = 256;
    using Chunk = std::array<Row, perChunk>;
    /// What is not filled yet is shared by all.
    static const std::shared_ptr<Chunk> &blanks()
    {
        static const auto chunk = std::make_shared<Chunk>();
        return chunk;
    }
    static std::size_t chunkOf(int at) { return static_cast<std::size_t>(at / perChunk); }
    static std::size_t placeOf(int at) { return static_cast<std::size_t>(at % perChunk); }

    std::vector<std::shared_ptr<Chunk>> m_chunks;
    int m_size = 0;
};

/// Rows by key in slots that do not move while a row lives, with what changed since the last flush.
/// A removed row keeps its slot until the flush, so that models can still look at it; many that go
/// at once are taken apart some at a time.
template <typename Row> class RowStore
{
public:
    int slotOf(const QString &key) const { return m_slots.value(key, -1); }
    const Row *find(const QString &key) const
    {
        const int slot = slotOf(key);
        return slot < 0 ? nullptr : &m_rows[slot];
    }
    const Row &at(int slot) const { return m_rows[slot]; }
    int slotCount() const { return m_rows.size(); }
    bool isLive(int slot) const { return m_marks[static_cast<std::size_t>(slot)] & Live; }
    int size() const { return static_cast<int>(m_slots.size()); }

    template <typename Visit> void forEach(Visit visit) const
    {
        for (int slot = 0; slot < slotCount(); ++slot) {
            if (isLive(slot))
                visit(at(slot));
        }
    }
    template <typename Visit> void forEachKey(Visit visit) const
    {
        for (auto key = m_slots.keyBegin(); key != m_slots.keyEnd(); ++key)
            visit(*key);
    }

    /// The row of that key, made when there is none; the caller changes it.
    Row &touch(const QString &key) { return m_rows.edit(touchSlot(key)); }

    /// The same, by its slot.
    int touchSlot(const QString &key)
    {
        int slot = slotOf(key);
        if (slot < 0) {
            slot = takeSlot();
            m_slots.insert(key, slot);
            mark(slot) = Live | Added;
            m_pending.push_back(slot);
        } else {
            touchSlot(slot);
        }
        return slot;
    }
    Row &touchSlot(int liveSlot)
    {
        if (!(mark(liveSlot) & (Added | Changed))) {
            mark(liveSlot) |= Changed;
            m_pending.push_back(liveSlot);
        }
        return m_rows.edit(liveSlot);
    }

    /// Room for so many rows at once.
    void reserve(int rows) { m_slots.reserve(rows); }

    void remove(const QString &key)
    {
        const int slot = slotOf(key);
        if (slot < 0)
            return;
        m_slots.remove(key);
        const auto was = mark(slot);
        mark(slot) = static_cast<std::uint8_t>((was & ~Live) | Removed);
        if (!(was & (Added | Changed)))
            m_pending.push_back(slot);
    }

    /// Forgets all rows; the next flush says reset.
    void clear()
    {
        m_rows.clear();
        m_marks.clear();
        m_free.clear();
        m_gone.clear();
        m_slots.clear();
        m_pending.clear();
        m_reset = true;
    }

    /// How many rows the next flush tells of.
    std::size_t pendingCount() const { return m_pending.size(); }

    /// Holds what another held; the next flush tells the difference. Slots that models know stay
    /// where they are until then, those of rows that went are blank. Of many rows, those near one
    /// that is different are told as changed too, without a look at each.
    void restore(const RowStore &saved)
    {
        const auto before = std::exchange(m_rows, saved.m_rows);
        const auto marks = std::exchange(m_marks, {});
        m_slots = saved.m_slots;
        m_pending.clear();
        m_free.clear();
        m_gone.clear();
        while (m_rows.size() < before.size())
            m_rows.append();
        m_marks.assign(static_cast<std::size_t>(m_rows.size()), 0);
        const bool isSmall = m_rows.size() <= mostCompared;
        for (int slot = m_rows.size() - 1; slot >= 0; --slot) {
            const int was = slot < before.size() ? marks[static_cast<std::size_t>(slot)] : 0;
            const bool known = !(was & Added) && (was & (Live | Removed));
            const bool lives = slot < saved.slotCount() && saved.isLive(slot);
            const bool same = !(was & Changed)
                && (m_rows.shares(before, slot)
                    || (isSmall && slot < before.size() && m_rows[slot] == before[slot]));
            const int what = known && !lives ? Removed
                : !known && lives            ? Live | Added
                : lives                      ? (same ? Live : Live | Changed)
                                             : 0;
            mark(slot) = static_cast<std::uint8_t>(what);
            if (what & (Added | Changed | Removed))
                m_pending.push_back(slot);
            else if (!lives)
                m_free.push_back(slot);
        }
    }

    /// Gives the changes and forgets them. Rows removed are gone when `release` has been called
    /// with the result.
    RowChanges flush()
    {
        RowChanges changes;
        changes.reset = std::exchange(m_reset, false);
        for (const int slot : m_pending) {
            const auto was = mark(slot);
            mark(slot) &= static_cast<std::uint8_t>(~(Added | Changed | Removed));
            if ((was & Added) && (was & Removed))
                freeSlot(slot); // came and went between two flushes: nobody saw it
            else if (was & Removed)
                changes.removed.push_back(slot);
            else if (was & Added)
                changes.added.push_back(slot);
            else
                changes.changed.push_back(slot);
        }
        m_pending.clear();
        return changes;
    }

    void release(const RowChanges &changes)
    {
        m_gone.insert(m_gone.end(), changes.removed.begin(), changes.removed.end());
    }

    /// Takes some of the rows apart that were released; false: there are more.
    bool tidy(std::size_t most)
    {
        for (; most > 0 && !m_gone.empty(); --most) {
            freeSlot(m_gone.back());
            m_gone.pop_back();
        }
        return m_gone.empty();
    }

private:
    static constexpr int mostCompared = 5000;
    enum Mark : std::uint8_t { Live = 1, Added = 2, Changed = 4, Removed = 8 };

    std::uint8_t &mark(int slot) { return m_marks[static_cast<std::size_t>(slot)]; }

    int takeSlot()
    {
        if (!m_free.empty()) {
            const int slot = m_free.back();
            m_free.pop_back();
            makeBlank(slot); // one that was restored may not be
            return slot;
        }
        m_rows.append();
        m_marks.push_back(0);
        return m_rows.size() - 1;
    }

    void makeBlank(int slot)
    {
        if (const Row blank; !(m_rows[slot] == blank))
            m_rows.edit(slot) = blank;
    }

    void freeSlot(int slot)
    {
        makeBlank(slot);
        m_free.push_back(slot);
    }

    RowChunks<Row> m_rows;
    std::vector<std::uint8_t> m_marks;
    std::vector<int> m_free;
    std::vector<int> m_gone; // told of, and not taken apart yet
    std::vector<int> m_pending;
    QHash<QString, int> m_slots;
    bool m_reset = false;
};

} // namespace meseta::console
