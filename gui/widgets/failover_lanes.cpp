#include "gui/widgets/failover_lanes.h"

#include <QPainter>

#include "gui/model/formats.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

FailoverLanes::FailoverLanes(QWidget *parent) : QWidget(parent) { }

void FailoverLanes::setLanes(const QList<Lane> &lanes, double now)
{
    m_lanes = lanes;
    m_now = now;
    QStringList told;
    for (const Lane &lane : lanes) {
        told << timeText(lane.lost) + QLatin1Char(' ')
                + durationText((lane.found > 0 ? lane.found : now) - lane.lost);
        for (const Lane::Phase &phase : lane.phases)
            told << phase.name + QLatin1Char(' ') + durationText(phase.end - phase.begin);
    }
    setAccessibleName(listText(told));
    updateGeometry();
    update();
}

QSize FailoverLanes::sizeHint() const
{
    constexpr qsizetype shownAtOnce = 6; // older ones when there is room
    const auto lanes = static_cast<int>(std::clamp<qsizetype>(m_lanes.size(), 1, shownAtOnce));
    return {400, fontMetrics().height() * 2 + 14 + lanes * laneHeight()};
}

QSize FailoverLanes::minimumSizeHint() const
{
    return {200, sizeHint().height()};
}

int FailoverLanes::laneHeight() const
{
    return Theme::rowHeight() + QFontMetrics(Theme::smallFont()).height() + 6;
}

/// Each phase's duration in words, with a sign where it took longer than it may.
void FailoverLanes::paintPhases(QPainter *painter, const Lane &lane, const QRectF &row) const
{
    painter->setFont(Theme::smallFont());
    double left = row.left();
    for (const Lane::Phase &phase : lane.phases) {
        const QString lasted = durationText(phase.end - phase.begin);
        QString text = phase.target > 0
            ? tr("%1: %2 of %3").arg(phase.name, lasted, durationText(phase.target))
            : tr("%1: %2").arg(phase.name, lasted);
        const Look look =
            phase.isLate() ? Look{Tone::Bad, Sign::Triangle} : Look{Tone::Good, Sign::Check};
        paintSign(painter, QRectF(left, row.top(), 9, row.height()), look);
        painter->setPen(phase.isLate() ? Theme::tone(Tone::Bad) : Theme::muted());
        painter->drawText(QRectF(left + 13, row.top(), row.right() - left, row.height()),
                          Qt::AlignVCenter, text);
        left += 13 + painter->fontMetrics().horizontalAdvance(text) + 18;
    }
    painter->setFont(font());
}

void FailoverLanes::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    update();
}

double FailoverLanes::lengthOf(const Lane &lane) const
{
    double length = (lane.found > 0 ? lane.found : m_now) - lane.lost;
    for (const Lane::Phase &phase : lane.phases)
        length = std::max(length, phase.end);
    return std::max(0.0, length);
}

void FailoverLanes::paintLegend(QPainter *painter) const
{
    QStringList named;
    double left = 0;
    for (const Lane &lane : m_lanes) {
        for (const Lane::Phase &phase : lane.phases) {
            if (named.contains(phase.name))
                continue;
            named << phase.name;
            painter->setPen(Qt::NoPen);
            painter->setBrush(Theme::tone(phase.tone));
            painter->drawRoundedRect(QRectF(left, fontMetrics().height() / 2.0 - 4, 9, 9), 2, 2);
            painter->setPen(Theme::muted());
            painter->drawText(QPointF(left + 14, fontMetrics().ascent()), phase.name);
            left += 14 + fontMetrics().horizontalAdvance(phase.name) + 18;
        }
    }
}

void FailoverLanes::paintLane(QPainter *painter, const Lane &lane, const QRectF &row,
                              double longest) const
{
    const double seconds = lengthOf(lane);
    const auto x = [&](double at) { return row.left() + row.width() * at / longest; };
    const auto bar = [&](double from, double to, const QColor &color) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawRoundedRect(
            QRectF(x(from), row.center().y() - 5, std::max(3.0, x(to) - x(from) - 1), 10), 3, 3);
    };
    if (lane.phases.isEmpty())
        bar(0, seconds,
            Theme::tone(lane.found <= 0               ? Tone::Bad
                            : seconds > targetSeconds ? Tone::Busy
                                                      : Tone::Good));
    for (const Lane::Phase &phase : lane.phases)
        bar(phase.begin, phase.end, Theme::tone(phase.tone));
    QString text = durationText(seconds);
    if (lane.found <= 0)
        text = tr("%1 and not found yet").arg(text);
    else if (lane.to != lane.from)
        text = tr("%1, %2 took over").arg(text, lane.to);
    painter->setPen(palette().color(QPalette::Text));
    const double width = painter->fontMetrics().horizontalAdvance(text);
    const double left = x(seconds) + 8;
    painter->drawText(
        QRectF(std::min(left, row.right() - width), row.top(), width + 4, row.height()),
        Qt::AlignVCenter, text);
}

void FailoverLanes::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_lanes.isEmpty()) {
        painter.setPen(Theme::muted());
        painter.drawText(rect(), Qt::AlignCenter, m_emptyText);
        return;
    }
    double longest = targetSeconds * 1.3;
    for (const Lane &lane : m_lanes)
        longest = std::max(longest, lengthOf(lane) * 1.25); // room for the words after it
    const int timeWidth = fontMetrics().horizontalAdvance(QStringLiteral("2026-00-00 00:00 "));
    const int rowHeight = Theme::rowHeight(), step = laneHeight();
    const QRectF lanes(timeWidth, fontMetrics().height() * 2 + 10, width() - timeWidth - 8,
                       height() - fontMetrics().height() * 2 - 10);
    paintLegend(&painter);
    const double target = lanes.left() + lanes.width() * targetSeconds / longest;
    painter.setPen(QPen(Theme::muted(), 1, Qt::DashLine));
    painter.drawLine(QPointF(target, lanes.top() - 4), QPointF(target, lanes.bottom()));
    painter.setPen(Theme::muted());
    painter.drawText(QRectF(target - 200, fontMetrics().height() + 4, 195, fontMetrics().height()),
                     Qt::AlignRight, tr("target %1").arg(durationText(targetSeconds)));
    double top = lanes.top();
    for (auto lane = m_lanes.crbegin(); lane != m_lanes.crend(); ++lane) {
        if (top + step > height() + 1)
            break;
        painter.setPen(Theme::muted());
        painter.drawText(QRectF(0, top, timeWidth, rowHeight), Qt::AlignVCenter,
                         timeText(lane->lost));
        paintLane(&painter, *lane, QRectF(lanes.left(), top, lanes.width(), rowHeight), longest);
        paintPhases(&painter, *lane,
                    QRectF(lanes.left(), top + rowHeight - 4, lanes.width(), step - rowHeight));
        top += step;
    }
}

} // namespace meseta::console
