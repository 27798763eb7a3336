#include <QListWidget>
#include <QLocalServer>
#include <QLocalSocket>
#include <QMimeData>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include "gui/launch/drop_payload.h"
#include "gui/launch/image_shelf.h"

using namespace meseta::console;

namespace {

using Source = ImageCatalog::Source;

/// A registry that knows two repositories.
class FakeRegistry : public QTcpServer
{
public:
    FakeRegistry()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
        });
        listen(QHostAddress::LocalHost);
    }
    QString address() const { return QStringLiteral("127.0.0.1:%1").arg(serverPort()); }
    QByteArray status = "200 OK";

private:
    void answer(QTcpSocket *socket)
    {
        const QByteArray path = socket->readAll().split(' ').value(1);
        QByteArray body = R"({"repositories":["library/redis","library/web"]})";
        if (path.startsWith("/v2/library/redis"))
            body = R"({"name":"library/redis","tags":["7","8"]})";
        else if (path.startsWith("/v2/library/web"))
            body = R"({"name":"library/web","tags":null})";
        socket->write("HTTP/1.1 " + status + "\r\nContent-Length: "
                      + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
        socket->disconnectFromHost();
    }
};

} // namespace

class ImageShelfTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init() { QSettings().clear(); }
    void keepsWhatWasLaunched();
    void listsARegistry();
    void saysWhyARegistryListsNothing();
    void listsTheEngine();
    void readsTheEnginesAnswer();
    void dragsTheNameOfAnImage();
};

void ImageShelfTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("meseta-test"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_image_shelf"));
}

void ImageShelfTest::keepsWhatWasLaunched()
{
    ImageCatalog catalog;
    for (int i = 0; i < 40; ++i)
        catalog.noteLaunched(QStringLiteral("image:%1").arg(i));
    catalog.noteLaunched(QStringLiteral("image:20"));
    QCOMPARE(catalog.names(Source::Recent).size(), 30);
    QCOMPARE(catalog.names(Source::Recent).first(), QStringLiteral("image:20"));
    QCOMPARE(catalog.names(Source::Recent).count(QStringLiteral("image:20")), 1);
    catalog.setFavourite(QStringLiteral("b"), true);
    catalog.setFavourite(QStringLiteral("a"), true);
    QCOMPARE(ImageCatalog().names(Source::Favourites),
             (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    catalog.setFavourite(QStringLiteral("b"), false);
    QVERIFY(!catalog.isFavourite(QStringLiteral("b")));
}

void ImageShelfTest::listsARegistry()
{
    FakeRegistry registry;
    ImageCatalog catalog;
    catalog.setRegistry(registry.address());
    catalog.refreshRegistry();
    QTRY_COMPARE(catalog.names(Source::Registry),
                 (QStringList{registry.address() + QStringLiteral("/library/redis:7"),
                              registry.address() + QStringLiteral("/library/redis:8")}));
}

void ImageShelfTest::saysWhyARegistryListsNothing()
{
    ImageCatalog catalog;
    catalog.refreshRegistry();
    QVERIFY(!catalog.problem(Source::Registry).isEmpty()); // none is named
    FakeRegistry registry;
    registry.status = "401 Unauthorized";
    catalog.setRegistry(registry.address());
    catalog.refreshRegistry();
    QTRY_VERIFY(catalog.problem(Source::Registry).contains(registry.address()));
    QVERIFY(catalog.names(Source::Registry).isEmpty());
}

void ImageShelfTest::listsTheEngine()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("engine.sock"));
    QLocalServer engine;
    QVERIFY(engine.listen(path));
    connect(&engine, &QLocalServer::newConnection, &engine, [&] {
        QLocalSocket *socket = engine.nextPendingConnection();
        connect(socket, &QLocalSocket::readyRead, socket, [socket] {
            QVERIFY(socket->readAll().startsWith("GET /images/json HTTP/1.0"));
            socket->write("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
                          R"([{"RepoTags":["redis:7"]}])");
            socket->disconnectFromServer();
        });
    });
    ImageCatalog catalog;
    catalog.refreshEngine(path);
    QTRY_COMPARE(catalog.names(Source::Engine), QStringList{QStringLiteral("redis:7")});
    catalog.refreshEngine(folder.filePath(QStringLiteral("nobody")));
    QTRY_VERIFY(catalog.problem(Source::Engine).contains(QStringLiteral("nobody")));
    QVERIFY(catalog.names(Source::Engine).isEmpty());
}

void ImageShelfTest::readsTheEnginesAnswer()
{
    QCOMPARE(
        ImageCatalog::engineNames(
            R"([{"RepoTags":["b:1","a:1"]},{"RepoTags":null},{"RepoTags":["<none>:<none>"]}])"),
        (QStringList{QStringLiteral("a:1"), QStringLiteral("b:1")}));
    QVERIFY(ImageCatalog::engineNames("garbage").isEmpty());
    QVERIFY(ImageCatalog::engineNames("{}").isEmpty());
}

void ImageShelfTest::dragsTheNameOfAnImage()
{
    ImageCatalog catalog;
    catalog.noteLaunched(QStringLiteral("library/redis:7"));
    ImageShelf shelf(catalog);
    shelf.showSource(Source::Recent);
    QCOMPARE(shelf.list().count(), 1);
    const std::unique_ptr<QMimeData> data(
        shelf.list().model()->mimeData({shelf.list().model()->index(0, 0)}));
    QCOMPARE(readDrop(*data).launches.first().request.image, QStringLiteral("library/redis:7"));
    QCOMPARE(data->text(), QStringLiteral("library/redis:7"));

    QSignalSpy wanted(&shelf, &ImageShelf::launchWanted);
    Q_EMIT shelf.list().itemActivated(shelf.list().item(0));
    QCOMPARE(wanted.size(), 1);
}

QTEST_MAIN(ImageShelfTest)
#include "tst_image_shelf.moc"
