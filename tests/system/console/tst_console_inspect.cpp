#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTreeWidget>

#include "gui/inspect/file_reader.h"
#include "gui/inspect/log_pane.h"
#include "gui/inspect/log_panel.h"
#include "gui/inspect/log_view.h"
#include "gui/inspect/sandbox_dialog.h"
#include "gui/inspect/usage_card.h"
#include "tests/system/support/console_on_task.h"

using namespace meseta;
using namespace meseta::console;
using namespace meseta::test;

/// What the console shows of a real task: its files, a log far larger than memory, what it uses.
class ConsoleInspectTest : public QObject
{
    Q_OBJECT

    ConsoleOnTask m_console;

    MainWindow &window() { return m_console.window(); }
    void picture(QWidget &widget, const char *name) const
    {
        if (const QString file = qEnvironmentVariable("MESETA_INSPECT_PICTURE"); !file.isEmpty())
            widget.grab().save(file + QLatin1String(name) + QLatin1String(".png"));
    }

private Q_SLOTS:
    void initTestCase();
    void aLogOfTenGigabytes();
    void filesOfTheSandbox();
    void whatItUses();
};

void ConsoleInspectTest::initTestCase()
{
    // A hole of 10 GB, then lines, one of them coloured; and work, so that there is a use to show.
    const auto started = m_console.start(
        QStringLiteral("tst_console_inspect"),
        {QStringLiteral("--name=writer"),
         QStringLiteral("--command=truncate -s 10G big.log; "
                        "printf '\nfirst needle\n\033[31;1mred\033[0m line\n' >> big.log; "
                        "mkdir -p logs; echo in a folder > logs/app.log; echo hello; "
                        "while :; do echo more >> big.log; sleep 0.05; done"),
         QStringLiteral("--resources=cpus:0.1;mem:64")});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    window().showPage(ClusterView::Tasks);
    window().view()->showObject({ObjectRef::Kind::Task, m_console.running()->key});
}

void ConsoleInspectTest::aLogOfTenGigabytes()
{
    constexpr qint64 hole = 10LL * 1024 * 1024 * 1024;
    LogPane &pane = window().log().following();
    QTRY_VERIFY_WITH_TIMEOUT(pane.view().shownText().contains(QStringLiteral("hello")), 20000);
    pane.setFile(QStringLiteral("big.log"));
    QTRY_VERIFY_WITH_TIMEOUT(pane.source().fileSize() > hole, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(pane.view().shownText().contains(QStringLiteral("red")), 20000);
    const qint64 size = pane.source().fileSize();
    QTRY_VERIFY_WITH_TIMEOUT(pane.source().fileSize() > size, 20000); // it is followed
    QTRY_VERIFY_WITH_TIMEOUT(pane.source().isAtEnd(), 20000);
    picture(window(), "-log");
    QSignalSpy found(&pane.source(), &LogSource::found);
    pane.source().search(QStringLiteral("needle"), pane.source().fileSize(), false);
    QTRY_COMPARE_WITH_TIMEOUT(found.size(), 1, 20000);
    QCOMPARE(found.first().first().toLongLong(), hole + 7);
    QScrollBar *bar = pane.view().verticalScrollBar();
    bar->setValue(bar->maximum() / 2); // into the middle of nothing
    QTRY_VERIFY_WITH_TIMEOUT(
        pane.view().topOffset() > hole / 3 && pane.view().topOffset() < hole * 2 / 3, 20000);
    window().grab();
    QTest::keyClick(&pane.view(), Qt::Key_End);
    QTRY_VERIFY_WITH_TIMEOUT(pane.view().topOffset() > hole, 20000);
}

void ConsoleInspectTest::filesOfTheSandbox()
{
    const TaskRow *task = m_console.running();
    const AgentRow *agent = window().replica().agents().find(task->agentId);
    QVERIFY(agent);
    SandboxDialog dialog(agent->address,
                         FileReader::sandboxPath(task->frameworkId, task->executorId), task->name);
    dialog.show();
    auto *tree = dialog.findChild<QTreeWidget *>();
    const auto item = [tree](const char *name) -> QTreeWidgetItem * {
        const auto found =
            tree->findItems(QLatin1String(name), Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? nullptr : found.first();
    };
    QTRY_VERIFY_WITH_TIMEOUT(item("stdout") && item("big.log") && item("logs"), 20000);
    tree->setCurrentItem(item("big.log"));
    QVERIFY(!dialog.canDrag()); // too large to be fetched for that
    item("logs")->setExpanded(true);
    QTRY_VERIFY_WITH_TIMEOUT(item("app.log"), 20000);
    tree->setCurrentItem(item("app.log"));
    auto *preview = dialog.findChild<QPlainTextEdit *>();
    QTRY_COMPARE_WITH_TIMEOUT(preview->toPlainText(), QStringLiteral("in a folder\n"), 20000);
    QTRY_VERIFY_WITH_TIMEOUT(dialog.canDrag(), 20000);
    picture(dialog, "-sandbox");
}

/// Of the task and of its agent: charts that begin as soon as two measures are there.
void ConsoleInspectTest::whatItUses()
{
    auto *card = window().view()->inspector().findChild<UsageCard *>();
    QVERIFY(card);
    QTRY_VERIFY_WITH_TIMEOUT(card->isVisible(), 30000);
    picture(window(), "-task");
    window().showPage(ClusterView::Agents);
    window().view()->showObject({ObjectRef::Kind::Agent, m_console.running()->agentId});
    QTRY_VERIFY_WITH_TIMEOUT(card->isVisible(), 30000);
    picture(window(), "-agent");
}

QTEST_MAIN(ConsoleInspectTest)
#include "tst_console_inspect.moc"
