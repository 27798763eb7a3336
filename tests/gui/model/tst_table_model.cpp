#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "gui/model/store_source.h"
#include "gui/model/table_export.h"
#include "gui/model/table_model.h"

using namespace meseta::console;

namespace {

struct Fruit
{
    QString name;
    int weight = 0;

    bool operator==(const Fruit &) const = default;
};

bool s_inGerman = false; // what the colours are called

std::unique_ptr<TableSource> fruitSource(const RowStore<Fruit> &store)
{
    std::vector<Column<Fruit>> columns = {
        {.title = "Name", .field = "name", .held = member<Fruit, &Fruit::name>},
        {.title = "Weight",
         .field = "weight",
         .kind = ColumnKind::Count,
         .number = [](const Fruit &fruit) { return double(fruit.weight); }},
        {.title = "Colour",
         .field = "colour",
         .text =
             [](const Fruit &fruit) {
                 if (fruit.weight > 10)
                     return s_inGerman ? QStringLiteral("rot") : QStringLiteral("Red");
                 return s_inGerman ? QStringLiteral("grün") : QStringLiteral("green");
             }},
    };
    return std::make_unique<StoreSource<Fruit>>(store, &Fruit::name, nullptr, std::move(columns));
}

} // namespace

class TableModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void showsRowsInOrder();
    void insertsAndRemoves();
    void keepsASelectionThroughASort();
    void filtersByEveryWord();
    void aChangeCanMakeARowVisible();
    void removesScatteredRowsInOneGo();
    void aScopeIsAskedBesideTheFilter();
    void sortsTextsThatBeginAlike();
    void sortsAnyTextsLikeQt();
    void sortsOnceAndAnewInAnotherLanguage();
    void restsWhileNobodyLooks();
    void takesWhatIsMuchInSlices();
    void sortsAndFiltersWhileItIsBehind();
    void keepsUpWhileItRests();
    void aSlotThatIsUsedAgainIsAnotherRow();
    void rowsThatWentAreTakenApartInPieces();
    void exportsWhatIsShown();
    void survivesARandomWalk();

private:
    void put(const char *name, int weight) { put(QString::fromLatin1(name), weight); }
    void put(const QString &name, int weight)
    {
        Fruit &fruit = m_store->touch(name);
        fruit.name = name;
        fruit.weight = weight;
    }
    void flush()
    {
        const RowChanges changes = m_store->flush();
        m_model->apply(changes);
        m_store->release(changes);
        m_store->tidy(changes.removed.size());
    }
    QString shown() const
    {
        QStringList names;
        for (int row = 0; row < m_model->rowCount(); ++row)
            names << m_model->index(row, 0).data().toString();
        return names.join(QLatin1Char(' '));
    }

    std::unique_ptr<RowStore<Fruit>> m_store;
    std::unique_ptr<TableModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TableModelTest::init()
{
    m_store = std::make_unique<RowStore<Fruit>>();
    m_model = std::make_unique<TableModel>(fruitSource(*m_store));
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void TableModelTest::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_store.reset();
}

void TableModelTest::showsRowsInOrder()
{
    put("pear", 3);
    put("apple", 1);
    put("melon", 2);
    flush();
    QCOMPARE(shown(), QStringLiteral("apple melon pear"));
    m_model->sort(1, Qt::DescendingOrder);
    QCOMPARE(shown(), QStringLiteral("pear melon apple"));
}

void TableModelTest::insertsAndRemoves()
{
    put("apple", 1);
    put("melon", 2);
    put("pear", 3);
    flush();
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    m_store->remove(QStringLiteral("apple"));
    m_store->remove(QStringLiteral("melon"));
    put("banana", 4);
    flush();
    QCOMPARE(shown(), QStringLiteral("banana pear"));
    QCOMPARE(removed.size(), 1); // neighbours go in one run
}

