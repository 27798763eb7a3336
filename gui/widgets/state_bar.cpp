#include "gui/widgets/state_bar.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "gui/model/formats.h"
#include "gui/model/look.h"
#include "gui/model/rows.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int barHeight = 10;
constexpr int gap = 12;
constexpr int besideWord = 30; // its sign, and the room to the next

} // namespace

StateBar::StateBar(QWidget *parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StateBar::setCounts(const QList<Count> &counts)
{
    if (counts == m_counts)
        return;
    m_counts = counts;
    arrange();
}

QSize StateBar::sizeHint() const
{
    return {420,
            barHeight + gap + QFontMetrics(Theme::titleFont()).height() + fontMetrics().height()
                + 10};
}

/// Where not all words have room, states that no task is in are left out.
void StateBar::arrange()
{
    int widest = 0;
    QStringList parts;
    for (const Count &count : std::as_const(m_counts)) {
        widest = std::max(widest, fontMetrics().horizontalAdvance(stateText(count.state)));
        parts << countText(count.tasks) + QLatin1Char(' ') + stateText(count.state);
    }
    setAccessibleName(listText(parts));
    m_shown = m_counts;
    if (m_counts.size() * (widest + besideWord) > width())
        m_shown.removeIf([](const Count &count) { return count.tasks == 0; });
    m_focused =
        std::clamp<int>(m_focused, 0, std::max<int>(0, static_cast<int>(m_shown.size()) - 1));
    update();
}

void StateBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void StateBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange)
        arrange();
    QWidget::changeEvent(event);
}

QRect StateBar::place(int index) const
{
    const auto count = std::max<qsizetype>(1, m_shown.size());
    const int width = this->width() / static_cast<int>(count);
    return {index * width, barHeight + gap - 4, width - 4, height() - barHeight - gap + 4};
}

int StateBar::indexAt(const QPoint &point) const
{
    for (int i = 0; i < m_shown.size(); ++i) {
        if (place(i).contains(point))
            return i;
    }
    return -1;
}

void StateBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double total = 0;
    for (const Count &count : m_counts)
        total += count.tasks;
    QPainterPath clip;
    clip.addRoundedRect(QRectF(0, 0, width(), barHeight), barHeight / 2.0, barHeight / 2.0);
    painter.setClipPath(clip);
    painter.fillRect(QRectF(0, 0, width(), barHeight), Theme::track());
    double left = 0;
    for (const Count &count : m_counts) {
        const double part = total > 0 ? width() * count.tasks / total : 0;
        QColor color = Theme::tone(stateLook(count.state).tone);
        if (!isEnabled())
            color = Theme::muted();
        painter.fillRect(QRectF(left, 0, part, barHeight), color);
        left += part;
    }
    painter.setClipping(false);
    for (int i = 0; i < m_shown.size(); ++i) {
        const QRect box = place(i);
        const bool focused = hasFocus() && m_byKeyboard && m_focused == i;
        if (i == m_hovered || focused) {
            painter.setPen(focused ? QPen(Theme::used(), 1.5) : QPen(Qt::NoPen));
            painter.setBrush(Theme::hover());
            painter.drawRoundedRect(QRectF(box), 5, 5);
        }
        const Count &count = m_shown.at(i);
        const QFontMetrics large(Theme::titleFont());
        painter.setFont(Theme::titleFont());
        painter.setPen(isEnabled() && count.tasks > 0 ? palette().color(QPalette::Text)
                                                      : Theme::muted());
        painter.drawText(QRect(box.left() + 4, box.top() + 3, box.width(), large.height()),
                         Qt::AlignLeft, countText(count.tasks));
        const int below = box.top() + 3 + large.height();
        paintSign(&painter, QRectF(box.left() + 5, below, 9, fontMetrics().height()),
                  stateLook(count.state));
        painter.setFont(font());
        painter.setPen(Theme::muted());
        painter.drawText(
            QRect(box.left() + 20, below, box.width() - 20, fontMetrics().height()), Qt::AlignLeft,
            fontMetrics().elidedText(stateText(count.state), Qt::ElideRight, box.width() - 20));
    }
}

void StateBar::choose(int index)
{
    if (index >= 0 && index < m_shown.size())
        Q_EMIT stateChosen(stateWord(m_shown.at(index).state));
}

void StateBar::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = indexAt(event->pos());
    setCursor(m_hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void StateBar::mouseReleaseEvent(QMouseEvent *event)
{
    choose(indexAt(event->pos()));
}

void StateBar::focusInEvent(QFocusEvent *event)
{
    m_byKeyboard =
        event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void StateBar::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void StateBar::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_shown.size()) - 1;
    if (event->key() == Qt::Key_Right)
        m_focused = std::min(last, m_focused + 1);
    else if (event->key() == Qt::Key_Left)
        m_focused = std::max(0, m_focused - 1);
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)
        choose(m_focused);
    else
        return QWidget::keyPressEvent(event);
    update();
}

} // namespace meseta::console
