#include <QApplication>
#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QFile>
#include <QHeaderView>
#include <QMimeData>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "gui/launch/drop_payload.h"
#include "gui/launch/launch_dialog.h"
#include "gui/launch/launch_fit.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/cluster_map.h"
#include "gui/widgets/language.h"
#include "gui/widgets/table_view.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/painted.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using Verdict = Fit::Verdict;

Q_DECLARE_METATYPE(Verdict)

namespace {

enum class Target { AgentRow, AgentTile, OfferRow, TaskRow, Page };

/// What a drag carries, made anew for each.
using Payload = std::function<void(QMimeData &, const QTemporaryDir &)>;

void write(QMimeData &data, const QTemporaryDir &folder, const char *name, const QByteArray &bytes)
{
    QFile file(folder.filePath(QString::fromLatin1(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("a file for a drop cannot be written");
    data.setUrls({QUrl::fromLocalFile(file.fileName())});
}

struct NamedPayload
{
    const char *name;
    Payload fill;
    const char *image; ///< that the dialog is opened with; nullptr: it is refused
};

const NamedPayload payloads[] = {
    {"plain text",
     [](QMimeData &data, const QTemporaryDir &) { data.setText(QStringLiteral("redis:7")); },
     "redis:7"},
    {"text of a browser",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setHtml(QStringLiteral("<code>library/redis:7</code>"));
         data.setText(QStringLiteral("library/redis:7\n"));
     },
     "library/redis:7"},
    {"a docker run line",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setText(QStringLiteral("$ docker run -d --name web -p 8080:80 nginx:1.25"));
     },
     "nginx:1.25"},
    {"a docker pull line",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setText(QStringLiteral("docker pull library/redis"));
     },
     "library/redis"},
    {"a Compose file",
     [](QMimeData &data, const QTemporaryDir &folder) {
         write(data, folder, "compose.yaml", "services:\n  cache:\n    image: redis:7\n");
     },
     "redis:7"},
    {"a Dockerfile",
     [](QMimeData &data, const QTemporaryDir &folder) {
         write(data, folder, "Dockerfile", "# ours\nFROM debian:12\nRUN true\n");
     },
     "debian:12"},
    {"an image of the shelf",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setData(QLatin1String(imageMimeType), "library/redis:7");
     },
     "library/redis:7"},
    {"nothing", [](QMimeData &data, const QTemporaryDir &) { data.setText(QString()); }, nullptr},
    {"prose",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setText(QStringLiteral("This is no image, only a sentence."));
     },
     nullptr},
    {"markup",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setText(QStringLiteral("<img src=http://127.0.0.1:1/x>"));
     },
     nullptr},
    {"an address of the web",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setUrls({QUrl(QStringLiteral("http://127.0.0.1:1/redis"))});
     },
     nullptr},
    {"a docker run line with nonsense",
     [](QMimeData &data, const QTemporaryDir &) {
         data.setText(QStringLiteral("docker run --memory lots redis"));
     },
     nullptr},
    {"a Compose file that is torn",
     [](QMimeData &data, const QTemporaryDir &folder) {
         write(data, folder, "torn.yaml", "services:\n  cache: {image: [\n");
     },
     nullptr},
    {"a picture",
     [](QMimeData &data, const QTemporaryDir &folder) {
         write(data, folder, "logo.png", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
     },
     nullptr},
    {"a file that is too large",
     [](QMimeData &data, const QTemporaryDir &folder) {
         write(data, folder, "large.yaml", QByteArray(3 << 20, 'x'));
     },
     nullptr},
    {"a folder",
     [](QMimeData &data, const QTemporaryDir &folder) {
         data.setUrls({QUrl::fromLocalFile(folder.path())});
     },
     nullptr},
    {"a file that is gone",
     [](QMimeData &data, const QTemporaryDir &folder) {
         data.setUrls({QUrl::fromLocalFile(folder.filePath(QStringLiteral("none.yaml")))});
     },
     nullptr},
};

} // namespace

/// Every place that takes a drop, with everything that may be dropped: what opens the dialog and
/// what does not, and that the colours under a drag are what a launch would meet.
class DropTargetsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();
    void takesAndRefuses_data();
    void takesAndRefuses();
    void anOfferBoundsTheSliders();
    void theColourIsWhatALaunchWouldMeet_data();
    void theColourIsWhatALaunchWouldMeet();
    void readOnlyTakesNothing();

private:
    QWidget &surface(Target target);
    QPoint placeOn(Target target, const QString &agent);
    bool drop(Target target, const QPoint &at, const QMimeData &data);
    const TableView &table(int page) { return m_window->view()->tablePage(page)->view(); }

    QTemporaryDir m_folder;
    std::unique_ptr<FakeMaster> m_master;
    std::unique_ptr<MainWindow> m_window;
};

void DropTargetsTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_drop_targets"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
    Theme::apply(*qobject_cast<QApplication *>(QCoreApplication::instance()), Theme::Mode::Light);
    // An agent with room, one whose room is taken, and one that is too small for anything; a task
    // and an offer of each.
    m_master = std::make_unique<FakeMaster>();
    m_master->snapshot = sample::snapshot();
    auto *state = sample::state(m_master->snapshot);
    auto *agents = state->mutable_get_agents();
    *agents->add_agents() = sample::agent("roomy", 8);
    *agents->add_agents() = sample::agent("busy", 4, 3.99);
    *agents->add_agents() = sample::agent("tiny", 0.05);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "web", "web");
    auto *subscribed = m_master->snapshot.mutable_subscribed();
    for (const char *agent : {"roomy", "busy", "tiny"}) {
        const std::string id = agent;
        *state->mutable_get_tasks()->add_tasks() =
            sample::task("t-" + id, "F", id, mesos::v1::TASK_RUNNING, "web");
        auto *offer = subscribed->add_offers();
        *offer->mutable_offer() = sample::offer("O-" + id, "F", id, id == "roomy" ? 2 : 0.01);
        offer->set_offered_time(1000);
    }
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1280, 800);
    m_window->show();
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_master->port(), {}});
    QTRY_COMPARE(m_window->replica().agents().size(), 3);
    QTRY_COMPARE(m_window->replica().offers().size(), 3);
    for (const int page : {ClusterView::Agents, ClusterView::Offers, ClusterView::Tasks})
        QTRY_COMPARE(m_window->view()->tablePage(page)->model().rowCount(), 3);
}

void DropTargetsTest::cleanup()
{
    delete m_window->launchDialog();
    m_window->view()->cluster().setReadOnly(false);
}

void DropTargetsTest::cleanupTestCase()
{
    m_window.reset();
    m_master.reset();
}

QWidget &DropTargetsTest::surface(Target target)
{
    ClusterView &view = *m_window->view();
    switch (target) {
    case Target::AgentTile:
        view.showPage(ClusterView::Map);
        return *view.findChild<ClusterMap *>()->viewport();
    case Target::AgentRow:
        view.showPage(ClusterView::Agents);
        return *table(ClusterView::Agents).viewport();
    case Target::OfferRow:
        view.showPage(ClusterView::Offers);
        return *table(ClusterView::Offers).viewport();
    case Target::TaskRow:
        view.showPage(ClusterView::Tasks);
        return *table(ClusterView::Tasks).viewport();
    case Target::Page:
        break;
    }
    view.showPage(ClusterView::Overview);
    return *view.findChild<QWidget *>(QStringLiteral("overview"));
}

/// Where that agent, or the offer or task of it, is on the surface.
QPoint DropTargetsTest::placeOn(Target target, const QString &agent)
{
    ClusterView &view = *m_window->view();
    if (target == Target::Page)
        return {200, 40};
    if (target == Target::AgentTile) {
        const QRect tile = view.findChild<ClusterMap *>()->tileOf(agent);
        return {tile.center().x(), tile.center().y()};
    }
    const int page = target == Target::AgentRow ? ClusterView::Agents
        : target == Target::OfferRow            ? ClusterView::Offers
                                                : ClusterView::Tasks;
    TableModel &model = view.tablePage(page)->model();
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.keyOfRow(row).endsWith(agent)) {
            const QRect cell = table(page).visualRect(model.index(row, 0));
            // Beside the texts, above the bars.
            return {table(page).viewport()->width() - 3, cell.top() + 2};
        }
    }
    qFatal("the table has no row of %s", qPrintable(agent));
    return {};
}

bool DropTargetsTest::drop(Target target, const QPoint &at, const QMimeData &data)
{
    QWidget &onto = surface(target);
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&onto, &enter);
    if (!enter.isAccepted())
        return false;
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&onto, &move);
    QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&onto, &event);
    return event.isAccepted();
}

void DropTargetsTest::takesAndRefuses_data()
{
    QTest::addColumn<int>("target");
    QTest::addColumn<int>("payload");
    const char *targets[] = {"agent row", "agent tile", "offer row", "task row", "page"};
    for (int target = 0; target < static_cast<int>(std::size(targets)); ++target) {
        for (int payload = 0; payload < static_cast<int>(std::size(payloads)); ++payload)
            QTest::addRow("%s, %s", targets[target], payloads[payload].name) << target << payload;
    }
}

/// What is good opens the dialog with the image, and on the agent that it was dropped on; of what
/// is not, nothing comes, and the master is never asked.
void DropTargetsTest::takesAndRefuses()
{
    QFETCH(int, target);
    QFETCH(int, payload);
    const auto onto = static_cast<Target>(target);
    const NamedPayload &dropped = payloads[payload];
    QMimeData data;
    dropped.fill(data, m_folder);
    QVERIFY(waitForPaint(surface(onto)));
    const QPoint at = placeOn(onto, QStringLiteral("roomy"));
    QCOMPARE(drop(onto, at, data), dropped.image != nullptr);
    LaunchDialog *dialog = m_window->launchDialog();
    QCOMPARE(dialog != nullptr, dropped.image != nullptr);
    if (!dialog)
        return;
    QCOMPARE(dialog->request().image, QString::fromLatin1(dropped.image));
    QCOMPARE(dialog->request().agentId, onto == Target::Page ? QString() : QStringLiteral("roomy"));
}

