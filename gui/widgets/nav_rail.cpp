#include "gui/widgets/nav_rail.h"

#include <QPainter>
#include <QVBoxLayout>

#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int besideIcon = 10;
constexpr int roomForCount = 52; // more where a count takes it

int iconSide()
{
    return qRound(18 * Theme::fontScale());
}

} // namespace

NavButton::NavButton(const QString &iconName, QWidget *parent) : QAbstractButton(parent)
{
    setIcon(console::icon(iconName));
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void NavButton::setCount(const QString &count, bool alarming)
{
    if (count == m_count && alarming == m_alarming)
        return;
    m_count = count;
    m_alarming = alarming;
    setAccessibleDescription(count);
    updateGeometry();
    update();
}

QSize NavButton::sizeHint() const
{
    const int count = QFontMetrics(Theme::smallFont()).horizontalAdvance(m_count);
    return {fontMetrics().horizontalAdvance(text()) + iconSide() + 4 * besideIcon
                + std::max(roomForCount, count),
            fontMetrics().height() + 16};
}

void NavButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 1.5, -0.5, -1.5);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? palette().color(QPalette::Highlight) : Theme::hover());
        painter.drawRoundedRect(frame, 6, 6);
    }
    if (hasFocus()) {
        painter.setPen(QPen(Theme::used(), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(frame, 6, 6);
    }
    const int side = iconSide();
    const QRect picture(besideIcon, (height() - side) / 2, side, side);
    icon().paint(&painter, picture, Qt::AlignCenter, isChecked() ? QIcon::Selected : QIcon::Normal);
    const QColor color =
        palette().color(isChecked() ? QPalette::HighlightedText : QPalette::WindowText);
    painter.setPen(color);
    const QRect inner = rect().adjusted(besideIcon + side + besideIcon, 0, -besideIcon, 0);
    QRect rest = inner;
    if (!m_count.isEmpty()) {
        painter.setFont(Theme::smallFont());
        painter.setPen(m_alarming ? Theme::tone(Tone::Bad) : isChecked() ? color : Theme::muted());
        painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, m_count);
        rest.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(m_count) - 6);
        painter.setFont(font());
        painter.setPen(color);
    }
    painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, rest.width()));
}

NavRail::NavRail(QWidget *parent)
    : QWidget(parent), m_column(new QVBoxLayout(this)), m_pages(new QVBoxLayout)
{
    m_column->setContentsMargins(Theme::Small, Theme::Medium, Theme::Small, Theme::Small);
    m_column->setSpacing(Theme::Tight);
    m_pages->setSpacing(1);
    m_column->addLayout(m_pages);
    m_column->addStretch(1);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(&m_group, &QButtonGroup::idClicked, this, &NavRail::pageChosen);
}

QSize NavRail::sizeHint() const
{
    return QWidget::sizeHint().expandedTo({196, 0});
}

NavButton *NavRail::addPage(const QString &iconName)
{
    auto *button = new NavButton(iconName);
    m_group.addButton(button, static_cast<int>(m_group.buttons().size()));
    m_pages->addWidget(button);
    return button;
}

void NavRail::addGap()
{
    m_pages->addSpacing(Theme::Medium);
}

void NavRail::addWidgetAbove(QWidget *widget)
{
    m_column->insertWidget(m_column->indexOf(m_pages), widget);
}

void NavRail::addWidgetBelow(QWidget *widget)
{
    m_column->addWidget(widget);
}

NavButton *NavRail::pageButton(int page) const
{
    return qobject_cast<NavButton *>(m_group.button(page));
}

int NavRail::currentPage() const
{
    return m_group.checkedId();
}

void NavRail::setCurrentPage(int page)
{
    if (QAbstractButton *button = m_group.button(page))
        button->setChecked(true);
}

void NavRail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::rail());
    painter.fillRect(QRect(width() - 1, 0, 1, height()), Theme::border());
}

} // namespace meseta::console
