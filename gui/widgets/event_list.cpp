#include "gui/widgets/event_list.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "gui/model/formats.h"
#include "gui/model/look.h"
#include "gui/model/replica.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

ObjectRef objectOf(const EventRow &event)
{
    if (!event.taskKey.isEmpty())
        return {ObjectRef::Kind::Task, event.taskKey};
    using Kind = EventRow::Kind;
    const bool ofFramework = event.kind == Kind::FrameworkAdded
        || event.kind == Kind::FrameworkUpdated || event.kind == Kind::FrameworkRemoved
        || event.kind == Kind::FrameworkBack || event.kind == Kind::OfferAdded
        || event.kind == Kind::OfferRemoved;
    if (ofFramework)
        return {ObjectRef::Kind::Framework, event.frameworkId};
    return {ObjectRef::Kind::Agent, event.agentId};
}

EventList::EventList(const Replica &replica, QWidget *parent)
    : QAbstractScrollArea(parent), m_replica(replica)
{
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setFocusPolicy(Qt::TabFocus);
    setMinimumHeight(120);
}

void EventList::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    viewport()->update();
}

void EventList::refresh()
{
    const int fit = std::max(1, height() / Theme::rowHeight() + 1);
    const QString before = m_events.isEmpty() ? QString() : m_events.first().key;
    m_events.clear();
    for (const EventRow *event : m_replica.newestEvents(fit))
        m_events.append(*event);
    if (!m_events.isEmpty() && m_events.first().key != before)
        setAccessibleName(eventText(m_events.first()));
    viewport()->update();
}

/// Where nothing happens any more, nobody else would fill the room.
void EventList::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    refresh();
}

int EventList::lineAt(const QPoint &point) const
{
    const int line = point.y() / Theme::rowHeight();
    return line >= 0 && line < m_events.size() ? line : -1;
}

void EventList::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const int rowHeight = Theme::rowHeight(), width = viewport()->width();
    if (m_events.isEmpty()) {
        painter.setPen(Theme::muted());
        painter.drawText(viewport()->rect(), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap,
                         m_emptyText);
        return;
    }
    const int timeWidth = fontMetrics().horizontalAdvance(QStringLiteral("2026-00-00 00:00")) + 12;
    const int shownTimeWidth =
        fontMetrics().horizontalAdvance(timeText(m_events.first().time)) + 12;
    const int textWidth = width - 22 - std::min(timeWidth, shownTimeWidth) - 8;
    for (int line = 0; line < m_events.size(); ++line) {
        const EventRow &event = m_events.at(line);
        const QRect row(0, line * rowHeight, width, rowHeight);
        if (row.bottom() > viewport()->height())
            break; // no half lines
        if (line == m_hovered && objectOf(event).isValid())
            painter.fillRect(row, Theme::hover());
        paintSign(&painter, QRectF(4, row.top(), 10, rowHeight), eventLook(event));
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRect(24, row.top(), textWidth, rowHeight), Qt::AlignVCenter,
                         fontMetrics().elidedText(eventText(event), Qt::ElideRight, textWidth));
        painter.setPen(Theme::muted());
        painter.drawText(row.adjusted(0, 0, -4, 0), Qt::AlignVCenter | Qt::AlignRight,
                         timeText(event.time));
    }
    if (hasFocus()) {
        painter.setPen(QPen(Theme::used(), 1));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void EventList::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = lineAt(event->pos());
    viewport()->setCursor(m_hovered >= 0 && objectOf(m_events.at(m_hovered)).isValid()
                              ? Qt::PointingHandCursor
                              : Qt::ArrowCursor);
    viewport()->update();
}

void EventList::mouseReleaseEvent(QMouseEvent *event)
{
    const int line = lineAt(event->pos());
    if (line >= 0 && objectOf(m_events.at(line)).isValid())
        Q_EMIT linkChosen(objectOf(m_events.at(line)));
}

void EventList::leaveEvent(QEvent *)
{
    m_hovered = -1;
    viewport()->update();
}

void EventList::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_events.size()) - 1;
    if (event->key() == Qt::Key_Down)
        m_hovered = std::min(last, m_hovered + 1);
    else if (event->key() == Qt::Key_Up)
        m_hovered = std::max(0, m_hovered - 1);
    else if (event->key() == Qt::Key_Return && m_hovered >= 0 && m_hovered <= last)
        Q_EMIT linkChosen(objectOf(m_events.at(m_hovered)));
    else
        return QAbstractScrollArea::keyPressEvent(event);
    viewport()->update();
}

} // namespace meseta::console