void TableModelTest::keepsASelectionThroughASort()
{
    put("apple", 1);
    put("melon", 2);
    flush();
    const QPersistentModelIndex melon = m_model->index(1, 0);
    put("melon", 9);
    put("aardvark", 5);
    flush();
    QCOMPARE(shown(), QStringLiteral("aardvark apple melon"));
    QCOMPARE(melon.data().toString(), QStringLiteral("melon"));
    m_model->sort(1, Qt::DescendingOrder);
    QCOMPARE(melon.row(), 0);
    QCOMPARE(melon.data().toString(), QStringLiteral("melon"));
}

void TableModelTest::filtersByEveryWord()
{
    put("apple", 10);
    put("pineapple", 20);
    put("pear", 10);
    flush();
    m_model->setFilter(QStringLiteral("APPLE weight:10"));
    QCOMPARE(shown(), QStringLiteral("apple"));
    m_model->setFilter({});
    QCOMPARE(m_model->rowCount(), 3);
}

void TableModelTest::aChangeCanMakeARowVisible()
{
    put("apple", 10);
    flush();
    m_model->setFilter(QStringLiteral("weight>50"));
    QCOMPARE(m_model->rowCount(), 0);
    put("apple", 99);
    flush();
    QCOMPARE(shown(), QStringLiteral("apple"));
    put("apple", 1);
    flush();
    QCOMPARE(m_model->rowCount(), 0);
}

void TableModelTest::removesScatteredRowsInOneGo()
{
    for (int i = 0; i < 40; ++i)
        put(QStringLiteral("f%1").arg(i, 2, 10, QLatin1Char('0')), i);
    flush();
    const QPersistentModelIndex kept = m_model->index(31, 0);
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    for (int i = 0; i < 40; i += 2)
        m_store->remove(QStringLiteral("f%1").arg(i, 2, 10, QLatin1Char('0')));
    flush();
    QCOMPARE(removed.size(), 1);
    QCOMPARE(m_model->rowCount(), 20);
    QCOMPARE(m_model->index(0, 0).data().toString(), QStringLiteral("f01"));
    QCOMPARE(kept.data().toString(), QStringLiteral("f31"));
}

void TableModelTest::aScopeIsAskedBesideTheFilter()
{
    put("apple", 1);
    put("apricot", 20);
    put("pear", 30);
    flush();
    m_model->setScope([this](int slot) { return m_store->at(slot).weight > 10; });
    QCOMPARE(shown(), QStringLiteral("apricot pear"));
    m_model->setFilter(QStringLiteral("ap"));
    QCOMPARE(shown(), QStringLiteral("apricot"));
    QCOMPARE(m_model->totalRows(), 3);
}

void TableModelTest::sortsTextsThatBeginAlike()
{
    for (const char *name : {"task-0000000010", "task-0000000009", "task-", "task-00000000100"})
        put(name, 1);
    put(QStringLiteral("task-任务"), 1);
    flush();
    QCOMPARE(shown(),
             QStringLiteral("task- task-0000000009 task-0000000010 task-00000000100 task-任务"));
    m_model->sort(0, Qt::DescendingOrder);
    QCOMPARE(shown(),
             QStringLiteral("task-任务 task-00000000100 task-0000000010 task-0000000009 task-"));
}

/// A view of Qt asks for one order twice.
void TableModelTest::sortsOnceAndAnewInAnotherLanguage()
{
    put("melon", 20);
    put("apple", 1);
    put("pear", 30);
    flush();
    QSignalSpy arranged(m_model.get(), &QAbstractItemModel::layoutChanged);
    m_model->sort(2, Qt::AscendingOrder);
    m_model->sort(2, Qt::AscendingOrder);
    QCOMPARE(arranged.size(), 1);
    QVERIFY(shown().endsWith(QLatin1String("apple"))); // "Red" is before "green"
    s_inGerman = true;
    const auto back = qScopeGuard([] { s_inGerman = false; });
    m_model->retranslate();
    QVERIFY2(shown().startsWith(QLatin1String("apple")), qPrintable(shown()));
    put("banana", 2); // what comes later finds its place among them
    flush();
    QVERIFY2(shown().startsWith(QLatin1String("apple banana")), qPrintable(shown()));
}

