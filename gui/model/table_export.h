#pragma once

#include <QByteArray>
#include <QList>

namespace meseta::console {

class TableModel;

/// Rows of a table as they are shown, for files and the clipboard. `columns`: those to write, in
/// order.
QByteArray toCsv(const TableModel &model, const QList<int> &columns); ///< RFC 4180, UTF-8
/// An array of objects by field name; numbers stay numbers.
QByteArray toJson(const TableModel &model, const QList<int> &columns);
/// Tab-separated, with a line of titles when there are several rows.
QString toClipboard(const TableModel &model, const QList<int> &rows, const QList<int> &columns);

} // namespace meseta::console
