#include <algorithm>

#include "gui/model/filter.h"

namespace meseta::console {

namespace {

constexpr std::size_t knownTexts = 4096; // a power of two
constexpr std::size_t rowsAhead = 16; // fetched from memory; then, half as far, their texts

} // namespace

Filter::Pass::Pass(const Filter &filter, const TableSource &source)
    : m_source(source), m_columns(static_cast<std::size_t>(source.columnCount()))
{
    bool isTimed = false;
    for (const Term &term : filter.m_terms) {
        m_terms.push_back({&term, {}});
        const ColumnKind kind = term.column < 0 ? ColumnKind::Text : source.kind(term.column);
        isTimed = isTimed || kind == ColumnKind::Time || kind == ColumnKind::Age;
    }
    if (isTimed)
        m_now = source.now();
    for (int column = 0; column < source.columnCount() && !m_terms.empty(); ++column) {
        if (source.kind(column) == ColumnKind::Text)
            m_textColumns.push_back(column);
    }
}

bool Filter::Pass::matches(int slot)
{
    return std::all_of(m_terms.begin(), m_terms.end(),
                       [&](TermState &state) { return holds(state, slot) != state.term->negated; });
}

std::vector<int> Filter::Pass::select(const std::vector<int> &rows)
{
    if (m_terms.empty())
        return rows;
    std::vector<int> matching;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i + rowsAhead < rows.size())
            m_source.prefetch(rows[i + rowsAhead]);
        if (i + rowsAhead / 2 < rows.size())
            fetch(rows[i + rowsAhead / 2]);
        if (matches(rows[i]))
            matching.push_back(rows[i]);
    }
    return matching;
}

/// The texts that are the row's own; others have been looked at before.
void Filter::Pass::fetch(int slot) const
{
    for (const int column : m_textColumns) {
        if (!m_columns[static_cast<std::size_t>(column)].isOwn())
            continue;
        if (const QString *text = m_source.held(slot, column))
            __builtin_prefetch(text->constData());
    }
}

bool Filter::Pass::holds(TermState &state, int slot)
{
    const Term &term = *state.term;
    if (term.column < 0)
        return std::any_of(m_textColumns.begin(), m_textColumns.end(),
                           [&](int column) { return textHolds(state, slot, column); });
    const ColumnKind kind = m_source.kind(term.column);
    if (kind == ColumnKind::Text)
        return textHolds(state, slot, term.column);
    double value = m_source.number(slot, term.column);
    if (kind == ColumnKind::Time || kind == ColumnKind::Age) {
        if (value <= 0)
            return false;
        value = m_now - value;
    }
    return numberHolds(term, value);
}

bool Filter::Pass::textHolds(TermState &state, int slot, int column)
{
    TextColumn &of = m_columns[static_cast<std::size_t>(column)];
    const QString *held = m_source.held(slot, column), *alias = m_source.alias(slot, column);
    const bool any = (held ? wordsHold(state, of, *held)
                           : Filter::wordsHold(*state.term, m_source.text(slot, column)))
        || (alias && wordsHold(state, of, *alias));
    return any != (state.term->op == Op::Differs);
}

bool Filter::Pass::wordsHold(TermState &state, TextColumn &column, const QString &text)
{
    constexpr qsizetype tooShort = 4; // to be worth a look at what is known
    if (text.size() < tooShort || column.isOwn())
        return Filter::wordsHold(*state.term, text);
    if (state.known.empty())
        state.known.resize(knownTexts);
    const auto address = reinterpret_cast<std::uintptr_t>(text.constData());
    Known &known = state.known[(address >> 4 ^ address >> 16) & (knownTexts - 1)];
    const bool isNew = known.text != text.constData() || known.size != text.size();
    ++column.asked;
    column.unknown += isNew;
    if (isNew)
        known = {text.constData(), text.size(), Filter::wordsHold(*state.term, text)};
    return known.holds;
}

} // namespace meseta::console
