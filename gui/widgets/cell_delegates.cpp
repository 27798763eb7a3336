#include "gui/widgets/cell_delegates.h"

#include <QApplication>
#include <QPainter>

#include "gui/model/sources.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

void ShareDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const QVariant used = index.data(UsedShareRole);
    if (!used.isValid())
        return;
    const QRectF bar(option.rect.left() + 6, option.rect.bottom() - 4, option.rect.width() - 12,
                     2.5);
    painter->save();
    painter->setPen(Qt::NoPen);
    painter->setBrush(Theme::track());
    painter->drawRoundedRect(bar, 1.2, 1.2);
    const double usedShare = used.toDouble();
    painter->setBrush(Theme::used());
    painter->drawRect(QRectF(bar.left(), bar.top(), bar.width() * usedShare, bar.height()));
    painter->setBrush(Theme::offered());
    const double offeredShare = std::min(index.data(OfferedShareRole).toDouble(), 1.0 - usedShare);
    painter->drawRect(QRectF(bar.left() + bar.width() * usedShare, bar.top(),
                             bar.width() * offeredShare, bar.height()));
    painter->restore();
}

void StateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    const QVariant state = index.data(TaskStateRole);
    constexpr int dot = 8, gap = 12;
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    const QWidget *widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &background, painter, widget);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(Theme::stateColor(static_cast<mesos::v1::TaskState>(state.toInt())));
    painter->drawEllipse(
        QRectF(option.rect.left() + 6, option.rect.center().y() - dot / 2.0 + 0.5, dot, dot));
    painter->setPen(option.palette.color(
        option.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
    const QRect text = option.rect.adjusted(6 + gap, 0, -4, 0);
    painter->drawText(
        text, Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    painter->restore();
}

} // namespace meseta::console
