#include "gui/widgets/gauge.h"

#include <QPainter>
#include <QPainterPath>

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

void Gauge::addSample(double used, double inUse)
{
    m_samples.push_back({std::clamp(used, 0.0, 1.0), std::min(inUse, 1.0)});
    if (m_samples.size() > keptSamples)
        m_samples.pop_front();
    update();
}

/// Allocated as an area, in use as a line; the newest at the right.
void Gauge::paintTrend(QPainter *painter, const QRectF &area) const
{
    if (m_samples.size() < 2)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double step = area.width() / (keptSamples - 1.0);
    const auto x = [&](std::size_t i) {
        return area.right() - static_cast<double>(m_samples.size() - 1 - i) * step;
    };
    const auto y = [&](double share) { return area.bottom() - share * area.height(); };
    QPainterPath allocated(QPointF(x(0), area.bottom()));
    for (std::size_t i = 0; i < m_samples.size(); ++i)
        allocated.lineTo(x(i), y(m_samples[i].used));
    allocated.lineTo(area.right(), area.bottom());
    QColor fill = Theme::used();
    fill.setAlphaF(0.35F);
    painter->fillPath(allocated, fill);
    QPolygonF inUse;
    for (std::size_t i = 0; i < m_samples.size(); ++i) {
        if (m_samples[i].inUse >= 0)
            inUse << QPointF(x(i), y(m_samples[i].inUse));
    }
    painter->setPen(QPen(Theme::tone(Tone::Good), 1.5));
    painter->drawPolyline(inUse);
    painter->restore();
}

QSize Gauge::sizeHint() const
{
    const int lines = QFontMetrics(Theme::titleFont()).height() + fontMetrics().height() * 2;
    return {260, lines + 52};
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
    // The amounts are read in full, if smaller.
    QFont amounts = Theme::titleFont();
    for (const QFont &smaller : {Theme::headingFont(), font()}) {
        if (QFontMetricsF(amounts).horizontalAdvance(m_text) > inner.width())
            amounts = smaller;
    }
    line(amounts, palette().color(QPalette::Active, QPalette::Text),
         top + QFontMetricsF(Theme::titleFont()).ascent() - QFontMetricsF(amounts).ascent(),
         m_text);
    top += QFontMetricsF(Theme::titleFont()).height() + 8;
    paintShare(&painter, QRectF(inner.left(), top, inner.width(), 8),
               known ? m_amounts.used / m_amounts.total : 0,
               known ? m_amounts.offered / m_amounts.total : 0);
    if (m_amounts.inUse >= 0 && known) {
        const QRectF thin(inner.left(), top + 10, inner.width(), 3);
        painter.fillRect(thin, Theme::border());
        painter.fillRect(
            QRectF(thin.topLeft(),
                   QSizeF(thin.width() * std::min(1.0, m_amounts.inUse / m_amounts.total),
                          thin.height())),
            Theme::tone(Tone::Good));
    }
    const double trendTop = inner.top() + fontMetrics().height();
    paintTrend(&painter,
               QRectF(inner.right() - inner.width() / 3, trendTop, inner.width() / 3,
                      std::max(8.0, top - trendTop - 10)));
    line(Theme::smallFont(), Theme::muted(), top + 16, m_detail);
}

} // namespace meseta::console
