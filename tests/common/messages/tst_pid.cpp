#include <QTest>

#include "common/messages/pid.h"

using meseta::messages::Pid;

class TestPid : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites()
    {
        const auto pid = Pid::parse("slave(1)@127.0.0.1:5051");
        QVERIFY(pid.has_value());
        QCOMPARE(pid->id, "slave(1)");
        QCOMPARE(pid->ip, "127.0.0.1");
        QCOMPARE(pid->port, 5051);
        QCOMPARE(pid->text(), "slave(1)@127.0.0.1:5051");
        QCOMPARE(pid->address(), "127.0.0.1:5051");
    }

    void keepsAHostNameAsWritten()
    {
        QCOMPARE(Pid::parse("master@node-1.example:5050")->ip, "node-1.example");
    }

    void writesAnEmptyPidAsNothing()
    {
        QVERIFY(Pid().isEmpty());
        QCOMPARE(Pid().text(), "");
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("complaint");
        QTest::newRow("no @") << QByteArray("x") << QByteArray("write it as id@ip:port");
        QTest::newRow("no port") << QByteArray("a@1.2.3.4") << QByteArray("names no port");
        QTest::newRow("no host") << QByteArray("a@:5050") << QByteArray("no usable host");
        QTest::newRow("port too large") << QByteArray("a@h:65536") << QByteArray("'65536'");
        QTest::newRow("port with a tail") << QByteArray("a@h:50x") << QByteArray("'50x'");
        QTest::newRow("negative port") << QByteArray("a@h:-1") << QByteArray("'-1'");
        QTest::newRow("two hosts") << QByteArray("a@b@h:1") << QByteArray("no usable host");
    }

    void refusesWhatIsNone()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, complaint);
        const auto pid = Pid::parse(text.toStdString());
        QVERIFY(!pid.has_value());
        QVERIFY2(QByteArray::fromStdString(pid.error().message).contains(complaint),
                 pid.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestPid)
#include "tst_pid.moc"
