#include "gui/widgets/gauge.h"

#include <QPainter>

#include "gui/model/formats.h"
#include "gui/widgets/card.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

Gauge::Gauge(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Gauge::setTitle(const QString &title)
{
    m_title = title;
    setAccessibleName(title);
    update();
}

void Gauge::setAmounts(const Amounts &amounts, const QString &text, const QString &detail)
{
    if (amounts == m_amounts && text == m_text && detail == m_detail)
        return;
    m_amounts = amounts;
    m_text = text;
    m_detail = detail;
    setAccessibleDescription(text + QLatin1String(", ") + detail);
    update();
}

QSize Gauge::sizeHint() const
{
    const int lines = QFontMetrics(Theme::titleFont()).height() + fontMetrics().height() * 2;
    return {260, lines + 48};
}

QSize Gauge::minimumSizeHint() const
{
    return {150, sizeHint().height()};
}

void Gauge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintCard(&painter, rect());
    const QRectF inner = QRectF(rect()).adjusted(Theme::Large, Theme::Medium, -Theme::Large, -14);
    const auto line = [&](const QFont &font, const QColor &color, double top, const QString &text,
                          Qt::Alignment side = Qt::AlignLeft) {
        painter.setFont(font);
        painter.setPen(isEnabled() ? color : Theme::muted());
        const QFontMetricsF metrics(font);
        painter.drawText(QRectF(inner.left(), top, inner.width(), metrics.height()),
                         static_cast<int>(side) | Qt::AlignTop,
                         metrics.elidedText(text, Qt::ElideRight, inner.width()));
        return top + metrics.height();
    };
    const bool known = m_amounts.total > 0;
    if (known)
        line(font(), Theme::muted(), inner.top(), percentText(m_amounts.used / m_amounts.total),
             Qt::AlignRight);
    double top = line(font(), Theme::muted(), inner.top(), m_title) + 2;
    top = line(Theme::titleFont(), palette().color(QPalette::Active, QPalette::Text), top, m_text)
        + 8;
    paintShare(&painter, QRectF(inner.left(), top, inner.width(), 8),
               known ? m_amounts.used / m_amounts.total : 0,
               known ? m_amounts.offered / m_amounts.total : 0);
    line(Theme::smallFont(), Theme::muted(), top + 14, m_detail);
}

} // namespace meseta::console
