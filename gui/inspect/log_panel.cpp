#include "gui/inspect/log_panel.h"

#include <QSplitter>
#include <QVBoxLayout>

#include "gui/inspect/log_pane.h"
#include "gui/inspect/log_view.h"

namespace meseta::console {

LogPanel::LogPanel(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_split(new QSplitter(Qt::Horizontal, this))
    , m_following(new LogPane(replica, m_split))
{
    m_split->addWidget(m_following);
    m_split->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_split);
    connect(m_following, &LogPane::pinWanted, this, &LogPanel::pin);
}

void LogPanel::showTask(const QString &taskKey)
{
    m_following->showTask(taskKey);
}

QString LogPanel::taskKey() const
{
    return m_following->taskKey();
}

QString LogPanel::shownText() const
{
    return m_following->view().shownText();
}

int LogPanel::paneCount() const
{
    return m_split->count();
}

void LogPanel::pin()
{
    if (taskKey().isEmpty() || paneCount() >= mostPanes)
        return;
    auto *pane = new LogPane(m_replica, m_split);
    pane->setPinned(true);
    pane->showTask(taskKey());
    pane->setFile(m_following->file());
    m_split->addWidget(pane);
    connect(pane, &LogPane::closeWanted, pane, &QObject::deleteLater);
}

} // namespace meseta::console
