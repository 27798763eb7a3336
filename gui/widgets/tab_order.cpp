#include "gui/widgets/tab_order.h"

#include <QWidget>

namespace meseta::console {

namespace {

/// What the Tab key stops at in a group, in the order that it has so far.
QList<QWidget *> stopsIn(QWidget *group)
{
    QList<QWidget *> stops;
    const auto take = [&stops](QWidget *widget) {
        if ((widget->focusPolicy() & Qt::TabFocus) != 0)
            stops.append(widget);
    };
    take(group);
    for (QWidget *at = group->nextInFocusChain(); at != group; at = at->nextInFocusChain()) {
        if (group->isAncestorOf(at))
            take(at);
    }
    return stops;
}

} // namespace

void orderTabs(const QList<QWidget *> &groups)
{
    QWidget *before = nullptr;
    for (QWidget *group : groups) {
        for (QWidget *stop : stopsIn(group)) {
            if (before)
                QWidget::setTabOrder(before, stop);
            before = stop;
        }
    }
}

} // namespace meseta::console