void TableModelTest::sortsAnyTextsLikeQt()
{
    quint32 seed = 11;
    const auto next = [&seed](quint32 below) {
        seed = seed * 1664525u + 1013904223u;
        return (seed >> 8) % below;
    };
    QStringList names;
    const QStringList parts{QStringLiteral("a"),   QStringLiteral("executor"),
                            QString(QChar(u'\0')), QStringLiteral("任务"),
                            QStringLiteral("Z"),   QStringLiteral("ÿ"),
                            QStringLiteral("0")};
    for (int i = 0; i < 3000; ++i) {
        QString name;
        for (quint32 part = 0, count = next(9); part < count; ++part)
            name += parts.at(static_cast<int>(next(7)));
        if (!names.contains(name))
            names << name;
    }
    for (const QString &name : names)
        put(name, 1);
    m_tester.reset(); // slow with so many rows
    flush();
    m_model->catchUp();
    QStringList expected = names, shownNames;
    std::sort(expected.begin(), expected.end());
    for (int row = 0; row < m_model->rowCount(); ++row)
        shownNames << m_model->index(row, 0).data().toString();
    QCOMPARE(shownNames, expected);
    m_model->sort(0, Qt::DescendingOrder);
    for (int row = 0; row < m_model->rowCount(); ++row)
        QCOMPARE(m_model->index(row, 0).data().toString(), expected.at(expected.size() - 1 - row));
}

/// A large table that is not shown notes what happens, and shows the same as one that was.
void TableModelTest::restsWhileNobodyLooks()
{
    m_tester.reset();
    for (int i = 0; i < 8000; ++i)
        put(QStringLiteral("f%1").arg(i), i);
    flush();
    m_model->catchUp();
    QPersistentModelIndex kept = m_model->index(m_model->rowOfKey(QStringLiteral("f77")), 0);
    TableModel awake(fruitSource(*m_store));
    m_model->setResting(true);
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 50; ++i) {
            put(QStringLiteral("new%1.%2").arg(round).arg(i), round);
            put(QStringLiteral("f%1").arg(100 + i), round);
            m_store->remove(QStringLiteral("f%1").arg(200 + round * 50 + i));
        }
        const RowChanges changes = m_store->flush();
        m_model->apply(changes);
        awake.apply(changes);
        m_store->release(changes);
        m_store->tidy(changes.removed.size());
    }
    QCOMPARE(inserted.size(), 0);
    QCOMPARE(m_model->rowCount(), 7000); // what went is gone at once
    m_model->setResting(false);
    m_model->catchUp();
    QCOMPARE(m_model->rowCount(), 8000);
    for (int row = 0; row < 8000; ++row)
        QCOMPARE(m_model->keyOfRow(row), awake.keyOfRow(row));
    QCOMPARE(kept.data().toString(), QStringLiteral("f77"));
    m_model->setResting(true);
    m_store->clear();
    put("only", 1);
    flush();
    QCOMPARE(m_model->rowCount(), 1); // few rows are no work
}

