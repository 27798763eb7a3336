#include <QAction>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableWidget>
#include <QTest>
#include <QUrl>

#include "gui/session/cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/incident_dialog.h"
#include "gui/views/main_window.h"
#include "gui/views/river_panel.h"
#include "gui/views/table_page.h"
#include "gui/views/what_if_dialog.h"
#include "gui/widgets/filter_bar.h"
#include "gui/widgets/language.h"
#include "gui/widgets/river_chart.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// The windows and panels beside the tables, by mouse and by keyboard.
class ConsoleWindowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void aDockerTaskHasNoTerminalAndItIsSaidWhy();
    void theRiverLeadsToTheOffers();
    void whatIfReckonsAnew();
    void anIncidentIsSavedAndOpened();

private:
    std::unique_ptr<FakeMaster> m_master;
    std::unique_ptr<MainWindow> m_window;
};

void ConsoleWindowsTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_console_windows"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
}

/// One agent; frameworks of two roles, each with a task; one of the tasks is of a Docker engine.
void ConsoleWindowsTest::init()
{
    m_master = std::make_unique<FakeMaster>();
    m_master->snapshot = sample::snapshot();
    auto *state = sample::state(m_master->snapshot);
    m_master->snapshot.clear_time();
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 12, 2);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "web", "web");
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("G", "batch", "batch");
    auto docker = sample::task("docker", "F", "A", mesos::v1::TASK_RUNNING, "web");
    docker.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    docker.mutable_container()->mutable_docker()->set_image("redis");
    *state->mutable_get_tasks()->add_tasks() = docker;
    *state->mutable_get_tasks()->add_tasks() =
        sample::task("plain", "G", "A", mesos::v1::TASK_RUNNING, "batch");
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1280, 800);
    m_window->show();
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_master->port(), {}});
    QTRY_COMPARE(m_window->replica().tasks().size(), 2);
    QTRY_COMPARE(m_window->replica().roles().size(), 2);
}

void ConsoleWindowsTest::aDockerTaskHasNoTerminalAndItIsSaidWhy()
{
    ClusterView &view = *m_window->view();
    const auto button = [&view] {
        return view.inspector().findChild<QPushButton *>(QStringLiteral("action.terminal"));
    };
    view.showObject({ObjectRef::Kind::Task, QStringLiteral("F/docker")});
    QTRY_VERIFY(button() && !button()->isEnabled());
    QVERIFY2(button()->toolTip().contains(QStringLiteral("Docker engine")),
             qPrintable(button()->toolTip()));
    view.showObject({ObjectRef::Kind::Task, QStringLiteral("G/plain")});
    QTRY_VERIFY(button() && button()->isEnabled());
}

void ConsoleWindowsTest::theRiverLeadsToTheOffers()
{
    m_window->showPage(ClusterView::Offers);
    auto offer = sample::offer("O1", "F", "A", 2);
    offer.mutable_allocation_info()->set_role("web");
    auto added = sample::offerAdded(offer, m_window->replica().now() - 30);
    m_master->send(added);
    QTRY_COMPARE(m_window->replica().offers().size(), 1);
    auto *river = m_window->view()->findChild<RiverPanel *>();
    QVERIFY(river);
    river->refresh();
    RiverChart &chart = river->chart();
    const auto points = [&chart] { // at the first band, the newest moment
        QTest::keyClick(&chart, Qt::Key_Up);
        return !chart.figures().isEmpty();
    };
    QTRY_VERIFY(points()); // it is reckoned on another thread
    QVERIFY2(chart.figures().startsWith(QStringLiteral("web, "))
                 && chart.figures().contains(QStringLiteral("held 1")),
             qPrintable(chart.figures()));
    QTest::keyClick(&chart, Qt::Key_Return);
    TablePage *offers = m_window->view()->tablePage(ClusterView::Offers);
    QCOMPARE(offers->filterBar().text(), QStringLiteral("framework:\"web\""));
    QTRY_COMPARE(offers->model().rowCount(), 1);
    chart.grab();
}

