#pragma once

#include <functional>

#include <QString>

#include "gui/model/decisions.h"
#include "meseta/v1/meseta.pb.h"

class FakeAgent;
class FakeMaster;
class QWidget;

namespace meseta::console {

class MainWindow;

/// Brings every page and dialog of the console into sight, one after the other, with something in
/// it, and hands each to `look` under a name: for pictures, and for tests of what all of them must
/// keep. The window shows the master's cluster, with the agent among its own, already.
class Gallery
{
public:
    using Look = std::function<void(QWidget &widget, const QString &name)>;

    Gallery(MainWindow &window, FakeMaster &master, FakeAgent &agent, Look look);

    void showPages();
    void showTroubles(); ///< filter, palette, shelf, drags, messages
    void showDialogs();
    void showLaunch();
    void showMenus();
    void showFiles(); ///< a recording, an incident
    void showWithoutMaster(); ///< the master's stream is cut and closed

    /// Gives the agent files, and figures of what runs on the first agent of the snapshot.
    static void furnish(const meseta::v1::Event &snapshot, FakeAgent &agent);

private:
    void lookAtWindow(const QString &name);
    void showOutputs();
    void showDrag();

    MainWindow &m_window;
    FakeMaster &m_master;
    FakeAgent &m_agent;
    Look m_look;
};

} // namespace meseta::console