/// On an offer of 2 of the 8 CPUs of its agent.
void DropTargetsTest::anOfferBoundsTheSliders()
{
    QMimeData data;
    data.setText(QStringLiteral("redis:7"));
    const auto reach = [&](Target target) {
        delete m_window->launchDialog();
        if (!waitForPaint(surface(target))
            || !drop(target, placeOn(target, QStringLiteral("roomy")), data))
            return -1;
        for (const auto *slider : m_window->launchDialog()->findChildren<QSlider *>()) {
            if (slider->accessibleName() == QLatin1String("CPUs"))
                return slider->maximum(); // tenths
        }
        return -1;
    };
    const int ofTheAgent = reach(Target::AgentRow);
    QCOMPARE(reach(Target::OfferRow), 20);
    QVERIFY2(ofTheAgent > 20, qPrintable(QString::number(ofTheAgent)));
}

void DropTargetsTest::theColourIsWhatALaunchWouldMeet_data()
{
    QTest::addColumn<int>("target");
    QTest::addColumn<QString>("agent");
    QTest::addColumn<Verdict>("verdict");
    const char *targets[] = {"agent row", "agent tile", "offer row", "task row"};
    for (int target = 0; target < static_cast<int>(std::size(targets)); ++target) {
        const bool isOffer = static_cast<Target>(target) == Target::OfferRow;
        QTest::addRow("%s with room", targets[target])
            << target << QStringLiteral("roomy") << Verdict::Now;
        // An offer that is too small stays so: its agent may have room later.
        QTest::addRow("%s that is full", targets[target])
            << target << QStringLiteral("busy") << (isOffer ? Verdict::Never : Verdict::Later);
        QTest::addRow("%s that is too small", targets[target])
            << target << QStringLiteral("tiny") << Verdict::Never;
    }
}

void DropTargetsTest::theColourIsWhatALaunchWouldMeet()
{
    QFETCH(int, target);
    QFETCH(QString, agent);
    QFETCH(Verdict, verdict);
    const auto onto = static_cast<Target>(target);
    QMimeData data;
    data.setText(QStringLiteral("docker run --cpus 0.5 -m 128m redis:7"));
    QWidget &surface = this->surface(onto);
    QVERIFY(waitForPaint(surface));
    const QPoint at = placeOn(onto, agent);
    // The dry run: the very rules by which offers are taken, on what is there.
    const Replica &replica = m_window->replica();
    const AgentRow *row = replica.agents().find(agent);
    const OfferRow *offer = replica.offers().find(QStringLiteral("O-") + agent);
    QVERIFY(row && offer);
    const LaunchRequest request = readDrop(data).launches.first().request;
    const Place place = onto == Target::OfferRow ? meseta::console::placeOf(*offer, row)
                                                 : meseta::console::placeOf(*row);
    QCOMPARE(fit(request, place).verdict, verdict);
    mesos::v1::Offer whole = sample::offer("X", "F", agent.toStdString(), 0);
    whole.clear_resources();
    sample::addScalar(whole.mutable_resources(), "cpus", place.free.cpus, "*");
    sample::addScalar(whole.mutable_resources(), "mem", place.free.memory, "*");
    QCOMPARE(fits(request, whole), verdict == Verdict::Now);

    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&surface, &enter);
    QVERIFY(enter.isAccepted());
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&surface, &move);
    QCOMPARE(move.isAccepted(), verdict != Verdict::Never);
    const QColor wanted = Theme::notice(verdict == Verdict::Now         ? Tone::Good
                                            : verdict == Verdict::Later ? Tone::Busy
                                                                        : Tone::Bad);
    QCOMPARE(surface.grab().toImage().pixelColor(at).name(), wanted.name());
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(&surface, &leave);
    QVERIFY(surface.grab().toImage().pixelColor(at).name() != wanted.name());
}

void DropTargetsTest::readOnlyTakesNothing()
{
    m_window->view()->cluster().setReadOnly(true);
    QMimeData data;
    data.setText(QStringLiteral("redis:7"));
    for (const Target target :
         {Target::AgentRow, Target::AgentTile, Target::OfferRow, Target::TaskRow, Target::Page}) {
        QVERIFY(waitForPaint(surface(target)));
        QVERIFY(!drop(target, placeOn(target, QStringLiteral("roomy")), data));
        QVERIFY(!m_window->launchDialog());
    }
}

QTEST_MAIN(DropTargetsTest)
#include "tst_drop_targets.moc"