void ConsoleWindowsTest::whatIfReckonsAnew()
{
    WhatIfDialog dialog(m_window->replica());
    QTableWidget &table = dialog.table();
    QCOMPARE(table.rowCount(), 2);
    const auto cell = [&table](int row, int column) { return table.item(row, column)->text(); };
    QCOMPARE(cell(0, WhatIfDialog::Name), QStringLiteral("batch"));
    QCOMPARE(cell(0, WhatIfDialog::Then), QStringLiteral("50.0 %"));
    table.item(0, WhatIfDialog::Weight)->setText(QStringLiteral("2"));
    QCOMPARE(cell(0, WhatIfDialog::Then), QStringLiteral("66.7 %"));
    QCOMPARE(cell(1, WhatIfDialog::Then), QStringLiteral("33.3 %"));
    table.item(0, WhatIfDialog::Weight)->setText(QStringLiteral("-1"));
    const auto labels = dialog.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().contains(QStringLiteral("a weight is above 0"));
    }));
    // Every kind of resource has a quota, and what is no amount is told.
    table.item(0, WhatIfDialog::Weight)->setText(QStringLiteral("1"));
    table.item(0, WhatIfDialog::Limit)->setText(QStringLiteral("mem:1GiB"));
    QCOMPARE(cell(0, WhatIfDialog::Then), QStringLiteral("33.3 %")); // four tasks of 256 MiB of 12
    table.item(0, WhatIfDialog::Guarantee)->setText(QStringLiteral("memory:lots"));
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().contains(QStringLiteral("names no resource"));
    }));
    QTest::mouseClick(dialog.findChild<QPushButton *>(QStringLiteral("add")), Qt::LeftButton);
    QCOMPARE(table.rowCount(), 3);
    for (const auto &call : m_master->calls) // nothing of it went to the master
        QVERIFY(call.type() != mesos::v1::master::Call::UPDATE_WEIGHTS);
}

void ConsoleWindowsTest::anIncidentIsSavedAndOpened()
{
    QTemporaryDir folder;
    Cluster &cluster = m_window->view()->cluster();
    cluster.recorder().flush();
    IncidentHead head;
    head.cluster = QStringLiteral("staging");
    head.until = cluster.replica().now() + 1;
    auto recording = EventFile::open(cluster.recorder().path());
    QVERIFY(recording);
    IncidentDialog dialog(std::move(*recording), head);
    // From one moment to another, within what is recorded.
    auto *span = dialog.findChild<QComboBox *>();
    auto *from = dialog.findChild<QDateTimeEdit *>(QStringLiteral("from"));
    auto *until = dialog.findChild<QDateTimeEdit *>(QStringLiteral("until"));
    dialog.show();
    QVERIFY(from && until && !from->isVisible());
    span->setCurrentIndex(span->count() - 1);
    QVERIFY(from->isVisible() && until->isVisible());
    QVERIFY(from->dateTime() >= from->minimumDateTime());
    until->setDateTime(until->minimumDateTime());
    from->setDateTime(from->maximumDateTime());
    const auto labels = dialog.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text() == QStringLiteral("It ends before it begins.");
    }));
    from->setDateTime(from->minimumDateTime());
    until->setDateTime(until->maximumDateTime());
    dialog.findChild<QPlainTextEdit *>()->setPlainText(QStringLiteral("it burned"));
    const QString file = folder.filePath(QStringLiteral("fire.incident"));
    QSignalSpy saved(&dialog, &IncidentDialog::saved);
    dialog.saveTo(file);
    QVERIFY(saved.isEmpty() && !dialog.isEnabled()); // the window does not wait for it
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(QFile::exists(file));

    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &dropped, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPoint(5, 5), Qt::CopyAction, &dropped, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_window.get(), &drop);
    QTRY_VERIFY(m_window->view()->cluster().isRecording());
    QCOMPARE(m_window->replica().tasks().size(), 2);
    auto *notes = m_window->findChild<IncidentNotes *>();
    QVERIFY(notes);
    QVERIFY(
        notes->findChild<QPlainTextEdit *>()->toPlainText().contains(QStringLiteral("it burned")));

    // Closed, the notes are opened again from the menu.
    delete notes;
    QAction *about = nullptr;
    for (QAction *action : m_window->findChildren<QAction *>()) {
        if (action->text() == QStringLiteral("About this incident"))
            about = action;
    }
    QVERIFY(about && about->isEnabled());
    about->trigger();
    QVERIFY(m_window->findChild<IncidentNotes *>());
}

QTEST_MAIN(ConsoleWindowsTest)
#include "tst_console_windows.moc"
