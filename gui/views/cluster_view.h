#pragma once

#include <functional>

#include <QPointer>
#include <QSet>
#include <QWidget>

#include "gui/launch/launch_request.h"
#include "gui/model/blast_radius.h"
#include "gui/model/look.h"
#include "gui/model/palette_search.h"
#include "gui/views/inspector_panel.h"

class QSplitter;

namespace meseta::console {

class Cluster;
struct DropPayload;
struct RowChanges;
struct TaskRow;
class ConnectionBanner;
class DeedRunner;
class HaPage;
class ImageCatalog;
class ImageShelf;
class LaunchDialog;
class LogPanel;
class MapPage;
class MessageBar;
class OverviewPage;
class PageStack;
class TablePage;

/// Everything about one cluster: its pages, the inspector beside them, the output below, and what
/// can be done. Pages read the replica and raise intents; this carries them to the cluster.
class ClusterView : public QWidget
{
    Q_OBJECT
public:
    enum Page { Overview, Map, Tasks, Agents, Offers, Frameworks, Roles, Events, Masters };
    static constexpr int pageCount = 9;
    static QString pageName(int page); ///< translated
    static QString pageId(int page); ///< "tasks": for settings and icons

    explicit ClusterView(Cluster &cluster, QWidget *parent = nullptr);
    ~ClusterView() override;

    Cluster &cluster() { return m_cluster; }
    void showPage(int page);
    int page() const;
    void showObject(const ObjectRef &object); ///< its page, selected, inspected
    void openLaunchDialog(const QString &agentId = {});
    /// Prefilled with what was dropped or pasted; `offerId`: for that offer of the agent.
    void openLaunchDialog(const DropPayload &payload, const QString &agentId,
                          const QString &offerId = {});
    /// What launches begin with where nothing else was asked for.
    void setContainerizer(LaunchRequest::Containerizer containerizer);
    LaunchDialog *launchDialog() const;
    bool wasLive() const { return m_wasLive; } ///< once at least: something of it is known
    void askWhy(const ObjectRef &object);
    void run(const QString &command); ///< of `commands`
    QList<PaletteCommand> commands() const;
    QString countOf(int page, bool *alarming) const; ///< for the rail
    void focusFilter();
    void saveState() const;

    LogPanel &log() { return *m_log; }
    InspectorPanel &inspector() { return *m_inspector; }
    MessageBar &messages() { return *m_messages; }
    TablePage *tablePage(int page) const; ///< nullptr: that page is no table
    void toggleInspector();
    void toggleOutput();
    void toggleShelf();
    ImageShelf &shelf() { return *m_shelf; }

Q_SIGNALS:
    void pageChanged(int page);
    void figuresChanged();
    void noteworthy(meseta::console::Tone tone, const QString &text); ///< for the notifications

protected:
    void changeEvent(QEvent *event) override;

private:
    void buildPages();
    void buildTables(QWidget *offersPage);
    void buildTabs();
    void layOut();
    void wireDrops();
    void addDrops(QWidget *surface, std::function<ObjectRef(const QPoint &)> objectAt,
                  std::function<void(std::function<int(const ObjectRef &)>)> tint);
    void wireModels();
    void wireTable(TablePage *page);
    void wireLaunch();
    void tellLaunch(const QString &task, const QString &text, bool ended, Tone tone);
    void selectionChanged(const ObjectRef &object);
    void watchTask(const QString &key);
    void watchAgents(const RowChanges &changes);
    void showState();
    void showEmptyTexts();
    void translate();
    void showMenu(TablePage *page, const QPoint &at);
    QList<ObjectRef> selectedObjects() const;
    QList<InspectorPanel::Action> actionsFor(const QList<ObjectRef> &objects) const;
    InspectorPanel::Action whyAction() const;
    void addTaskActions(QList<InspectorPanel::Action> &actions, const ObjectRef &object) const;
    void addAgentActions(QList<InspectorPanel::Action> &actions, const ObjectRef &object) const;
    void act(const QString &id, const QList<ObjectRef> &objects);
    void confirm(Deed deed, const QList<ObjectRef> &objects);
    void launchCopy(const ObjectRef &object);
    void openTerminal(const ObjectRef &object);
    void askWhatIf();
    QString whyNoTerminal(const TaskRow *task) const; ///< empty: one can be opened
    void tell(Tone tone, const QString &text, const QString &actionTitle = {},
              std::function<void()> action = {});
    QString firstTaskToShow() const;
    void showTabCounts();
    void showStockHint();

    Cluster &m_cluster;
    DeedRunner *m_deeds;
    ConnectionBanner *m_banner;
    MessageBar *m_messages;
    QSplitter *m_split;
    ImageCatalog *m_catalog;
    ImageShelf *m_shelf;
    QSplitter *m_lower;
    PageStack *m_pages;
    OverviewPage *m_overview;
    MapPage *m_map;
    TablePage *m_tasks = nullptr;
    TablePage *m_agents = nullptr;
    TablePage *m_offers = nullptr;
    TablePage *m_offerFlows = nullptr;
    TablePage *m_frameworks = nullptr;
    TablePage *m_roles = nullptr;
    TablePage *m_events = nullptr;
    HaPage *m_masters;
    LogPanel *m_log = nullptr;
    InspectorPanel *m_inspector = nullptr;
    QPointer<LaunchDialog> m_dialog;
    ObjectRef m_selected;
    QString m_newestLaunch;
    QSet<QString> m_underWay; ///< ids of what was launched from here and has not ended
    LaunchRequest::Containerizer m_containerizer = LaunchRequest::Containerizer::Docker;
    bool m_wasLive = false;
    bool m_wasSeeking = false; // on the way to another moment of a recording
    bool m_outputWanted = true;
    bool m_inspectorWanted = true;
};

} // namespace meseta::console
