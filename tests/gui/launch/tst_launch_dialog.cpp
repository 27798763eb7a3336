#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSlider>
#include <QStandardPaths>
#include <QTest>

#include "gui/launch/launch_dialog.h"
#include "gui/launch/presets.h"
#include "gui/launch/request_form.h"
#include "gui/model/replica.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

namespace {

template <typename Widget> Widget *named(QWidget &in, const char *accessibleName)
{
    for (auto *widget : in.findChildren<Widget *>()) {
        if (widget->accessibleName() == QLatin1String(accessibleName))
            return widget;
    }
    return nullptr;
}

bool says(QWidget &in, const QString &text)
{
    for (const auto *label : in.findChildren<QLabel *>()) {
        if (label->text().contains(text))
            return true;
    }
    return false;
}

LaunchRequest redis()
{
    LaunchRequest request;
    request.name = QStringLiteral("cache");
    request.image = QStringLiteral("library/redis:7");
    return request;
}

} // namespace

class LaunchDialogTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void formAndJsonKeepInStep();
    void saysWhatIsWrongWhileTyping();
    void takesAPastedLine();
    void takesATypedLine();
    void launchesEachServiceOfACompose();
    void keepsPresets();
    void showsServerTextAsItIs();
    void slidersReachToWhatIsFree();
    void slidersAreBoundedByTheOffer();
    void anEmptyFormIsNoMistakeYet();

private:
    QPushButton *launchButton()
    {
        return m_dialog->findChild<QPushButton *>(QStringLiteral("launch"));
    }
    void open();

    Replica m_replica;
    std::unique_ptr<LaunchDialog> m_dialog;
};

void LaunchDialogTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("meseta-test"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_launch_dialog"));
    QSettings().clear();
}

void LaunchDialogTest::open()
{
    m_dialog = std::make_unique<LaunchDialog>(m_replica);
    m_dialog->setRequest(redis());
}

void LaunchDialogTest::formAndJsonKeepInStep()
{
    open();
    auto *json = named<QPlainTextEdit>(*m_dialog, "The task as JSON");
    QVERIFY(json->toPlainText().contains(QStringLiteral("\"image\": \"library/redis:7\"")));
    QString text = json->toPlainText();
    json->setPlainText(text.replace(QStringLiteral("redis:7"), QStringLiteral("redis:8")));
    QCOMPARE(m_dialog->request().image, QStringLiteral("library/redis:8"));
    QVERIFY(launchButton()->isEnabled());
    json->setPlainText(QStringLiteral("{ \"name\": "));
    QVERIFY(says(*m_dialog, QStringLiteral("line 1")));
    QVERIFY(!launchButton()->isEnabled());
}

void LaunchDialogTest::saysWhatIsWrongWhileTyping()
{
    open();
    LaunchRequest wrong = redis();
    wrong.image = QStringLiteral("Not An Image");
    m_dialog->setRequest(wrong);
    QVERIFY(!launchButton()->isEnabled());
    QVERIFY(says(*m_dialog, QStringLiteral("Not An Image")));
    m_dialog->setRequest(redis());
    QVERIFY(launchButton()->isEnabled());
}

void LaunchDialogTest::takesAPastedLine()
{
    open();
    auto *paste = named<QLineEdit>(*m_dialog, "Paste");
    paste->setText(QStringLiteral("docker run -d -p 8080:80 --name web --restart=always nginx"));
    QCOMPARE(m_dialog->request().name, QStringLiteral("web"));
    QCOMPARE(m_dialog->request().ports.size(), 1);
    QVERIFY(paste->text().isEmpty());
    QVERIFY(says(*m_dialog, QStringLiteral("Restarting"))); // the note on --restart
    paste->setText(QStringLiteral("docker run --nonsense nginx"));
    QVERIFY(says(*m_dialog, QStringLiteral("--nonsense")));
    QCOMPARE(m_dialog->request().name, QStringLiteral("web")); // what was there stays
}

/// A line that is typed there is read as a whole, with Return, which launches nothing yet.
void LaunchDialogTest::takesATypedLine()
{
    open();
    m_dialog->show();
    QSignalSpy launched(m_dialog.get(), &LaunchDialog::launchRequested);
    auto *paste = named<QLineEdit>(*m_dialog, "Paste");
    paste->setFocus();
    const QString line = QStringLiteral("docker run -m 96m --name web nginx");
    QTest::keyClicks(paste, line);
    QCOMPARE(paste->text(), line);
    QCOMPARE(m_dialog->request().name, QStringLiteral("cache"));
    QTest::keyClick(paste, Qt::Key_Return);
    QCOMPARE(m_dialog->request().image, QStringLiteral("nginx"));
    QCOMPARE(m_dialog->request().memory, 96.0);
    QVERIFY(paste->text().isEmpty());
    QCOMPARE(launched.size(), 0);
    QVERIFY(m_dialog->isVisible());
}

void LaunchDialogTest::launchesEachServiceOfACompose()
{
    open();
    m_dialog->setPayload(
        readDropText(QStringLiteral(
            "services:\n  a:\n    image: one\n  b:\n    image: two\n    ports: [80]\n")),
        QStringLiteral("agent-1"));
    QSignalSpy launched(m_dialog.get(), &LaunchDialog::launchRequested);
    launchButton()->click();
    QCOMPARE(launched.size(), 2);
    const auto second = launched.at(1).at(0).value<LaunchRequest>();
    QCOMPARE(second.image, QStringLiteral("two"));
    QCOMPARE(second.agentId, QStringLiteral("agent-1"));
}

