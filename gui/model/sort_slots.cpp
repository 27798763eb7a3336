#include <algorithm>
#include <bit>

#include "gui/model/table_model.h"

namespace meseta::console {

namespace {

struct NumberKey
{
    std::uint64_t value; ///< in the order of the numbers
    int slot;
};

struct TextKey
{
    std::uint64_t head; ///< the next characters, in order, and how many of them there are
    QStringView text;
    int slot;
};

constexpr std::size_t rowsAhead = 12; // fetched from memory while others are looked at

constexpr qsizetype narrowHead = 7, wideHead = 3; // characters in eight bytes, beside their count

bool isNarrow(QStringView text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 256; });
}

/// The next characters as a number, so that comparing numbers compares texts. The last byte counts
/// what is left: with equal characters the shorter text comes first, and two heads that count no
/// more than `characters` are of texts that are the same to their ends.
std::uint64_t headOf(QStringView rest, qsizetype characters, int bits)
{
    std::uint64_t head = 0;
    for (qsizetype i = 0; i < characters; ++i)
        head = (head << bits) | (i < rest.size() ? rest[i].unicode() : 0U);
    return (head << 8) | static_cast<std::uint64_t>(std::min(rest.size(), characters + 1));
}

/// How far all texts are the same, when they are up to `from`.
qsizetype commonBeginning(const TextKey *begin, const TextKey *end, qsizetype from)
{
    const QStringView first = begin->text;
    qsizetype common = first.size();
    for (const TextKey *key = begin + 1; key != end && common > from; ++key) {
        const QStringView text = key->text;
        if (text.data() == first.data())
            continue;
        const qsizetype longest = std::min(common, text.size());
        common = from;
        while (common < longest && text[common] == first[common])
            ++common;
    }
    return std::max(from, common);
}

template <typename Key> void take(std::vector<int> &result, const std::vector<Key> &keys)
{
    for (std::size_t i = 0; i < keys.size(); ++i)
        result[i] = keys[i].slot;
}

/// The bits of a number such that greater numbers are greater; in descending order turned around.
std::uint64_t ordered(double value, bool ascending)
{
    const auto bits = std::bit_cast<std::uint64_t>(value + 0.0); // one zero, not two
    constexpr std::uint64_t sign = std::uint64_t(1) << 63;
    const std::uint64_t order = bits & sign ? ~bits : bits | sign;
    return ascending ? order : ~order;
}

void sortByNumber(std::vector<int> &result, const TableSource &source, int column, bool ascending)
{
    std::vector<NumberKey> keys;
    keys.reserve(result.size());
    for (const int slot : result)
        keys.push_back({ordered(source.number(slot, column), ascending), slot});
    std::sort(keys.begin(), keys.end(), [](const NumberKey &a, const NumberKey &b) {
        return a.value != b.value ? a.value < b.value : a.slot < b.slot;
    });
    take(result, keys);
}

/// Sorts by a few characters at a time, then those that are equal so far by the next ones: texts
/// are looked at once for each few characters, not once for each comparison.
void sortTexts(TextKey *begin, TextKey *end, qsizetype from, bool ascending)
{
    from = commonBeginning(begin, end, from);
    const bool narrow = std::all_of(begin, end, [from](const TextKey &key) {
        return isNarrow(key.text.mid(from, narrowHead));
    });
    const qsizetype characters = narrow ? narrowHead : wideHead;
    for (TextKey *key = begin; key != end; ++key) {
        const std::uint64_t head = headOf(key->text.mid(from), characters, narrow ? 8 : 16);
        key->head = ascending ? head : ~head;
    }
    std::sort(begin, end, [](const TextKey &a, const TextKey &b) {
        return a.head != b.head ? a.head < b.head : a.slot < b.slot;
    });
    for (TextKey *first = begin; first != end;) {
        TextKey *last = first + 1;
        while (last != end && last->head == first->head)
            ++last;
        const std::uint64_t head = ascending ? first->head : ~first->head;
        if (last - first > 1 && (head & 0xFF) > static_cast<std::uint64_t>(characters))
            sortTexts(first, last, from + characters, ascending);
        first = last;
    }
}

void sortByText(std::vector<int> &result, const TableSource &source, int column, bool ascending)
{
    std::vector<QString> made; // of texts that are not held
    made.reserve(result.size());
    std::vector<TextKey> keys;
    keys.reserve(result.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (i + rowsAhead < result.size())
            __builtin_prefetch(source.held(result[i + rowsAhead], column));
        const QString *text = source.held(result[i], column);
        if (!text) {
            made.push_back(source.text(result[i], column));
            text = &made.back();
        }
        __builtin_prefetch(text->constData());
        keys.push_back({0, *text, result[i]});
    }
    sortTexts(keys.data(), keys.data() + keys.size(), 0, ascending);
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
