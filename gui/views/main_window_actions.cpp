#include "gui/views/main_window.h"

#include <QApplication>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>

#include "gui/model/palette_search.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/settings_dialog.h"
#include "gui/views/table_page.h"
#include "gui/widgets/cluster_switch.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/language.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/nav_rail.h"
#include "gui/widgets/theme.h"

// The window's menus and what the palette can do.

namespace meseta::console {

QAction *MainWindow::add(QMenu *menu, const char *iconName, const QKeySequence &keys,
                         std::function<void()> run)
{
    auto *action = new QAction(this);
    if (*iconName)
        action->setIcon(icon(QString::fromLatin1(iconName)));
    action->setProperty("picture", QString::fromLatin1(iconName)); // for the palette
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    menu->addAction(action);
    return action;
}

void MainWindow::buildActions()
{
    const auto ctrl = [](Qt::Key key) { return QKeySequence(Qt::CTRL | key); };
    m_clusterMenu = menuBar()->addMenu(QString());
    m_launch = add(m_clusterMenu, "launch", ctrl(Qt::Key_L), [this] {
        const TablePage *page = view() ? view()->tablePage(view()->page()) : nullptr;
        const ObjectRef object = page ? page->current() : ObjectRef{};
        if (object.kind == ObjectRef::Kind::Offer)
            return view()->run(QStringLiteral("object.launch"));
        const bool isAgent = object.kind == ObjectRef::Kind::Agent;
        openLaunchDialog(isAgent ? object.key : QString());
    });
    m_kill = add(m_clusterMenu, "kill", QKeySequence(Qt::Key_Delete), [this] {
        if (view())
            view()->run(QStringLiteral("object.kill"));
    });
    m_restart = add(m_clusterMenu, "refresh", ctrl(Qt::Key_R), [this] {
        if (view())
            view()->run(QStringLiteral("object.restart"));
    });
    m_undo = add(m_clusterMenu, "undo", QKeySequence(QKeySequence::Undo), [this] {
        if (view())
            view()->messages().runAction();
    });
    m_clusterMenu->addSeparator();
    m_connect = add(m_clusterMenu, "connect", ctrl(Qt::Key_O), [this] { askForAddress(); });
    m_startLocal = add(m_clusterMenu, "play", {}, [this] { startLocalCluster(); });
    m_openRecording = add(m_clusterMenu, "file", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                          [this] { askForRecording(); });
    m_saveIncident = add(m_clusterMenu, "export", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
                         [this] { saveIncident(); });
    m_incidentNotes = add(m_clusterMenu, "info", {}, [this] { showIncidentNotes(); });
    m_back = add(m_clusterMenu, "time", ctrl(Qt::Key_T), [this] { goBackInTime(); });
    m_readOnly = add(m_clusterMenu, "", {}, [this] { // where its picture were stands its check
        if (view())
            view()->cluster().setReadOnly(m_readOnly->isChecked());
        saveSession();
    });
    m_readOnly->setCheckable(true);
    m_close = add(m_clusterMenu, "disconnect", ctrl(Qt::Key_W), [this] { closeCluster(); });
    m_clusterMenu->addSeparator();
    m_settings = add(m_clusterMenu, "settings", ctrl(Qt::Key_Comma), [this] {
        auto *dialog = new SettingsDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    m_quit = add(m_clusterMenu, "", ctrl(Qt::Key_Q), [this] { close(); });

    m_viewMenu = menuBar()->addMenu(QString());
    for (int page = 0; page < ClusterView::pageCount; ++page)
        m_pageActions << add(m_viewMenu, "", ctrl(static_cast<Qt::Key>(Qt::Key_1 + page)),
                             [this, page] { showPage(page); });
    m_viewMenu->addSeparator();
    m_search = add(m_viewMenu, "search", ctrl(Qt::Key_K), [this] { m_palette->open(); });
    m_find = add(m_viewMenu, "filter", ctrl(Qt::Key_F), [this] {
        if (view())
            view()->focusFilter();
    });
    m_refresh = add(m_viewMenu, "refresh", QKeySequence(Qt::Key_F5), [this] {
        if (view())
            view()->cluster().session().refresh();
    });
    m_inspector = add(m_viewMenu, "inspector", ctrl(Qt::Key_I), [this] {
        if (view())
            view()->toggleInspector();
    });
    m_shelf = add(m_viewMenu, "image", ctrl(Qt::Key_B), [this] {
        if (view())
            view()->toggleShelf();
    });
    m_output = add(m_viewMenu, "output", ctrl(Qt::Key_J), [this] {
        if (view())
            view()->toggleOutput();
    });
    m_viewMenu->addSeparator();
    buildLookMenu();

    m_helpMenu = menuBar()->addMenu(QString());
    m_shortcuts = add(m_helpMenu, "keyboard", QKeySequence(Qt::Key_F1), [this] {
        auto *dialog =
            new ShortcutsDialog(findChildren<QAction *>(Qt::FindDirectChildrenOnly), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    m_about = add(m_helpMenu, "info", {}, [this] {
        auto *dialog = new AboutDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
}

void MainWindow::buildLookMenu()
{
    m_lookMenu = m_viewMenu->addMenu(QString());
    const auto look = [this](Theme::Mode mode) {
        return add(m_lookMenu, "", {}, [mode] {
            QSettings().setValue(QStringLiteral("theme"), Theme::nameOf(mode));
            Theme::apply(*qobject_cast<QApplication *>(QApplication::instance()), mode,
                         Theme::fontScale());
        });
    };
    m_light = look(Theme::Mode::Light);
    m_dark = look(Theme::Mode::Dark);
    m_system = look(Theme::Mode::System);
    m_languageMenu = m_viewMenu->addMenu(icon(QStringLiteral("language")), QString());
    for (const QString &code : Language::codes()) {
        QAction *action = m_languageMenu->addAction(Language::nativeName(code));
        connect(action, &QAction::triggered, this, [code] { Language::choose(code); });
    }
}

void MainWindow::fillClusterMenu()
{
    QMenu &menu = m_switch->openMenu();
    for (int i = 0; i < m_views.size(); ++i) {
        const Cluster &cluster = m_views.at(i)->cluster();
        const QString title = cluster.name() == cluster.profile().address
            ? cluster.name()
            : QStringLiteral("%1 (%2)").arg(cluster.name(), cluster.profile().address);
        QAction *action = menu.addAction(ClusterSwitch::colorIcon(cluster.profile().color), title,
                                         this, [this, i] { bringToFront(i); });
        QFont name = action->font();
        name.setBold(m_views.at(i) == view()); // the one in front
        action->setFont(name);
    }
    if (!m_views.isEmpty())
        menu.addSeparator();
    menu.addAction(m_connect);
    menu.addAction(m_startLocal);
    menu.addAction(m_openRecording);
    if (view()) {
        menu.addSeparator();
        menu.addAction(m_readOnly);
        menu.addAction(m_close);
    }
}

QList<PaletteCommand> MainWindow::commands() const
{
    QList<PaletteCommand> list;
    if (view())
        list = view()->commands();
    for (const QAction *action :
         {m_launch, m_undo, m_connect, m_startLocal, m_openRecording, m_saveIncident,
          m_incidentNotes, m_back, m_close, m_settings, m_refresh, m_inspector, m_shelf, m_output,
          m_light, m_dark, m_shortcuts, m_about, m_quit}) {
        PaletteCommand command;
        command.id = QStringLiteral("window.%1").arg(reinterpret_cast<quintptr>(action));
        command.title = QString(action->text()).remove(QLatin1Char('&'));
        command.icon = action->property("picture").toString();
        command.shortcut = action->shortcut().toString(QKeySequence::NativeText);
        command.enabled = action->isEnabled();
        list << command;
    }
    return list;
}

void MainWindow::run(const PaletteEntry &entry)
{
    if (entry.kind == PaletteEntry::Kind::Object && view())
        return view()->showObject(entry.ref);
    if (entry.kind == PaletteEntry::Kind::Why && view())
        return view()->askWhy(entry.ref);
    if (!entry.command.startsWith(QLatin1String("window."))) {
        if (view())
            view()->run(entry.command);
        return;
    }
    const quintptr wanted = entry.command.section(QLatin1Char('.'), 1).toULongLong();
    for (QAction *action : findChildren<QAction *>(Qt::FindDirectChildrenOnly)) {
        if (reinterpret_cast<quintptr>(action) == wanted)
            action->trigger();
    }
}

void MainWindow::translate()
{
    m_clusterMenu->setTitle(tr("&Cluster"));
    m_viewMenu->setTitle(tr("&View"));
    m_helpMenu->setTitle(tr("&Help"));
    m_lookMenu->setTitle(tr("Colours"));
    m_languageMenu->setTitle(QStringLiteral("Language / 语言"));
    m_launch->setText(tr("Launch…"));
    m_kill->setText(tr("Kill the selected tasks…"));
    m_restart->setText(tr("Restart the selected tasks…"));
    m_undo->setText(tr("Undo, or do what the newest message offers"));
    m_connect->setText(tr("Connect…"));
    m_startLocal->setText(tr("Start a local cluster"));
    m_openRecording->setText(tr("Open a recording…"));
    m_saveIncident->setText(tr("Save an incident…"));
    m_incidentNotes->setText(tr("About this incident"));
    m_back->setText(tr("Go back in time"));
    m_close->setText(tr("Close this cluster"));
    m_readOnly->setText(tr("Read-only"));
    m_quit->setText(tr("Quit"));
    m_search->setText(tr("Search or act…"));
    m_find->setText(tr("Filter the table"));
    m_refresh->setText(tr("Read everything anew"));
    m_inspector->setText(tr("Show or hide the inspector"));
    m_shelf->setText(tr("Show or hide the shelf of images"));
    m_output->setText(tr("Show or hide the output"));
    m_settings->setText(tr("Settings…"));
    m_shortcuts->setText(tr("Keyboard shortcuts"));
    m_about->setText(tr("About Meseta"));
    m_light->setText(tr("Light colours"));
    m_dark->setText(tr("Dark colours"));
    m_system->setText(tr("Colours of the system"));
    m_rail->setAccessibleName(tr("Pages"));
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        const QString name = ClusterView::pageName(page);
        NavButton *button = m_rail->pageButton(page);
        button->setText(name);
        button->setAccessibleName(name);
        button->setToolTip(QStringLiteral("%1 (Ctrl+%2)").arg(name).arg(page + 1));
        m_pageActions.at(page)->setText(name);
    }
    showState();
}

} // namespace meseta::console
