#include "gui/model/table_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "gui/model/table_model.h"

namespace meseta::console {

namespace {

/// A value as other programs read it: plain numbers, English words.
QString rawText(const TableSource &source, int slot, int column)
{
    if (source.kind(column) != ColumnKind::Text)
        return QString::number(source.number(slot, column), 'g', 15);
    const QString *word = source.alias(slot, column);
    return word ? *word : source.text(slot, column);
}

QString csvCell(QString text)
{
    // A leading sign of these makes spreadsheets run the cell as a formula.
    static const QString formulas = QStringLiteral("=+-@\t\r");
    bool isNumber = false;
    text.toDouble(&isNumber);
    if (!isNumber && !text.isEmpty() && formulas.contains(text.front()))
        text.prepend(QLatin1Char('\''));
    const bool needsQuotes = text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"'))
        || text.contains(QLatin1Char('\n')) || text.contains(QLatin1Char('\r'));
    if (!needsQuotes)
        return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QLatin1String("\"\""))
        + QLatin1Char('"');
}

} // namespace

QByteArray toCsv(const TableModel &model, const QList<int> &columns)
{
    const TableSource &source = model.source();
    QByteArray bytes;
    const auto line = [&](auto cell) {
        QStringList cells;
        for (const int column : columns)
            cells << csvCell(cell(column));
        bytes += cells.join(QLatin1Char(',')).toUtf8() + "\r\n";
    };
    line([&](int column) { return source.field(column); });
    for (int row = 0; row < model.rowCount(); ++row)
        line([&](int column) { return rawText(source, model.slotOfRow(row), column); });
    return bytes;
}

QByteArray toJson(const TableModel &model, const QList<int> &columns)
{
    const TableSource &source = model.source();
    QJsonArray rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        const int slot = model.slotOfRow(row);
        QJsonObject object;
        for (const int column : columns) {
            if (source.kind(column) == ColumnKind::Text)
                object.insert(source.field(column), rawText(source, slot, column));
            else
                object.insert(source.field(column), source.number(slot, column));
        }
        rows.append(object);
    }
    return QJsonDocument(rows).toJson();
}

QString toClipboard(const TableModel &model, const QList<int> &rows, const QList<int> &columns)
{
    const TableSource &source = model.source();
    QStringList lines;
    const auto line = [&](auto cell) {
        QStringList cells;
        for (const int column : columns)
            cells << cell(column).replace(QLatin1Char('\t'), QLatin1Char(' '));
        lines << cells.join(QLatin1Char('\t'));
    };
    if (rows.size() > 1)
        line([&](int column) { return source.title(column); });
    for (const int row : rows)
        line([&](int column) { return source.text(model.slotOfRow(row), column); });
    return lines.join(QLatin1Char('\n'));
}

} // namespace meseta::console
