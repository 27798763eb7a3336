#pragma once

#include <QMainWindow>

#include "gui/model/look.h"
#include "gui/session/event_file.h"
#include "gui/session/master_address.h"

class QDragEnterEvent;
class QDropEvent;

namespace meseta::console {

class Cluster;
class ClusterSwitch;
class ClusterView;
class CommandPalette;
class LaunchDialog;
class LocalCluster;
class LogPanel;
class MasterSession;
class NavRail;
class NoticeButton;
class PageStack;
class Replica;
class WelcomePage;
struct PaletteCommand;
struct PaletteEntry;

/// The window: the rail with the cluster and its pages on the left, the cluster's view beside it.
/// Several clusters may be open; one is in front.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Opens that cluster, or brings it to the front when it is open.
    void connectTo(const MasterAddress &address);
    void connectToText(const QString &address); ///< says what is wrong with it
    void restoreSession(); ///< the clusters that were open last
    void startLocalCluster();
    bool openRecording(const QString &path); ///< false: said why not
    /// The same without a pause, for large ones; `then` is called when it is shown, `otherwise` with
    /// the reason when it cannot be.
    void openRecordingSoon(const QString &path, const std::function<void()> &then = {},
                           const std::function<void(const QString &)> &otherwise = {});
    void closeCluster();

    ClusterView *view() const; ///< in front; nullptr: the welcome page is
    int clusterCount() const { return static_cast<int>(m_views.size()); }
    void showPage(int page);
    CommandPalette &commandPalette() { return *m_palette; }

    // Of the cluster in front; there must be one.
    Replica &replica();
    MasterSession &session();
    LogPanel &log();
    void openLaunchDialog(const QString &agentId = {});
    LaunchDialog *launchDialog() const;

protected:
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void layOut();
    void buildActions();
    void buildLookMenu();
    QAction *add(QMenu *menu, const char *iconName, const QKeySequence &keys,
                 std::function<void()> run);
    ClusterView *addView(const MasterAddress &address);
    ClusterView *adopt(Cluster *cluster);
    void askForRecording();
    void saveIncident();
    void showIncident(); ///< goes to the begin of the incident in front, if it is one, and tells
    void showIncidentNotes(); ///< what stands at its head
    bool isIncident() const; ///< whether the file in front is one
    void goBackInTime();
    void bringToFront(int index);
    void showFigures();
    void showState();
    void translate();
    void askForAddress();
    void fillClusterMenu();
    void note(Tone tone, const QString &text);
    void tellProblem(const QString &problem);
    ClusterView *addRecording(EventFile::Opened file); ///< nullptr: said why not
    void showRecording(ClusterView &shown);
    void run(const PaletteEntry &entry);
    QList<PaletteCommand> commands() const;
    void saveSession() const;

    NavRail *m_rail;
    ClusterSwitch *m_switch;
    NoticeButton *m_notices;
    PageStack *m_stack;
    WelcomePage *m_welcome;
    CommandPalette *m_palette;
    LocalCluster *m_local;
    QList<ClusterView *> m_views;

    QMenu *m_clusterMenu;
    QMenu *m_viewMenu;
    QMenu *m_lookMenu;
    QMenu *m_languageMenu;
    QMenu *m_helpMenu;
    QList<QAction *> m_pageActions;
    QAction *m_connect;
    QAction *m_startLocal;
    QAction *m_openRecording;
    QAction *m_saveIncident;
    QAction *m_incidentNotes;
    QAction *m_back;
    QAction *m_close;
    QAction *m_readOnly;
    QAction *m_launch;
    QAction *m_kill;
    QAction *m_restart;
    QAction *m_undo;
    QAction *m_quit;
    QAction *m_search;
    QAction *m_find;
    QAction *m_refresh;
    QAction *m_inspector;
    QAction *m_shelf;
    QAction *m_output;
    QAction *m_settings;
    QAction *m_shortcuts;
    QAction *m_about;
    QAction *m_light;
    QAction *m_dark;
    QAction *m_system;
};

} // namespace meseta::console
