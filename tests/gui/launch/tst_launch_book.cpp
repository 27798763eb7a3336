#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "gui/launch/launch_book.h"

using namespace meseta::console;

/// What was launched can be launched again, also by the next console.
class LaunchBookTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void remembersWhatWasAskedFor();
    void outlastsTheConsole();
    void forgetsTheOldest();
    void aBrokenFileIsAnEmptyOne();

private:
    static LaunchRequest redis();
};

LaunchRequest LaunchBookTest::redis()
{
    LaunchRequest request;
    request.name = QStringLiteral("redis");
    request.image = QStringLiteral("library/redis");
    request.cpus = 0.5;
    request.memory = 64;
    request.command = QStringLiteral("redis-server --save ''");
    request.environment = {{QStringLiteral("A"), QStringLiteral("b c")}};
    request.constraints = {
        {QStringLiteral("rack"), LaunchRequest::Constraint::Rule::Is, QStringLiteral("r1")}};
    request.role = QStringLiteral("web");
    request.instances = 3;
    return request;
}

void LaunchBookTest::remembersWhatWasAskedFor()
{
    LaunchBook book;
    book.remember({QStringLiteral("redis-1"), QStringLiteral("redis-2")}, redis());
    QVERIFY(book.knows(QStringLiteral("redis-2")));
    QVERIFY(!book.knows(QStringLiteral("other")));
    QVERIFY(!book.find(QStringLiteral("other")));
    const auto found = book.find(QStringLiteral("redis-2"));
    QVERIFY(found);
    QCOMPARE(found->instances, 1); // of the one task
    QCOMPARE(found->image, redis().image);
    QCOMPARE(found->command, redis().command);
    QCOMPARE(found->environment, redis().environment);
    QCOMPARE(found->constraints, redis().constraints);
    QCOMPARE(found->role, redis().role);
    QCOMPARE(found->memory, 64.0);
}

void LaunchBookTest::outlastsTheConsole()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("deep/er/book.json"));
    {
        LaunchBook book;
        book.open(path);
        book.remember({QStringLiteral("t")}, redis());
    }
    // Environments may hold secrets.
    QCOMPARE(QFileInfo(path).permissions()
                 & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    LaunchBook next;
    next.open(path);
    QVERIFY(next.find(QStringLiteral("t")));
    QCOMPARE(next.find(QStringLiteral("t"))->image, redis().image);
    next.open(folder.filePath(QStringLiteral("other.json"))); // of another cluster
    QVERIFY(!next.knows(QStringLiteral("t")));
}

void LaunchBookTest::forgetsTheOldest()
{
    LaunchBook book;
    for (int i = 0; i < 250; ++i)
        book.remember({QStringLiteral("t%1").arg(i)}, redis());
    QVERIFY(!book.knows(QStringLiteral("t49")));
    QVERIFY(book.find(QStringLiteral("t50")));
    QVERIFY(book.find(QStringLiteral("t249")));
}

void LaunchBookTest::aBrokenFileIsAnEmptyOne()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("book.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[{\"tasks\": [\"t\"], \"request\": {\"task\": \"{ not JSON\"}}, 7, ");
    file.close();
    LaunchBook book;
    book.open(file.fileName());
    QVERIFY(!book.find(QStringLiteral("t")));
    book.remember({QStringLiteral("u")}, redis());
    book.save();
    LaunchBook next;
    next.open(file.fileName());
    QVERIFY(next.find(QStringLiteral("u")));
}

QTEST_GUILESS_MAIN(LaunchBookTest)
#include "tst_launch_book.moc"
