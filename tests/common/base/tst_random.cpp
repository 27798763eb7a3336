#include <QtTest>

#include "common/base/random.h"

using namespace meseta;

class TestRandom : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void seededSequencesRepeat()
    {
        SeededRandom first(7);
        SeededRandom second(7);
        SeededRandom other(8);
        for (int draw = 0; draw < 100; ++draw)
            QCOMPARE(first.next(), second.next());
        QVERIFY(first.next() != other.next());
    }

    void fractionsStayBelowOne()
    {
        SeededRandom random(1);
        double least = 1;
        double most = 0;
        for (int draw = 0; draw < 10000; ++draw) {
            const double fraction = random.fraction();
            least = std::min(least, fraction);
            most = std::max(most, fraction);
        }
        QVERIFY(least >= 0 && least < 0.01);
        QVERIFY(most < 1 && most > 0.99);
    }

    void belowStaysBelow()
    {
        SeededRandom random(3);
        for (int draw = 0; draw < 1000; ++draw)
            QVERIFY(random.below(10) < 10);
        QCOMPARE(random.below(0), 0u);
    }

    void kernelDrawsDiffer()
    {
        KernelRandom random;
        std::set<std::uint64_t> drawn;
        for (int draw = 0; draw < 100; ++draw)
            drawn.insert(random.next());
        QCOMPARE(drawn.size(), 100u);
    }

    void uuidsAreVersion4()
    {
        SeededRandom random(5);
        for (int draw = 0; draw < 100; ++draw) {
            const QString text = QString::fromStdString(random.uuid());
            QVERIFY2(
                QRegularExpression(
                    QStringLiteral(
                        "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))
                    .match(text)
                    .hasMatch(),
                qPrintable(text));
        }
    }

    void uuidTextAndBytesAreTheSameThing()
    {
        const std::string text = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
        QCOMPARE(uuidText(uuidBytes(text)), text);
        QCOMPARE(uuidBytes("6BA7B810-9DAD-41D1-80B4-00C04FD430C8"), uuidBytes(text));
        QCOMPARE(uuidBytes(text).size(), 16u);
    }

    void whatIsNoUuidIsRefused()
    {
        QCOMPARE(uuidText("short"), std::string());
        QCOMPARE(uuidBytes(std::string("6ba7b8109dad41d180b400c04fd430c8")), std::string());
        QCOMPARE(uuidBytes(std::string("6ba7b810-9dad-41d1-80b4-00c04fd430cx")), std::string());
        QVERIFY(!isUuid(std::string(16, '\0')));
        QVERIFY(!isUuid("15 bytes only.."));
        QVERIFY(isUuid(uuidBytes(std::string("6ba7b810-9dad-41d1-80b4-00c04fd430c8"))));
    }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "tst_random.moc"
