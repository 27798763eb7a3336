#include <QApplication>
#include <QDBusConnection>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "gui/widgets/notice_button.h"
#include "tests/support/missing.h"

using namespace meseta::console;

namespace {

struct Shown
{
    QString application;
    uint replaces = 0;
    QString summary;
    QString body;
};

} // namespace

/// The part of a desktop that shows notifications. Source: freedesktop.org, Desktop Notifications
/// Specification, "Notify".
class FakeDesktop : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    QList<Shown> shown;

public Q_SLOTS:
    uint Notify(const QString &application, uint replaces, const QString &, const QString &summary,
                const QString &body, const QStringList &, const QVariantMap &, int)
    {
        shown.append({application, replaces, summary, body});
        return 41 + static_cast<uint>(shown.size());
    }
};

/// What arrives on the desktop, over a real session bus.
class DesktopNoticesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void aTroubleArrives();
    void theNextTakesItsPlace();
    void onlyTroublesAndOnlyWhenWanted();
    void markupIsNoMarkup();

private:
    QProcess m_bus;
    FakeDesktop m_desktop;
    QSettings m_settings;
};

void DesktopNoticesTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    if (QStandardPaths::findExecutable(QStringLiteral("dbus-daemon")).isEmpty())
        MESETA_MISSING(QStringLiteral("dbus-daemon is not installed"));
    m_bus.start(QStringLiteral("dbus-daemon"),
                {QStringLiteral("--session"), QStringLiteral("--nofork"),
                 QStringLiteral("--print-address=1")});
    QVERIFY(m_bus.waitForReadyRead(20000));
    const QByteArray address = m_bus.readLine().trimmed();
    QVERIFY(!address.isEmpty());
    qputenv("DBUS_SESSION_BUS_ADDRESS", address); // before anybody asks for the bus
    auto bus =
        QDBusConnection::connectToBus(QString::fromLatin1(address), QStringLiteral("desktop"));
    QVERIFY(bus.isConnected());
    QVERIFY(bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &m_desktop,
                               QDBusConnection::ExportAllSlots));
    QVERIFY(bus.registerService(QStringLiteral("org.freedesktop.Notifications")));
}

void DesktopNoticesTest::init()
{
    m_desktop.shown.clear();
    m_settings.clear();
}

void DesktopNoticesTest::cleanupTestCase()
{
    QDBusConnection::disconnectFromBus(QStringLiteral("desktop"));
    m_bus.terminate();
    m_bus.waitForFinished(10000);
}

void DesktopNoticesTest::aTroubleArrives()
{
    NoticeButton notices; // in a window that is not in front
    notices.add(Tone::Bad, QStringLiteral("Agent node-1 was lost"));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, 20000);
    QCOMPARE(m_desktop.shown.first().application, QCoreApplication::applicationName());
    QCOMPARE(m_desktop.shown.first().summary, QStringLiteral("Agent node-1 was lost"));
    QCOMPARE(m_desktop.shown.first().replaces, 0U);
}

/// A desktop is not filled with a hundred notes: a newer one replaces the one before.
void DesktopNoticesTest::theNextTakesItsPlace()
{
    NoticeButton notices;
    notices.add(Tone::Bad, QStringLiteral("first"));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, 20000);
    QTRY_COMPARE_WITH_TIMEOUT(notices.desktopNumber(), 42U, 20000);
    notices.add(Tone::Bad, QStringLiteral("second"));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 2, 20000);
    QCOMPARE(m_desktop.shown.last().replaces, 42U);
}

void DesktopNoticesTest::onlyTroublesAndOnlyWhenWanted()
{
    NoticeButton notices;
    notices.add(Tone::Good, QStringLiteral("redis is running"));
    QSettings().setValue(QStringLiteral("notify"), false);
    notices.add(Tone::Bad, QStringLiteral("not wanted"));
    QSettings().setValue(QStringLiteral("notify"), true);
    notices.add(Tone::Bad, QStringLiteral("wanted"));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, 20000);
    QCOMPARE(m_desktop.shown.first().summary, QStringLiteral("wanted"));
    QCOMPARE(notices.notices().size(), 3); // all stand in the list
}

/// A body may be read as markup by the desktop, a summary never is.
void DesktopNoticesTest::markupIsNoMarkup()
{
    NoticeButton notices;
    notices.add(Tone::Bad, QStringLiteral("<img src=http://127.0.0.1:1/x> failed"));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, 20000);
    QVERIFY(m_desktop.shown.first().body.isEmpty());
    notices.add(Tone::Bad, QString(100000, QLatin1Char('x')));
    QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 2, 20000);
    QVERIFY(m_desktop.shown.last().summary.size() <= 300);
}

int main(int argc, char **argv)
{
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_desktop_notices"));
    DesktopNoticesTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_desktop_notices.moc"
