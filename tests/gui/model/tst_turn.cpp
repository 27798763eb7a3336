#include <QElapsedTimer>
#include <QTest>

#include "gui/model/turn.h"

using namespace meseta::console;
using namespace std::chrono_literals;

/// Slices of work take turns, and the event loop has its share between them.
class TurnTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void twoAlternate();
    void thereIsAPauseBetweenAnyTwo();
    void whoStopsIsNotCalled();
    void oneThatIsGoneIsForgotten();
};

void TurnTest::twoAlternate()
{
    QString order;
    Turn a, b;
    connect(&a, &Turn::taken, this, [&] {
        order += QLatin1Char('a');
        a.start();
    });
    connect(&b, &Turn::taken, this, [&] {
        order += QLatin1Char('b');
        b.start();
    });
    a.start();
    b.start();
    QTRY_VERIFY(order.size() >= 20);
    a.stop();
    b.stop();
    QVERIFY2(!order.contains(QStringLiteral("aaa")) && !order.contains(QStringLiteral("bbb")),
             qPrintable(order));
}

void TurnTest::thereIsAPauseBetweenAnyTwo()
{
    QElapsedTimer sinceLast;
    qint64 shortest = 1'000'000'000;
    int slices = 0;
    std::vector<std::unique_ptr<Turn>> turns;
    for (int i = 0; i < 5; ++i) {
        turns.push_back(std::make_unique<Turn>());
        connect(turns.back().get(), &Turn::taken, this, [&, i] {
            if (sinceLast.isValid())
                shortest = std::min(shortest, sinceLast.nsecsElapsed());
            QElapsedTimer busy;
            busy.start();
            while (busy.nsecsElapsed() < 1'000'000) { } // a slice
            ++slices;
            turns[static_cast<std::size_t>(i)]->start(0ms);
            sinceLast.start();
        });
        turns.back()->start(0ms);
    }
    QTRY_VERIFY(slices >= 50);
    // Timers count whole milliseconds: one begun may be missing.
    QVERIFY2(shortest >= 1'000'000 * (Turn::pause.count() - 1),
             qPrintable(QString::number(shortest)));
}

void TurnTest::whoStopsIsNotCalled()
{
    int called = 0;
    Turn first, second, last;
    connect(&first, &Turn::taken, this, [&] { second.stop(); });
    connect(&second, &Turn::taken, this, [&] { ++called; });
    bool over = false;
    connect(&last, &Turn::taken, this, [&] { over = true; });
    first.start(0ms);
    second.start(0ms);
    last.start(0ms);
    QVERIFY(second.isActive());
    QTRY_VERIFY(over);
    QVERIFY(!second.isActive());
    QCOMPARE(called, 0);
}

void TurnTest::oneThatIsGoneIsForgotten()
{
    auto second = std::make_unique<Turn>();
    Turn first, last;
    connect(&first, &Turn::taken, this, [&] { second.reset(); });
    connect(second.get(), &Turn::taken, this, [] { QFAIL("it is gone"); });
    bool over = false;
    connect(&last, &Turn::taken, this, [&] { over = true; });
    first.start(0ms);
    second->start(0ms);
    last.start(0ms);
    QTRY_VERIFY(over);
    QVERIFY(!second);
}

QTEST_GUILESS_MAIN(TurnTest)

#include "tst_turn.moc"
