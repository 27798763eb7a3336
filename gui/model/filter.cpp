#include "gui/model/filter.h"

#include <algorithm>

#include <QCoreApplication>
#include <QSet>

#include "gui/model/formats.h"

namespace meseta::console {

namespace {

struct FilterText
{
    Q_DECLARE_TR_FUNCTIONS(Filter)
};

bool isOperator(QChar c)
{
    return c == QLatin1Char(':') || c == QLatin1Char('=') || c == QLatin1Char('<')
        || c == QLatin1Char('>') || c == QLatin1Char('!');
}

/// The heading as it is written in a filter: without blanks.
QString headingWord(const TableSource &source, int column)
{
    return source.title(column).remove(QLatin1Char(' '));
}

int columnOf(QStringView word, const TableSource &source)
{
    for (int column = 0; column < source.columnCount(); ++column) {
        if (word.compare(source.field(column), Qt::CaseInsensitive) == 0)
            return column;
    }
    for (int column = 0; column < source.columnCount(); ++column) {
        if (word.compare(headingWord(source, column), Qt::CaseInsensitive) == 0)
            return column;
    }
    return -1;
}

QString fieldList(const TableSource &source)
{
    QStringList fields;
    for (int column = 0; column < source.columnCount(); ++column)
        fields << source.field(column);
    return fields.join(QLatin1String(", "));
}

std::optional<double> parseValue(QStringView text, ColumnKind kind)
{
    switch (kind) {
    case ColumnKind::Memory:
        return parseMemory(text);
    case ColumnKind::Time:
    case ColumnKind::Age:
        return parseDuration(text);
    case ColumnKind::Share: {
        bool isNumber = false;
        const bool percent = text.endsWith(QLatin1Char('%'));
        const double value = (percent ? text.chopped(1) : text).toDouble(&isNumber);
        if (!isNumber)
            return std::nullopt;
        return percent || value > 1 ? value / 100 : value;
    }
    default: {
        bool isNumber = false;
        const double value = text.toDouble(&isNumber);
        return isNumber ? std::optional(value) : std::nullopt;
    }
    }
}

QString unitHint(ColumnKind kind)
{
    switch (kind) {
    case ColumnKind::Memory:
        return FilterText::tr("write an amount such as 512M or 2GiB");
    case ColumnKind::Time:
    case ColumnKind::Age:
        return FilterText::tr("write an age such as 90s, 5m, 2h or 1d");
    case ColumnKind::Share:
        return FilterText::tr("write a share such as 50%");
    default:
        return FilterText::tr("write a number");
    }
}

} // namespace

/// One term as it was typed.
struct Filter::Token
{
    qsizetype position = 0;
    qsizetype length = 0;
    bool negated = false;
    QString field; ///< "" for a bare word
    QString op;
    QString value;
    bool openQuote = false;
};

bool containsFolded(QStringView text, QStringView folded)
{
    if (folded.isEmpty())
        return true;
    const char16_t first = folded.front().unicode();
    if (first >= 128)
        return text.contains(folded, Qt::CaseInsensitive);
    const auto fold = [](char16_t c) -> char16_t {
        return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c | 0x20) : c;
    };
    const auto *haystack = reinterpret_cast<const char16_t *>(text.utf16());
    const auto *needle = reinterpret_cast<const char16_t *>(folded.utf16());
    const qsizetype length = folded.size(), last = text.size() - length;
    for (qsizetype at = 0; at <= last; ++at) {
        if (fold(haystack[at]) != first)
            continue;
        qsizetype same = 1;
        while (same < length && fold(haystack[at + same]) == needle[same])
            ++same;
        if (same == length)
            return true;
        if (needle[same] >= 128) // beyond plain letters Qt knows the rules
            return text.contains(folded, Qt::CaseInsensitive);
    }
    return false;
}

