#pragma once

#include <memory>

#include <QTest>

#include "gui/model/replica.h"
#include "gui/views/cluster_view.h"
#include "gui/views/main_window.h"
#include "gui/widgets/language.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/support/daemons.h"
#include "tests/system/support/execute.h"

namespace meseta::test {

/// A real cluster of one agent, a task on it, and the console's window that watches it.
class ConsoleOnTask
{
public:
    ~ConsoleOnTask() { m_window.reset(); } // before what it watches

    /// Starts all of it; `flags` are mesos-execute's, of the task.
    Result<> start(const QString &test, const QStringList &flags)
    {
        console::useFreshSettings(test);
        console::Language::use(QStringLiteral("en"));
        if (auto started = m_cluster.startMaster(); !started)
            return started;
        if (auto started = m_cluster.startAgent(); !started)
            return started;
        m_task = std::make_unique<Execute>(m_cluster.masterPort());
        m_task->start(flags);
        m_window = std::make_unique<console::MainWindow>();
        m_window->resize(1280, 860);
        m_window->show();
        m_window->connectTo({QStringLiteral("127.0.0.1"), m_cluster.masterPort(), {}});
        if (!QTest::qWaitFor([this] { return m_window->view() && running(); }, 30000))
            return fail("the console shows no running task");
        return {};
    }

    console::MainWindow &window() { return *m_window; }

    const console::TaskRow *running() const
    {
        const console::TaskRow *found = nullptr;
        m_window->replica().tasks().forEach([&](const console::TaskRow &task) {
            if (task.state == mesos::v1::TASK_RUNNING)
                found = &task;
        });
        return found;
    }

private:
    Cluster m_cluster;
    std::unique_ptr<Execute> m_task;
    std::unique_ptr<console::MainWindow> m_window;
};

} // namespace meseta::test
