#include <algorithm>

#include "gui/model/table_model.h"

namespace meseta::console {

namespace {

struct NumberKey
{
    double value;
    int slot;
};

struct TextKey
{
    std::uint64_t head; ///< the first characters after the common beginning, in order of size
    const QString *text;
    int slot;
};

bool isNarrow(QStringView text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 256; });
}

/// Eight bytes of narrow text, or four characters of any, so that comparing numbers compares texts.
std::uint64_t headOf(QStringView text, bool narrow)
{
    std::uint64_t head = 0;
    const int count = narrow ? 8 : 4, bits = narrow ? 8 : 16;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t unit = i < text.size() ? text[i].unicode() : 0;
        head = (head << bits) | unit;
    }
    return head;
}

qsizetype commonBeginning(const std::vector<TextKey> &keys)
{
    const QString &first = *keys.front().text;
    qsizetype common = first.size();
    for (const TextKey &key : keys) {
        const QString &text = *key.text;
        common = std::min(common, text.size());
        qsizetype same = 0;
        while (same < common && text[same] == first[same])
            ++same;
        common = same;
    }
    return common;
}

template <typename Key> void take(std::vector<int> &result, const std::vector<Key> &keys)
{
    for (std::size_t i = 0; i < keys.size(); ++i)
        result[i] = keys[i].slot;
}

void sortByNumber(std::vector<int> &result, const TableSource &source, int column, bool ascending)
{
    std::vector<NumberKey> keys;
    keys.reserve(result.size());
    for (const int slot : result)
        keys.push_back({source.number(slot, column), slot});
    std::sort(keys.begin(), keys.end(), [ascending](const NumberKey &a, const NumberKey &b) {
        if (a.value != b.value)
            return (a.value < b.value) == ascending;
        return a.slot < b.slot;
    });
    take(result, keys);
}

void sortByText(std::vector<int> &result, const TableSource &source, int column, bool ascending)
{
    std::vector<QString> made; // of texts that are not held
    made.reserve(result.size());
    std::vector<TextKey> keys;
    keys.reserve(result.size());
    for (const int slot : result) {
        const QString *text = source.held(slot, column);
        if (!text) {
            made.push_back(source.text(slot, column));
            text = &made.back();
        }
        keys.push_back({0, text, slot});
    }
    const qsizetype common = commonBeginning(keys);
    const bool narrow = std::all_of(keys.begin(), keys.end(), [common](const TextKey &key) {
        return isNarrow(QStringView(*key.text).mid(common, 8));
    });
    for (TextKey &key : keys)
        key.head = headOf(QStringView(*key.text).mid(common), narrow);
    std::sort(keys.begin(), keys.end(), [=](const TextKey &a, const TextKey &b) {
        if (a.head != b.head)
            return (a.head < b.head) == ascending;
        const int order = a.text->compare(*b.text);
        return order != 0 ? (order < 0) == ascending : a.slot < b.slot;
    });
    take(result, keys);
}

} // namespace

void sortSlots(std::vector<int> &slotsToSort, const TableSource &source, int column,
               Qt::SortOrder order)
{
    if (slotsToSort.size() < 2)
        return;
    const bool ascending = order == Qt::AscendingOrder;
    if (source.kind(column) == ColumnKind::Text)
        sortByText(slotsToSort, source, column, ascending);
    else
        sortByNumber(slotsToSort, source, column, ascending);
}

} // namespace meseta::console