Filter Filter::parse(const QString &text, const TableSource &source)
{
    Filter filter;
    qsizetype at = 0;
    while (at < text.size()) {
        if (text[at].isSpace()) {
            ++at;
            continue;
        }
        Token token;
        token.position = at;
        if (text[at] == QLatin1Char('-') && at + 1 < text.size() && !text[at + 1].isSpace()) {
            token.negated = true;
            ++at;
        }
        bool quoted = false;
        QString word;
        while (at < text.size() && (quoted || !text[at].isSpace())) {
            const QChar c = text[at];
            if (c == QLatin1Char('"')) {
                quoted = !quoted;
            } else if (!quoted && isOperator(c) && token.op.isEmpty() && !word.isEmpty()
                       && columnOf(word, source) >= 0) {
                token.field = std::exchange(word, QString());
                token.op = c;
                while (at + 1 < text.size() && text[at + 1] == QLatin1Char('='))
                    token.op += text[++at];
            } else {
                word += c;
            }
            ++at;
        }
        token.value = word;
        token.openQuote = quoted;
        token.length = at - token.position;
        auto problem = filter.addTerm(token, source);
        if (problem && !filter.m_problem)
            filter.m_problem = std::move(problem);
    }
    return filter;
}

std::optional<Filter::Problem> Filter::addTerm(const Token &token, const TableSource &source)
{
    const auto wrong = [&](const QString &text) {
        return Problem{text, token.position, token.length};
    };
    Term term;
    term.negated = token.negated;
    if (token.openQuote)
        return wrong(FilterText::tr("The quotation mark is not closed."));
    if (token.field.isEmpty()) {
        const auto at = std::find_if(token.value.begin(), token.value.end(), isOperator);
        const QString field = token.value.left(at - token.value.begin());
        // "image redis:7" is a fair search; "stat:failed" is most likely a misspelt column.
        const bool looksLikeColumn = at != token.value.end() && !field.isEmpty()
            && std::all_of(field.begin(), field.end(), [](QChar c) { return c.isLetter(); });
        term.words = {token.value.toCaseFolded()};
        m_terms.push_back(term);
        if (!looksLikeColumn)
            return std::nullopt;
        return wrong(FilterText::tr("No column is called \"%1\", so this is searched as text. "
                                    "Columns: %2.")
                         .arg(field, fieldList(source)));
    }
    term.column = columnOf(token.field, source);
    if (token.value.isEmpty())
        return wrong(
            FilterText::tr("Something is missing after \"%1\".").arg(token.field + token.op));
    static const QHash<QString, Op> operators = {
        {QStringLiteral(":"), Op::Contains}, {QStringLiteral("="), Op::Equals},
        {QStringLiteral("=="), Op::Equals},  {QStringLiteral("!="), Op::Differs},
        {QStringLiteral("<"), Op::Less},     {QStringLiteral("<="), Op::LessOrEqual},
        {QStringLiteral(">"), Op::Greater},  {QStringLiteral(">="), Op::GreaterOrEqual},
    };
    const auto op = operators.constFind(token.op);
    if (op == operators.constEnd())
        return wrong(
            FilterText::tr("\"%1\" is not an operator; there are : = != < <= > >=.").arg(token.op));
    term.op = *op;
    const ColumnKind kind = source.kind(term.column);
    if (kind == ColumnKind::Text) {
        if (term.op > Op::Differs)
            return wrong(FilterText::tr("\"%1\" is a column of text; compare it with : = or !=.")
                             .arg(token.field));
        for (const QString &word : token.value.split(QLatin1Char(','), Qt::SkipEmptyParts))
            term.words.push_back(word.toCaseFolded());
    } else {
        const auto number = parseValue(token.value, kind);
        if (!number)
            return wrong(FilterText::tr("\"%1\" does not fit the column \"%2\": %3.")
                             .arg(token.value, token.field, unitHint(kind)));
        term.number = *number;
    }
    m_terms.push_back(std::move(term));
    return std::nullopt;
}

bool Filter::wordsHold(const Term &term, const QString &text)
{
    return std::any_of(term.words.begin(), term.words.end(), [&](const QString &word) {
        return term.op == Op::Contains ? containsFolded(text, word)
                                       : text.compare(word, Qt::CaseInsensitive) == 0;
    });
}

