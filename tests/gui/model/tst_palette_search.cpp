#include <QTest>

#include "gui/model/palette_search.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// The command palette: what is typed in, what is offered out.
class PaletteSearchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void finds_data();
    void finds();
    void ranksBeginningsFirst();

private:
    Replica m_replica;
    QList<PaletteCommand> m_commands;
};

void PaletteSearchTest::initTestCase()
{
    m_replica.setFlushInterval(std::chrono::milliseconds(0));
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    *state->mutable_get_agents()->add_agents() = sample::agent("redhost", 4);
    *state->mutable_get_agents()->add_agents() = sample::agent("blue", 4);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "marathon");
    *state->mutable_get_tasks()->add_tasks() =
        sample::task("redis", "F", "blue", mesos::v1::TASK_RUNNING);
    *state->mutable_get_tasks()->add_completed_tasks() =
        sample::task("red-old", "F", "blue", mesos::v1::TASK_FINISHED);
    m_replica.apply(first);
    m_commands = {{QStringLiteral("launch"), QStringLiteral("Launch…"), {}, {}, true},
                  {QStringLiteral("page.tasks"), QStringLiteral("Go to Tasks"), {}, {}, true}};
}

void PaletteSearchTest::finds_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("titles");
    const auto row = [](const char *typed, const char *titles) {
        QTest::newRow(typed) << QString::fromUtf8(typed) << QString::fromUtf8(titles);
    };
    row("", "Launch…|Go to Tasks");
    row(">launch", "Launch…");
    row(">gtt", "Go to Tasks");
    row("@red", "host-redhost :5051");
    row("#red", "redis|red-old");
    row("#", "redis|red-old");
    row("%mar", "marathon");
    row("?mar", "Why does marathon get no offer?");
    row("?blue", "Why is nothing offered of host-blue :5051?");
    row("@nobody", "");
}

void PaletteSearchTest::finds()
{
    QFETCH(QString, typed);
    QFETCH(QString, titles);
    QStringList found;
    for (const PaletteEntry &entry : searchPalette(typed, m_replica, m_commands))
        found << entry.title;
    QCOMPARE(found.join(QLatin1Char('|')), titles);
}

void PaletteSearchTest::ranksBeginningsFirst()
{
    QVERIFY(fitScore(u"redis", u"red") > fitScore(u"my redis", u"red"));
    QVERIFY(fitScore(u"my redis", u"red") > fitScore(u"altered", u"red"));
    QVERIFY(fitScore(u"altered", u"red") > fitScore(u"r.e.d", u"red"));
    QCOMPARE(fitScore(u"redis", u"x"), 0);
    QVERIFY(fitScore(u"Redis", u"redis") > fitScore(u"redis-2", u"redis"));
}

QTEST_GUILESS_MAIN(PaletteSearchTest)
#include "tst_palette_search.moc"
