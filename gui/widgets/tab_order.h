#pragma once

#include <QList>

class QWidget;

namespace meseta::console {

/// The Tab key goes through what is in the first of these, then through the next, whatever the
/// order in which they were made. What is added to the last later comes at its end.
void orderTabs(const QList<QWidget *> &groups);

} // namespace meseta::console