/// Far more than a frame has room for: no step of it is large, and what is shown in the end is the
/// same as if all had been taken at once.
void TableModelTest::takesWhatIsMuchInSlices()
{
    constexpr int rows = 20000;
    m_tester.reset();
    m_model->sort(1, Qt::AscendingOrder);
    for (int i = 0; i < rows; ++i)
        put(QStringLiteral("f%1").arg(i), i * 7919 % rows);
    flush();
    QVERIFY(m_model->isBehind());
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    QTRY_VERIFY_WITH_TIMEOUT(!m_model->isBehind(), 20000);
    QCOMPARE(m_model->rowCount(), rows);
    for (const QList<QVariant> &slice : inserted)
        QVERIFY(slice[2].toInt() - slice[1].toInt() < static_cast<int>(TableModel::sliceRows));

    // Nearly all change their order, some go, some come, and more of it before that is done.
    const QPersistentModelIndex kept =
        m_model->index(m_model->rowOfKey(QStringLiteral("f4321")), 0);
    const auto shuffle = [this](int seed) {
        for (int i = 0; i < rows; ++i) {
            if (i % 10 == seed)
                m_store->remove(QStringLiteral("f%1").arg(i));
            else if (m_store->find(QStringLiteral("f%1").arg(i)))
                put(QStringLiteral("f%1").arg(i), i * (104729 + seed) % rows);
        }
        for (int i = 0; i < 100; ++i)
            put(QStringLiteral("new%1.%2").arg(seed).arg(i), i);
        flush();
    };
    shuffle(2);
    QVERIFY(m_model->isBehind());
    QCoreApplication::processEvents();
    shuffle(3);
    QCOMPARE(m_model->rowOfKey(QStringLiteral("f3")), -1); // what went is gone at once
    QTRY_VERIFY_WITH_TIMEOUT(!m_model->isBehind(), 20000);
    TableModel whole(fruitSource(*m_store));
    whole.sort(1, Qt::AscendingOrder);
    QCOMPARE(m_model->rowCount(), whole.rowCount());
    for (int row = 0; row < whole.rowCount(); ++row)
        QCOMPARE(m_model->keyOfRow(row), whole.keyOfRow(row));
    QCOMPARE(kept.data().toString(), QStringLiteral("f4321"));
}

void TableModelTest::sortsAndFiltersWhileItIsBehind()
{
    constexpr int rows = 12000;
    m_tester.reset();
    const auto fill = [this](int factor) {
        for (int i = 0; i < rows; ++i)
            put(QStringLiteral("f%1").arg(i), i * factor % rows);
        flush();
    };
    fill(7919);
    m_model->sort(1, Qt::DescendingOrder); // all that is behind is sorted too
    QVERIFY(!m_model->isBehind());
    QCOMPARE(m_model->rowCount(), rows);
    QCOMPARE(m_model->index(0, 1).data().toString(), QStringLiteral("11,999"));
    fill(104729);
    QVERIFY(m_model->isBehind());
    m_model->setFilter(QStringLiteral("f11"));
    m_model->setFilter(QStringLiteral("f119")); // only rows that are shown are looked at
    QTRY_VERIFY_WITH_TIMEOUT(!m_model->isBehind(), 20000);
    TableModel whole(fruitSource(*m_store));
    whole.sort(1, Qt::DescendingOrder);
    whole.setFilter(QStringLiteral("f119"));
    QCOMPARE(m_model->rowCount(), 111);
    for (int row = 0; row < whole.rowCount(); ++row)
        QCOMPARE(m_model->keyOfRow(row), whole.keyOfRow(row));
}

/// A table that rests long is still little behind when it is shown.
void TableModelTest::keepsUpWhileItRests()
{
    m_tester.reset();
    m_model->setResting(true);
    for (int i = 0; i < 20000; ++i)
        put(QStringLiteral("f%1").arg(i), i);
    flush();
    const int few = static_cast<int>(TableModel::sliceRows);
    QTRY_VERIFY_WITH_TIMEOUT(m_model->rowCount() > 20000 - few, 20000);
    m_model->setResting(false);
    QVERIFY(!m_model->isBehind());
    QCOMPARE(m_model->rowCount(), 20000);
}

