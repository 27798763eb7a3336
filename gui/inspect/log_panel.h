#pragma once

#include <QWidget>

#include "gui/model/replica.h"

class QSplitter;

namespace meseta::console {

class LogPane;

/// Outputs of tasks, side by side: one that follows the selection, and those that were pinned.
class LogPanel : public QWidget
{
    Q_OBJECT
public:
    explicit LogPanel(const Replica &replica, QWidget *parent = nullptr);

    void showTask(const QString &taskKey); ///< empty: nothing
    QString taskKey() const;
    QString shownText() const; ///< of the pane that follows the selection
    LogPane &following() { return *m_following; }
    int paneCount() const;

    static constexpr int mostPanes = 4;

private:
    void pin();

    const Replica &m_replica;
    QSplitter *m_split;
    LogPane *m_following;
};

} // namespace meseta::console
