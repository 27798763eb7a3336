#include <QtTest>

#include <csignal>
#include <unistd.h>

#include "common/base/signals.h"

using namespace meseta;

class TestSignals : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void signalsArriveOnTheEventLoop()
    {
        std::vector<int> seen;
        SignalWatcher watcher({SIGTERM, SIGUSR1}, [&](int number) { seen.push_back(number); });
        ::kill(::getpid(), SIGTERM);
        ::kill(::getpid(), SIGUSR1);
        QVERIFY(seen.empty());
        QTRY_COMPARE(seen.size(), 2u);
        QCOMPARE(std::set<int>(seen.begin(), seen.end()), (std::set<int>{SIGTERM, SIGUSR1}));
    }

    void defaultsComeBackWithoutAWatcher()
    {
        {
            SignalWatcher watcher({SIGUSR2}, [](int) {});
        }
        struct sigaction action
        { };
        ::sigaction(SIGUSR2, nullptr, &action);
        QVERIFY(action.sa_handler == SIG_DFL);
    }

    void aClosedPipeDoesNotEndTheProcess()
    {
        surviveBrokenPipes();
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        ::close(ends[0]);
        QCOMPARE(::write(ends[1], "x", 1), -1);
        QCOMPARE(errno, EPIPE);
        ::close(ends[1]);
    }
};

QTEST_GUILESS_MAIN(TestSignals)
#include "tst_signals.moc"
