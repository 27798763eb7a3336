#pragma once

#include <QList>
#include <QString>

namespace meseta::console {

/// A stretch of a line in one look. Colours are those of a terminal: 0 to 7, 8 to 15 bright, -1 the
/// text's own.
struct AnsiSpan
{
    qsizetype start = 0;
    qsizetype length = 0;
    int color = -1;
    bool bold = false;

    bool operator==(const AnsiSpan &) const = default;
};

struct AnsiLine
{
    QString text; ///< without the control sequences
    QList<AnsiSpan> spans; ///< of what is not plain, in order
};

/// Takes the control sequences out of a line: colours become spans, all others are dropped. What is
/// not UTF-8 is replaced. Source: ECMA-48, SGR.
AnsiLine readAnsi(QByteArrayView line);

} // namespace meseta::console
