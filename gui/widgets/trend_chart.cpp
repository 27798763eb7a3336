#include "gui/widgets/trend_chart.h"

#include <QPainter>
#include <QPainterPath>

#include "gui/model/formats.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

TrendChart::TrendChart(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(56);
}

void TrendChart::setNames(const QString &first, const QString &second)
{
    m_first = first;
    m_second = second;
    update();
}

void TrendChart::setLegend(const QString &text)
{
    m_legend = text;
    setAccessibleName(text);
    update();
}

void TrendChart::add(double first, double second)
{
    m_samples.push_back({std::clamp(first, 0.0, 1.0), std::clamp(second, 0.0, 1.0)});
    if (m_samples.size() > kept)
        m_samples.pop_front();
    if (m_legend.isEmpty())
        setAccessibleName(m_first + QLatin1Char(' ') + percentText(first) + QLatin1String(", ")
                          + m_second + QLatin1Char(' ') + percentText(second));
    update();
}

void TrendChart::clear()
{
    m_samples.clear();
    update();
}

void TrendChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double legend = fontMetrics().height() + 2;
    const QRectF area(0, 0, width(), height() - legend);
    painter.setPen(QPen(Theme::border(), 1, Qt::DotLine));
    for (const double level : {0.0, 0.5, 1.0}) {
        const double y = area.bottom() - level * (area.height() - 1) - 0.5;
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    const auto x = [&](std::size_t i) {
        return area.right()
            - static_cast<double>(m_samples.size() - 1 - i) * area.width() / (kept - 1.0);
    };
    const auto y = [&](double share) {
        return area.bottom() - std::min(1.0, share) * area.height();
    };
    const auto fill = [&](auto low, auto high, const QColor &color) {
        if (m_samples.size() < 2)
            return;
        QPainterPath path(QPointF(x(0), y(low(m_samples[0]))));
        for (std::size_t i = 0; i < m_samples.size(); ++i)
            path.lineTo(x(i), y(high(m_samples[i])));
        for (std::size_t i = m_samples.size(); i-- > 0;)
            path.lineTo(x(i), y(low(m_samples[i])));
        painter.fillPath(path, color);
    };
    const auto none = [](const Sample &) { return 0.0; };
    const auto first = [](const Sample &s) { return s.first; };
    const auto both = [](const Sample &s) { return s.first + s.second; };
    fill(none, first, Theme::used());
    fill(first, both, Theme::offered());

    painter.setFont(Theme::smallFont());
    double left = 0;
    const auto name = [&](const QColor &color, const QString &text) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(left, height() - legend / 2 - 4, 9, 9), 2, 2);
        painter.setPen(Theme::muted());
        const QRectF room(left + 14, height() - legend, width() - left - 14, legend);
        painter.drawText(
            room, Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(room.width())));
        left += 14 + painter.fontMetrics().horizontalAdvance(text) + 16;
    };
    if (!m_legend.isEmpty())
        return name(Theme::used(), m_legend);
    const Sample last = m_samples.empty() ? Sample{0, 0} : m_samples.back();
    name(Theme::used(), m_first + QLatin1Char(' ') + percentText(last.first));
    name(Theme::offered(), m_second + QLatin1Char(' ') + percentText(last.second));
}

} // namespace meseta::console
