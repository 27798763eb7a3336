#pragma once

#include <QMainWindow>

#include "gui/launch/launch_framework.h"
#include "gui/model/replica.h"
#include "gui/session/master_session.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QSplitter;
class QStackedWidget;

namespace meseta::console {

class LaunchDialog;
class LogPanel;
class OverviewPage;
class TablePage;

/// The window: pages on the left, the page in the middle, the output of the selected task below.
/// Pages read the replica and raise intents; the window carries them to the session and the
/// launching framework.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(QWidget *parent = nullptr);
    ~MainWindow() override;

    void connectTo(const MasterAddress &address);

    Replica &replica() { return m_replica; }
    MasterSession &session() { return m_session; }
    LogPanel &log() { return *m_log; }
    void showPage(int index);
    void openLaunchDialog(const QString &agentId = {});
    LaunchDialog *launchDialog() const { return m_dialog; }

protected:
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    class Memory;

    void buildPages();
    void buildHeader();
    void buildActions();
    void wireModels();
    void wireLaunch();
    void showState();
    void translate();
    void askForAddress();
    void killSelected();
    QString firstToShow() const;

    Replica m_replica;
    MasterSession m_session;
    std::unique_ptr<Memory> m_memory;
    LaunchFramework m_launcher;

    QListWidget *m_navigation;
    QStackedWidget *m_pages;
    OverviewPage *m_overview;
    TablePage *m_agents;
    TablePage *m_offers;
    TablePage *m_tasks;
    TablePage *m_frameworks;
    LogPanel *m_log;
    QSplitter *m_split;
    QLabel *m_cluster;
    QLabel *m_state;
    LaunchDialog *m_dialog = nullptr;
    QString m_newestLaunch;
    QAction *m_connectAction;
    QAction *m_launchAction;
    QAction *m_killAction;
    QAction *m_quitAction;
    QMenu *m_clusterMenu;
    QMenu *m_viewMenu;
    QMenu *m_languageMenu;
};

} // namespace meseta::console
