#include "gui/inspect/ansi.h"

namespace meseta::console {

namespace {

struct Pen
{
    int color = -1;
    bool bold = false;

    bool isPlain() const { return color < 0 && !bold; }
    bool operator==(const Pen &) const = default;
};

/// One of the 256 colours as one of the 16; the cube and the greys keep the text's own.
int nearest(int color)
{
    return color >= 0 && color < 16 ? color : -1;
}

void apply(Pen &pen, const QString &parameters)
{
    const QStringList parts = parameters.split(QLatin1Char(';'));
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const int code = parts.at(i).toInt(); // empty is 0
        if (code == 0)
            pen = {};
        else if (code == 1)
            pen.bold = true;
        else if (code == 22)
            pen.bold = false;
        else if (code >= 30 && code <= 37)
            pen.color = code - 30;
        else if (code >= 90 && code <= 97)
            pen.color = code - 90 + 8;
        else if (code == 39)
            pen.color = -1;
        else if (code == 38 && parts.value(i + 1) == QLatin1String("5")) {
            pen.color = nearest(parts.value(i + 2).toInt());
            i += 2;
        } else if ((code == 38 || code == 48) && parts.value(i + 1) == QLatin1String("2"))
            i += 4;
        else if (code == 48 && parts.value(i + 1) == QLatin1String("5"))
            i += 2;
    }
}

} // namespace

AnsiLine readAnsi(QByteArrayView bytes)
{
    const QString raw = QString::fromUtf8(bytes);
    AnsiLine line;
    line.text.reserve(raw.size());
    Pen pen;
    qsizetype from = 0;
    const auto close = [&] {
        if (!pen.isPlain() && line.text.size() > from)
            line.spans.append({from, line.text.size() - from, pen.color, pen.bold});
        from = line.text.size();
    };
    for (qsizetype i = 0; i < raw.size(); ++i) {
        const char16_t c = raw[i].unicode();
        if (c == 0x1B && i + 1 < raw.size() && raw[i + 1] == QLatin1Char('[')) {
            qsizetype end = i + 2;
            while (end < raw.size() && (raw[end].unicode() < 0x40 || raw[end].unicode() > 0x7E))
                ++end;
            if (end < raw.size() && raw[end] == QLatin1Char('m')) {
                Pen next = pen;
                apply(next, raw.mid(i + 2, end - i - 2));
                if (next != pen) {
                    close();
                    pen = next;
                }
            }
            i = end;
        } else if (c == u'\t') {
            line.text += QString(8 - line.text.size() % 8, QLatin1Char(' '));
        } else if (c >= 0x20) {
            line.text += raw[i];
        }
    }
    close();
    return line;
}

} // namespace meseta::console
