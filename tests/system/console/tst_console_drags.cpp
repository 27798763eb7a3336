#include <QDrag>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QMouseEvent>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "gui/inspect/log_panel.h"
#include "gui/launch/image_catalog.h"
#include "gui/launch/image_shelf.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/main_window.h"
#include "gui/views/map_page.h"
#include "gui/views/table_page.h"
#include "gui/widgets/cluster_map.h"
#include "gui/widgets/language.h"
#include "gui/widgets/table_view.h"
#include "tests/gui/support/painted.h"
#include "tests/support/mouse_drag.h"
#include "tests/support/virtual_display.h"
#include "tests/system/support/docker_cluster.h"

using namespace meseta;
using namespace meseta::console;
using namespace meseta::test;

namespace {

QString missingDisplay; // why there is none; empty: there is one

/// Another program's window (a browser, a file manager) out of which something can be dragged.
class Source : public QWidget
{
public:
    std::function<QMimeData *()> data;

protected:
    void mouseMoveEvent(QMouseEvent *event) override
    {
        if (!(event->buttons() & Qt::LeftButton))
            return;
        auto *drag = new QDrag(this);
        drag->setMimeData(data());
        drag->exec(Qt::CopyAction);
    }
};

} // namespace

/// Whole drags with a mouse, on a display of the test's own and a real cluster with a Docker
/// engine: from the shelf, as text out of another window, and as a file.
class ConsoleDragsTest : public QObject
{
    Q_OBJECT

    DockerCluster m_cluster;
    std::unique_ptr<MainWindow> m_window;
    Source m_source;

    const TaskRow *task(const QString &name) const;
    TableView &agents() const { return m_window->view()->tablePage(ClusterView::Agents)->view(); }
    QPoint firstAgent() const
    {
        return agents().visualRect(agents().model()->index(0, 0)).center();
    }
    QString agentId() const { return m_window->replica().agents().at(0).id; }
    void kill(const QString &name);

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_window.reset(); }
    void fromTheShelfOntoAnAgent();
    void aTextOntoTheMap();
    void aComposeFileOntoAnAgent();
    void aFileThatIsNoneIsRefused();
};

void ConsoleDragsTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_console_drags"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
    if (!missingDisplay.isEmpty())
        MESETA_MISSING(missingDisplay);
    if (const auto missing = DockerCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    const auto started = m_cluster.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    m_window = std::make_unique<MainWindow>();
    m_window->setGeometry(0, 0, 1250, 900);
    m_window->show();
    m_source.setGeometry(1300, 100, 200, 100);
    m_source.show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    QVERIFY(QTest::qWaitForWindowExposed(&m_source));
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_cluster.masterPort()});
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 20000);
    m_window->showPage(ClusterView::Agents);
    QTRY_COMPARE_WITH_TIMEOUT(agents().model()->rowCount(), 1, 20000);
}

const TaskRow *ConsoleDragsTest::task(const QString &name) const
{
    const auto &tasks = m_window->replica().tasks();
    for (int slot = 0; slot < tasks.slotCount(); ++slot) {
        if (tasks.isLive(slot) && tasks.at(slot).name == name)
            return &tasks.at(slot);
    }
    return nullptr;
}

void ConsoleDragsTest::kill(const QString &name)
{
    m_window->view()->showObject({ObjectRef::Kind::Task, task(name)->key});
    const auto button = [this] {
        return m_window->view()->inspector().findChild<QPushButton *>(
            QStringLiteral("action.kill"));
    };
    QTRY_VERIFY_WITH_TIMEOUT(button() && button()->isEnabled(), 20000);
    QTest::mouseClick(button(), Qt::LeftButton);
    auto *question = m_window->findChild<DeedDialog *>();
    QVERIFY(question);
    QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(task(name)->state, mesos::v1::TASK_KILLED, 30000);
}