bool Filter::numberHolds(const Term &term, double value)
{
    constexpr double tolerance = 1e-9;
    switch (term.op) {
    case Op::Contains:
    case Op::Equals:
        return std::abs(value - term.number) < tolerance;
    case Op::Differs:
        return std::abs(value - term.number) >= tolerance;
    case Op::Less:
        return value < term.number - tolerance;
    case Op::LessOrEqual:
        return value <= term.number + tolerance;
    case Op::Greater:
        return value > term.number + tolerance;
    case Op::GreaterOrEqual:
        return value >= term.number - tolerance;
    }
    return false;
}

bool Filter::matches(const TableSource &source, int slot) const
{
    return m_terms.empty() || Pass(*this, source).matches(slot);
}

bool Filter::narrows(const Filter &wider) const
{
    return std::all_of(wider.m_terms.begin(), wider.m_terms.end(), [this](const Term &old) {
        if (old.words.empty())
            return false; // numbers may be ages, which move by themselves
        return std::any_of(m_terms.begin(), m_terms.end(), [&](const Term &now) {
            if (now == old)
                return true;
            return !now.negated && !old.negated && now.column == old.column
                && now.op == Op::Contains && old.op == Op::Contains && now.words.size() == 1
                && old.words.size() == 1 && now.words.front().contains(old.words.front());
        });
    });
}

namespace {

constexpr int scannedRows = 20000; // for the values of a column
constexpr qsizetype maxValues = 40;

QStringList valuesOf(const TableSource &source, int column, const QString &begin)
{
    QHash<QString, int> counts;
    int seen = 0;
    for (int slot = 0; slot < source.slotCount() && seen < scannedRows; ++slot) {
        if (!source.isLive(slot))
            continue;
        ++seen;
        const QString value = source.text(slot, column);
        if (!value.isEmpty() && value.startsWith(begin, Qt::CaseInsensitive))
            ++counts[value];
    }
    QStringList values = counts.keys();
    std::sort(values.begin(), values.end(), [&](const QString &a, const QString &b) {
        const int x = counts.value(a), y = counts.value(b);
        return x != y ? x > y : a < b;
    });
    return values.mid(0, maxValues);
}

QString quoted(const QString &value)
{
    const bool plain = std::none_of(value.begin(), value.end(),
                                    [](QChar c) { return c.isSpace() || c == QLatin1Char(','); });
    return plain ? value : QLatin1Char('"') + value + QLatin1Char('"');
}

} // namespace

FilterCompletion completeFilter(const QString &text, qsizetype cursor, const TableSource &source)
{
    FilterCompletion completion;
    const QStringView before = QStringView(text).left(cursor);
    qsizetype start = before.size();
    while (start > 0 && !before[start - 1].isSpace())
        --start;
    completion.start = start;
    QStringView word = before.mid(start);
    QString prefix;
    if (word.startsWith(QLatin1Char('-'))) {
        prefix = QStringLiteral("-");
        word = word.mid(1);
    }
    const auto at = std::find_if(word.begin(), word.end(), isOperator);
    if (at == word.end()) {
        for (int column = 0; column < source.columnCount(); ++column) {
            const QLatin1Char op(source.kind(column) == ColumnKind::Text ? ':' : '>');
            for (const QString &name : {source.field(column), headingWord(source, column)}) {
                if (word.isEmpty() || !name.startsWith(word, Qt::CaseInsensitive))
                    continue;
                completion.candidates << prefix + name + op;
                break;
            }
        }
        return completion;
    }
    const int column = columnOf(word.left(at - word.begin()), source);
    if (column < 0 || source.kind(column) != ColumnKind::Text)
        return completion;
    auto begin = at;
    while (begin != word.end() && isOperator(*begin))
        ++begin;
    const QString head = word.left(begin - word.begin()).toString();
    const QString typed = word.mid(begin - word.begin()).toString().remove(QLatin1Char('"'));
    const qsizetype comma = typed.lastIndexOf(QLatin1Char(','));
    for (const QString &value : valuesOf(source, column, typed.mid(comma + 1)))
        completion.candidates << prefix + head + typed.left(comma + 1) + quoted(value);
    return completion;
}

} // namespace meseta::console
