#include <QTest>

#include "gui/model/filter.h"
#include "gui/model/store_source.h"

using namespace meseta::console;

namespace {

constexpr double now = 10000;

struct Job
{
    QString name;
    QString state; // as it is shown
    QString word; // in English
    double cpus = 0;
    double memory = 0;
    double updated = 0;

    bool operator==(const Job &) const = default;
};

std::unique_ptr<TableSource> jobSource(const RowStore<Job> &store)
{
    std::vector<Column<Job>> columns = {
        {.title = "Name", .field = "name", .held = member<Job, &Job::name>},
        {.title = "State",
         .field = "state",
         .held = member<Job, &Job::state>,
         .alias = member<Job, &Job::word>},
        {.title = "CPUs",
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Job &job) { return job.cpus; }},
        {.title = "内存 上限",
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Job &job) { return job.memory; }},
        {.title = "Updated",
         .field = "updated",
         .kind = ColumnKind::Time,
         .number = [](const Job &job) { return job.updated; }},
    };
    return std::make_unique<StoreSource<Job>>(
        store, &Job::name, [] { return now; }, std::move(columns));
}

} // namespace

/// The language of the filter bars: a line in, the names of the rows it lets through out.
class FilterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void letsThrough_data();
    void letsThrough();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void completes_data();
    void completes();
    void knowsWhenItNarrows();
    void comparesWithoutCase();

private:
    void put(const QString &name, const QString &state, const QString &word, double cpus,
             double memory, double age);

    RowStore<Job> m_store;
    std::unique_ptr<TableSource> m_source;
};

void FilterTest::put(const QString &name, const QString &state, const QString &word, double cpus,
                     double memory, double age)
{
    m_store.touch(name) = {name, state, word, cpus, memory, now - age};
}

void FilterTest::initTestCase()
{
    m_source = jobSource(m_store);
    put(QStringLiteral("redis"), QStringLiteral("运行中"), QStringLiteral("running"), 2, 512, 30);
    put(QStringLiteral("web one"), QStringLiteral("失败"), QStringLiteral("failed"), 0.5, 2048,
        600);
    put(QStringLiteral("Batch"), QStringLiteral("丢失"), QStringLiteral("lost"), 4, 128, 7200);
}

void FilterTest::letsThrough_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("names");
    const auto row = [](const char *line, const char *names) {
        QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(names);
    };
    row("", "redis,web one,Batch");
    row("RED", "redis");
    row("\"web one\"", "web one");
    row("web batch", "");
    row("-redis", "web one,Batch");
    row("state:failed", "web one");
    row("state:失败", "web one");
    row("state:failed,lost", "web one,Batch");
    row("state=fail", "");
    row("state!=running", "web one,Batch");
    row("-state:lost,failed", "redis");
    row("cpus>1", "redis,Batch");
    row("cpus>=2 cpus<4", "redis");
    row("cpus:0.5", "web one");
    row("cpus!=4", "redis,web one");
    row("mem>=512M", "redis,web one");
    row("mem>1GiB", "web one");
    row("内存上限>1GiB", "web one");
    row("-内存上限>1GiB cpus<4", "redis");
    row("updated<1m", "redis");
    row("updated>5m", "web one,Batch");
    row("-updated>1h cpus>1", "redis");
    row("name:e cpus>1 state:run", "redis");
}

void FilterTest::letsThrough()
{
    QFETCH(QString, line);
    QFETCH(QString, names);
    const Filter filter = Filter::parse(line, *m_source);
    QVERIFY2(!filter.problem(), filter.problem() ? qPrintable(filter.problem()->text) : "");
    QStringList shown;
    for (int slot = 0; slot < m_source->slotCount(); ++slot) {
        if (filter.matches(*m_source, slot))
            shown << m_source->key(slot);
    }
    QCOMPARE(shown.join(QLatin1Char(',')), names);
}

void FilterTest::namesWhatIsWrong_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("says");
    QTest::addColumn<int>("position");
    const auto row = [](const char *line, const char *says, int position) {
        QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(says) << position;
    };
    row("cpus>many", "\"many\" does not fit the column \"cpus\"", 0);
    row("redis mem>2X", "write an amount such as 512M", 6);
    row("updated<soon", "write an age such as 90s", 0);
    row("stat:failed", "No column is called \"stat\"", 0);
    row("内存上限>很多", "\"很多\" does not fit the column \"内存上限\"", 0);
    row("name>a", "is a column of text", 0);
    row("cpus>", "Something is missing after \"cpus>\"", 0);
    row("cpus=>2", "\">2\" does not fit the column \"cpus\"", 0);
    row("\"open", "quotation mark is not closed", 0);
}

void FilterTest::namesWhatIsWrong()
{
    QFETCH(QString, line);
    QFETCH(QString, says);
    QFETCH(int, position);
    const Filter filter = Filter::parse(line, *m_source);
    QVERIFY(filter.problem());
    QVERIFY2(filter.problem()->text.contains(says), qPrintable(filter.problem()->text));
    QCOMPARE(filter.problem()->position, qsizetype(position));
}

void FilterTest::completes_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("candidates");
    QTest::newRow("column") << QStringLiteral("redis st") << QStringLiteral("state:");
    QTest::newRow("number") << QStringLiteral("cp") << QStringLiteral("cpus>");
    QTest::newRow("heading") << QStringLiteral("redis 内") << QStringLiteral("内存上限>");
    QTest::newRow("negated") << QStringLiteral("-na") << QStringLiteral("-name:");
    QTest::newRow("value") << QStringLiteral("name:w") << QStringLiteral("name:\"web one\"");
    QTest::newRow("second value") << QStringLiteral("name:redis,b")
                                  << QStringLiteral("name:redis,Batch");
    QTest::newRow("nothing typed") << QString() << QString();
}

void FilterTest::completes()
{
    QFETCH(QString, line);
    QFETCH(QString, candidates);
    const FilterCompletion completion = completeFilter(line, line.size(), *m_source);
    QCOMPARE(completion.candidates.join(QLatin1Char(' ')), candidates);
}

void FilterTest::knowsWhenItNarrows()
{
    const auto parse = [&](const char *line) {
        return Filter::parse(QString::fromLatin1(line), *m_source);
    };
    QVERIFY(parse("redis").narrows(parse("red")));
    QVERIFY(parse("red cpus>2").narrows(parse("red")));
    QVERIFY(parse("red").narrows(parse("")));
    QVERIFY(!parse("red").narrows(parse("redis")));
    QVERIFY(!parse("-redis").narrows(parse("-red")));
    QVERIFY(!parse("updated>5m red").narrows(parse("updated>5m")));
    QVERIFY(!parse("name:a,b").narrows(parse("name:a")));
}

void FilterTest::comparesWithoutCase()
{
    QVERIFY(containsFolded(u"Library/REDIS", u"redis"));
    QVERIFY(containsFolded(u"aab", u"ab"));
    QVERIFY(!containsFolded(u"ab", u"abc"));
    QVERIFY(containsFolded(u"ÜBER", QStringLiteral("Über").toCaseFolded()));
    QVERIFY(containsFolded(u"xÜBER", QStringLiteral("xÜ").toCaseFolded()));
    QVERIFY(containsFolded(u"任务", u"务"));
}

QTEST_GUILESS_MAIN(FilterTest)
#include "tst_filter.moc"