/// The way of a person who has just come: take Redis from the shelf, let it fall on an agent, name
/// it, launch it, see it run and answer, read what it says, kill it.
void ConsoleDragsTest::fromTheShelfOntoAnAgent()
{
    ClusterView &view = *m_window->view();
    ImageCatalog catalog;
    catalog.setFavourite(QStringLiteral("library/redis"), true);
    view.toggleShelf();
    view.shelf().showSource(ImageCatalog::Source::Favourites);
    QListWidget &list = view.shelf().list();
    QTRY_COMPARE(list.count(), 1);
    QVERIFY(waitForPaint(*list.viewport()) && waitForPaint(*agents().viewport()));
    QString told;
    QVERIFY(dragWithMouse(list.viewport(), list.visualItemRect(list.item(0)).center(),
                          agents().viewport(), firstAgent(), [&] {
                              told = view.findChild<QLabel *>(QStringLiteral("dropHint"))->text();
                              if (const QString file = qEnvironmentVariable("MESETA_DRAG_PICTURE");
                                  !file.isEmpty())
                                  m_window->grab().save(file);
                          }));
    QVERIFY2(told.contains(QStringLiteral("Launch library/redis on")), qPrintable(told));

    QTRY_VERIFY_WITH_TIMEOUT(m_window->launchDialog(), 20000);
    LaunchDialog *dialog = m_window->launchDialog();
    QCOMPARE(dialog->request().image, QStringLiteral("library/redis"));
    QCOMPARE(dialog->request().agentId, agentId());
    const quint16 port = freePort();
    auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("name"));
    QTest::mouseClick(name, Qt::LeftButton);
    QTest::keyClick(name, Qt::Key_A, Qt::ControlModifier); // the image's name is there already
    QTest::keyClicks(name, QStringLiteral("cache"));
    auto *command = dialog->findChild<QLineEdit *>(QStringLiteral("command"));
    QTest::mouseClick(command, Qt::LeftButton);
    QTest::keyClicks(command, QStringLiteral("--protected-mode no --port %1").arg(port));
    auto *launch = dialog->findChild<QPushButton *>(QStringLiteral("launch"));
    QTRY_VERIFY(launch->isEnabled());
    QTest::mouseClick(launch, Qt::LeftButton);

    QTRY_VERIFY_WITH_TIMEOUT(task(QStringLiteral("cache")), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(task(QStringLiteral("cache"))->state, mesos::v1::TASK_RUNNING, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(port), QByteArray("+PONG"), 20000);
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_window->log().shownText().contains(QStringLiteral("Ready to accept connections")),
        qPrintable(m_window->log().shownText()), 30000);
    kill(QStringLiteral("cache"));
    QTRY_COMPARE_WITH_TIMEOUT(pingRedis(port), QByteArray(), 20000);
}

void ConsoleDragsTest::aTextOntoTheMap()
{
    m_window->showPage(ClusterView::Map);
    auto *map = m_window->view()->findChild<ClusterMap *>();
    QVERIFY(waitForPaint(*map->viewport()));
    QTRY_VERIFY(!map->tileOf(agentId()).isEmpty());
    m_source.data = [] {
        auto *text = new QMimeData;
        text->setText(QStringLiteral("redis:7"));
        return text;
    };
    QVERIFY(dragWithMouse(&m_source, {100, 50}, map->viewport(), map->tileOf(agentId()).center()));
    QTRY_VERIFY_WITH_TIMEOUT(m_window->launchDialog(), 20000);
    QCOMPARE(m_window->launchDialog()->request().image, QStringLiteral("redis:7"));
    QCOMPARE(m_window->launchDialog()->request().agentId, agentId());
    m_window->launchDialog()->close();
    QTRY_VERIFY(!m_window->launchDialog());
}

void ConsoleDragsTest::aComposeFileOntoAnAgent()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("compose.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("services:\n  cache:\n    image: library/redis\n    mem_limit: 96m\n"
               "  web:\n    image: nginx:1\n");
    file.close();
    m_window->showPage(ClusterView::Agents);
    QVERIFY(waitForPaint(*agents().viewport()));
    m_source.data = [&file] {
        auto *dropped = new QMimeData;
        dropped->setUrls({QUrl::fromLocalFile(file.fileName())});
        return dropped;
    };
    QVERIFY(dragWithMouse(&m_source, {100, 50}, agents().viewport(), firstAgent()));
    QTRY_VERIFY_WITH_TIMEOUT(m_window->launchDialog(), 20000);
    QCOMPARE(m_window->launchDialog()->request().image, QStringLiteral("library/redis"));
    QCOMPARE(m_window->launchDialog()->request().memory, 96.0);
    QCOMPARE(m_window->launchDialog()->request().agentId, agentId());
    m_window->launchDialog()->close();
    QTRY_VERIFY(!m_window->launchDialog());
}

void ConsoleDragsTest::aFileThatIsNoneIsRefused()
{
    m_window->showPage(ClusterView::Agents);
    QVERIFY(waitForPaint(*agents().viewport()));
    m_source.data = [] {
        auto *dropped = new QMimeData;
        dropped->setUrls({QUrl::fromLocalFile(QStringLiteral("/etc/hostname-that-is-not-there"))});
        return dropped;
    };
    QVERIFY(dragWithMouse(&m_source, {100, 50}, agents().viewport(), firstAgent()));
    QVERIFY(!m_window->launchDialog());
    QCOMPARE(m_cluster.containers(true), QStringList());
}

int main(int argc, char **argv)
{
    VirtualDisplay display; // before the application, which opens it
    missingDisplay = display.start();
    int failed = 0;
    {
        QApplication application(argc, argv);
        ConsoleDragsTest test;
        failed = QTest::qExec(&test, argc, argv);
    }
    return failed;
}

#include "tst_console_drags.moc"
