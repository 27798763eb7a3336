#pragma once

#include <QStyledItemDelegate>

namespace meseta::console {

/// A cell with a thin bar under its text: the share in use, then the share on offer (UsedShareRole,
/// OfferedShareRole).
class ShareDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

/// A task's state: a dot in its colour before its name. The name alone tells it too.
class StateDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

} // namespace meseta::console