void LaunchDialogTest::keepsPresets()
{
    LaunchRequest request = redis();
    request.instances = 4;
    request.cpus = 0.7;
    Presets::save(QStringLiteral("a/b & 缓存"), request);
    QCOMPARE(Presets::names(), QStringList{QStringLiteral("a/b & 缓存")});
    const auto loaded = Presets::load(QStringLiteral("a/b & 缓存"));
    QVERIFY(loaded);
    QCOMPARE(loaded->image, request.image);
    QCOMPARE(loaded->instances, 4);
    QCOMPARE(loaded->cpus, 0.7);
    Presets::remove(QStringLiteral("a/b & 缓存"));
    QVERIFY(Presets::names().isEmpty());
    QVERIFY(!Presets::load(QStringLiteral("gone")));
}

void LaunchDialogTest::showsServerTextAsItIs()
{
    open();
    for (const auto *label : m_dialog->findChildren<QLabel *>()) {
        if (label->wordWrap())
            QCOMPARE(label->textFormat(), Qt::PlainText);
    }
}

/// As far as the chosen agent, or the roomiest, has room; more can only be typed.
void LaunchDialogTest::slidersReachToWhatIsFree()
{
    Replica replica;
    auto first = sample::snapshot();
    *sample::state(first)->mutable_get_agents()->add_agents() = sample::agent("small", 4, 1);
    *sample::state(first)->mutable_get_agents()->add_agents() = sample::agent("large", 16);
    replica.apply(first);
    replica.flush();
    LaunchDialog dialog(replica);
    LaunchRequest request = redis();
    dialog.setRequest(request);
    auto *cpus = named<QSlider>(dialog, "CPUs");
    auto *memory = named<QSlider>(dialog, "Memory");
    QVERIFY(cpus && memory);
    QCOMPARE(cpus->maximum(), 160); // tenths
    QCOMPARE(memory->maximum(), 16 * 1024 / 32);
    request.agentId = QStringLiteral("small");
    dialog.setRequest(request);
    QCOMPARE(cpus->maximum(), 30);
    QCOMPARE(memory->maximum(), (4 * 1024 - 256) / 32);
    cpus->setValue(cpus->maximum());
    QCOMPARE(dialog.request().cpus, 3.0);
}

/// Dropped on an offer: as far as that reaches, though its agent has more; on another agent, as
/// far as that one has room. The offer's end changes nothing.
void LaunchDialogTest::slidersAreBoundedByTheOffer()
{
    Replica replica;
    auto first = sample::snapshot();
    *sample::state(first)->mutable_get_agents()->add_agents() = sample::agent("a", 16);
    *sample::state(first)->mutable_get_agents()->add_agents() = sample::agent("b", 8);
    replica.apply(first);
    replica.apply(sample::offerAdded(sample::offer("O", "F", "a", 2), 1001));
    replica.flush();
    LaunchDialog dialog(replica);
    dialog.setPayload(readDropText(QStringLiteral("docker run --cpus 1 library/redis")),
                      QStringLiteral("a"));
    dialog.setOffer(QStringLiteral("O"));
    auto *cpus = named<QSlider>(dialog, "CPUs");
    auto *memory = named<QSlider>(dialog, "Memory");
    auto *disk = named<QSlider>(dialog, "Disk");
    QCOMPARE(cpus->maximum(), 20); // tenths
    QCOMPARE(memory->maximum(), 1024 / 32);
    QCOMPARE(disk->maximum(), 1); // the least that a slider has
    QVERIFY(says(dialog, QStringLiteral("Fits into the offer of 2 CPUs, 1 GiB by host-a")));
    replica.apply(sample::offerRemoved("O", sample::Event::OfferRemoved::DECLINED, 1002));
    replica.flush();

    LaunchRequest request = dialog.request();
    request.cpus = 3;
    dialog.setRequest(request); // what a preset does
    QCOMPARE(cpus->maximum(), 20);
    QVERIFY(says(dialog, QStringLiteral("More than the offer of 2 CPUs, 1 GiB by host-a holds")));
    request.agentId = QStringLiteral("b");
    dialog.setRequest(request);
    QCOMPARE(cpus->maximum(), 80);
    QVERIFY(says(dialog, QStringLiteral("Fits on")));
}

void LaunchDialogTest::anEmptyFormIsNoMistakeYet()
{
    const auto color = [this](const QString &text) {
        for (const auto *label : m_dialog->findChildren<QLabel *>()) {
            if (label->text().contains(text))
                return label->palette().color(QPalette::WindowText);
        }
        return QColor();
    };
    m_dialog = std::make_unique<LaunchDialog>(m_replica);
    const QString hint = QStringLiteral("Name an image");
    QCOMPARE(color(hint), Theme::muted());
    auto *image = m_dialog->findChild<QLineEdit *>(QStringLiteral("image"));
    QTest::keyClicks(image, QStringLiteral("redis"));
    image->clear();
    QCOMPARE(color(hint), Theme::tone(Tone::Bad));
}

QTEST_MAIN(LaunchDialogTest)
#include "tst_launch_dialog.moc"
