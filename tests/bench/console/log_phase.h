#pragma once

#include <functional>

#include <QWidget>

#include "gui/inspect/log_view.h"
#include "tests/bench/console/busy_application.h"

/// Four outputs side by side of a file of 10 GB that grows: followed, paged through, jumped about
/// in, searched.
class LogPhase : public QWidget
{
public:
    LogPhase(BusyApplication &application, const QString &agent, std::function<void()> done);

private:
    void follow();
    void page();
    void jump();
    void search();

    static constexpr int panes = 4;
    BusyApplication &m_application;
    std::function<void()> m_done;
    std::vector<std::unique_ptr<meseta::console::LogSource>> m_sources;
    std::vector<meseta::console::LogView *> m_views;
    QTimer m_timer;
    int m_round = 0;
};
