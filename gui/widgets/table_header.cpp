#include "gui/widgets/table_header.h"

#include <QIcon>
#include <QPainter>

#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int markSide = 11;
constexpr int markGap = 5;

} // namespace

TableHeader::TableHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setSectionsMovable(true);
    setHighlightSections(false);
    setStretchLastSection(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    viewport()->setAttribute(Qt::WA_Hover);
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    painter->fillRect(rect, Theme::surface());
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), Theme::border());
    const QString title = model()->headerData(section, orientation()).toString();
    const QVariant side = model()->headerData(section, orientation(), Qt::TextAlignmentRole);
    const bool right = side.value<Qt::Alignment>() & Qt::AlignRight;
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
    const int taken = sorted ? markSide + markGap : 0;
    const QRect inner = rect.adjusted(margin, 0, -margin, -1);
    const QString shown =
        fontMetrics().elidedText(title, Qt::ElideRight, std::max(0, inner.width() - taken));
    const int width = fontMetrics().horizontalAdvance(shown);
    const QPoint pointer = viewport()->mapFromGlobal(QCursor::pos());
    const bool hovered = viewport()->underMouse() && rect.contains(pointer);
    painter->setPen(hovered || sorted ? palette().color(QPalette::Text) : Theme::muted());
    painter->setFont(font());
    painter->drawText(
        inner, static_cast<int>(right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, shown);
    if (!sorted)
        return;
    const int left =
        right ? inner.right() - width - markGap - markSide + 1 : inner.left() + width + markGap;
    const QString shade = Theme::isDark() ? QStringLiteral("dark") : QStringLiteral("light");
    const QString way =
        sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral("up") : QStringLiteral("down");
    QIcon(QStringLiteral(":/icons/controls/%1-%2.svg").arg(way, shade))
        .paint(painter, QRect(left, inner.center().y() - markSide / 2, markSide, markSide));
}

} // namespace meseta::console