void TableModelTest::aSlotThatIsUsedAgainIsAnotherRow()
{
    m_tester.reset();
    for (int i = 0; i < 6000; ++i)
        put(QStringLiteral("f%1").arg(i), i);
    flush();
    m_model->catchUp();
    m_model->setResting(true);
    const int slot = m_store->slotOf(QStringLiteral("f5"));
    const QPersistentModelIndex old = m_model->index(m_model->rowOfKey(QStringLiteral("f5")), 0);
    put("f5", 7);
    flush();
    m_store->remove(QStringLiteral("f5"));
    flush();
    put("another", 1);
    flush();
    QCOMPARE(m_store->slotOf(QStringLiteral("another")), slot);
    QVERIFY(!old.isValid()); // whoever had selected it has nothing selected now
    m_model->setResting(false);
    QCOMPARE(m_model->rowCount(), 6000);
    QCOMPARE(m_model->rowOfKey(QStringLiteral("another")), 0);
}

void TableModelTest::rowsThatWentAreTakenApartInPieces()
{
    for (int i = 0; i < 10; ++i)
        put(QStringLiteral("f%1").arg(i), i);
    flush();
    for (int i = 0; i < 10; ++i)
        m_store->remove(QStringLiteral("f%1").arg(i));
    const RowChanges changes = m_store->flush();
    m_model->apply(changes);
    m_store->release(changes);
    QVERIFY(!m_store->tidy(4));
    // Slots of the others are not given to new rows meanwhile, and those that are begin blank.
    for (int i = 0; i < 6; ++i) {
        Fruit &fruit = m_store->touch(QStringLiteral("new%1").arg(i));
        QCOMPARE(fruit, Fruit{});
        fruit.name = QStringLiteral("new%1").arg(i);
    }
    QCOMPARE(m_store->slotCount(), 12);
    QVERIFY(m_store->tidy(6));
    flush();
    QCOMPARE(m_model->rowCount(), 6);
    put("last", 1);
    QCOMPARE(m_store->slotCount(), 12);
    flush();
    QCOMPARE(shown(), QStringLiteral("last new0 new1 new2 new3 new4 new5"));
}

void TableModelTest::exportsWhatIsShown()
{
    put("=cmd()", 1);
    put("a,\"b\"", 20);
    flush();
    QCOMPARE(toCsv(*m_model, {0, 1}),
             QByteArray("name,weight\r\n'=cmd(),1\r\n\"a,\"\"b\"\"\",20\r\n"));
    m_model->setFilter(QStringLiteral("cmd"));
    QCOMPARE(QString::fromUtf8(toJson(*m_model, {1, 0})).simplified(),
             QStringLiteral("[ { \"name\": \"=cmd()\", \"weight\": 1 } ]"));
    QCOMPARE(toClipboard(*m_model, {0}, {0, 2}), QStringLiteral("=cmd()\tgreen"));
}

void TableModelTest::survivesARandomWalk()
{
    quint32 seed = 7;
    const auto next = [&seed] { return seed = seed * 1664525u + 1013904223u; };
    QMap<QString, int> expected;
    m_model->sort(1, Qt::AscendingOrder);
    for (int round = 0; round < 300; ++round) {
        for (quint32 i = 0, n = next() % 6; i < n; ++i) {
            const QString name = QStringLiteral("f%1").arg((next() >> 8) % 40);
            if ((next() >> 8) % 3 == 0) {
                m_store->remove(name);
                expected.remove(name);
            } else {
                const int weight = static_cast<int>((next() >> 8) % 100);
                put(name, weight);
                expected.insert(name, weight);
            }
        }
        flush();
        QCOMPARE(m_model->rowCount(), expected.size());
        for (int row = 0; row < m_model->rowCount(); ++row) {
            const QString name = m_model->index(row, 0).data().toString();
            QVERIFY(expected.contains(name));
            if (row > 0)
                QVERIFY(expected.value(m_model->index(row - 1, 0).data().toString())
                        <= expected.value(name));
        }
    }
}

QTEST_GUILESS_MAIN(TableModelTest)
#include "tst_table_model.moc"
