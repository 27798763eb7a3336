#pragma once

#include <optional>
#include <vector>

#include "gui/model/table_source.h"

namespace meseta::console {

/// The small language of the filter bars. Terms stand side by side and must all hold:
///
///     redis                a word that stands in some column of text
///     "two words"          the same, with blanks
///     -redis               must not hold (also before any other term)
///     state:failed,lost    the column contains one of these
///     state=failed         the column is exactly this
///     state!=failed        the column is not this
///     cpus>2  mem<=2GiB    numbers, with units for memory (K M G T)
///     age>5m  updated<1h   ages, with units (ms s m h d w)
///
/// Columns go by their English name, or by their heading in the console's language without blanks
/// (状态:失败). Case does not matter. A term that cannot be read is a problem; the filter then
/// holds the terms that can.
class Filter
{
public:
    struct Problem
    {
        QString text; ///< for a person
        qsizetype position = 0; ///< in the source text
        qsizetype length = 0;
    };

    static Filter parse(const QString &text, const TableSource &source);

    bool isEmpty() const { return m_terms.empty(); }
    const std::optional<Problem> &problem() const { return m_problem; }
    bool matches(const TableSource &source, int slot) const;

    class Pass;

    /// Whether every row that this lets through is let through by `wider` too, seen from the text
    /// alone; then only its rows need to be looked at.
    bool narrows(const Filter &wider) const;

private:
    enum class Op { Contains, Equals, Differs, Less, LessOrEqual, Greater, GreaterOrEqual };

    struct Term
    {
        bool negated = false;
        int column = -1; ///< -1: any column of text
        Op op = Op::Contains;
        std::vector<QString> words; ///< case folded
        double number = 0;

        bool operator==(const Term &) const = default;
    };

    struct Token;
    std::optional<Problem> addTerm(const Token &token, const TableSource &source);
    static bool wordsHold(const Term &term, const QString &text);
    static bool numberHolds(const Term &term, double value);

    std::vector<Term> m_terms;
    std::optional<Problem> m_problem;
};

/// Asks many rows in one go, while none of them changes: a text that many rows share is looked at
/// once, and what is in rows further on is fetched from memory meanwhile.
class Filter::Pass
{
public:
    Pass(const Filter &filter, const TableSource &source);
    bool matches(int slot);
    std::vector<int> select(const std::vector<int> &rows); ///< slots that match, in their order

private:
    /// What is known of a text, by where it lies.
    struct Known
    {
        const QChar *text = nullptr;
        qsizetype size = 0;
        bool holds = false;
    };
    struct TermState
    {
        const Term *term;
        std::vector<Known> known;
    };
    /// Of text. Where rows seldom share one, what is known of others is of no use.
    struct TextColumn
    {
        int asked = 0;
        int unknown = 0;
        bool isOwn() const { return asked >= 64 && unknown > asked / 2; }
    };

    bool holds(TermState &state, int slot);
    bool textHolds(TermState &state, int slot, int column);
    static bool wordsHold(TermState &state, TextColumn &column, const QString &text);
    void fetch(int slot) const;

    const TableSource &m_source;
    std::vector<int> m_textColumns;
    std::vector<TextColumn> m_columns; ///< all of the source's
    std::vector<TermState> m_terms;
    double m_now = 0;
};

/// Whether `text` contains `folded` (already case folded), whatever the case. Plain letters take
/// the fast way.
bool containsFolded(QStringView text, QStringView folded);

/// What could stand at the cursor of a filter bar.
struct FilterCompletion
{
    qsizetype start = 0; ///< where the word under the cursor begins
    QStringList candidates; ///< whole replacements of it, best first
};
FilterCompletion completeFilter(const QString &text, qsizetype cursor, const TableSource &source);

} // namespace meseta::console
