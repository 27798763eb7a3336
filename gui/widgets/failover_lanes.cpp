#include "gui/widgets/failover_lanes.h"

#include <QPainter>

#include "gui/model/formats.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

FailoverLanes::FailoverLanes(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(80);
}

void FailoverLanes::setLanes(const QList<Lane> &lanes, double now)
{
    m_lanes = lanes;
    m_now = now;
    QStringList told;
    for (const Lane &lane : lanes)
        told << timeText(lane.lost) + QLatin1Char(' ')
                + durationText((lane.found > 0 ? lane.found : now) - lane.lost);
    setAccessibleName(told.join(QLatin1String(", ")));
    update();
}

void FailoverLanes::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    update();
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
        longest = std::max(longest, (lane.found > 0 ? lane.found : m_now) - lane.lost);
    const int timeWidth = fontMetrics().horizontalAdvance(QStringLiteral("2026-00-00 00:00 "));
    const int rowHeight = Theme::rowHeight() + 4;
    const QRectF lanes(timeWidth, fontMetrics().height() + 6, width() - timeWidth - 8,
                       height() - fontMetrics().height() - 6);
    const double target = lanes.left() + lanes.width() * targetSeconds / longest;
    painter.setPen(QPen(Theme::muted(), 1, Qt::DashLine));
    painter.drawLine(QPointF(target, lanes.top() - 4), QPointF(target, lanes.bottom()));
    painter.setPen(Theme::muted());
    painter.drawText(QRectF(target - 200, 0, 195, fontMetrics().height()), Qt::AlignRight,
                     tr("target %1").arg(durationText(targetSeconds)));
    double top = lanes.top();
    for (auto lane = m_lanes.crbegin(); lane != m_lanes.crend(); ++lane) {
        if (top + rowHeight > height() + 1)
            break;
        const double seconds = (lane->found > 0 ? lane->found : m_now) - lane->lost;
        painter.setPen(Theme::muted());
        painter.drawText(QRectF(0, top, timeWidth, rowHeight), Qt::AlignVCenter,
                         timeText(lane->lost));
        const QRectF bar(lanes.left(), top + rowHeight / 2.0 - 5,
                         std::max(6.0, lanes.width() * seconds / longest), 10);
        painter.setPen(Qt::NoPen);
        const bool late = seconds > targetSeconds;
        painter.setBrush(lane->found > 0 ? Theme::tone(late ? Tone::Busy : Tone::Good)
                                         : Theme::tone(Tone::Bad));
        painter.drawRoundedRect(bar, 5, 5);
        QString text = durationText(seconds);
        if (lane->found <= 0)
            text = tr("%1 and not found yet").arg(text);
        else if (lane->to != lane->from)
            text = tr("%1, %2 took over").arg(text, lane->to);
        painter.setPen(palette().color(QPalette::Text));
        const bool inside = bar.right() + painter.fontMetrics().horizontalAdvance(text) > width();
        painter.drawText(inside ? QRectF(lanes.left() + 8, top - 14, lanes.width(), rowHeight)
                                : QRectF(bar.right() + 8, top, lanes.width(), rowHeight),
                         Qt::AlignVCenter, text);
        top += rowHeight;
    }
}

} // namespace meseta::console
