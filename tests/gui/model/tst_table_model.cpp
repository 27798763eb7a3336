#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "gui/model/table_model.h"

using namespace meseta::console;

namespace {

struct Fruit
{
    QString name;
    int weight = 0;
};

class FruitSource : public TableSource
{
public:
    explicit FruitSource(const RowStore<Fruit> &store) : m_store(store) { }
    int slotCount() const override { return m_store.slotCount(); }
    bool isLive(int slot) const override { return m_store.isLive(slot); }
    int columnCount() const override { return 2; }
    QString title(int column) const override
    {
        return column == 0 ? QStringLiteral("Name") : QStringLiteral("Weight");
    }
    QString text(int slot, int column) const override
    {
        return column == 0 ? m_store.at(slot).name : QString::number(m_store.at(slot).weight);
    }
    bool less(int a, int b, int column) const override
    {
        return column == 0 ? m_store.at(a).name < m_store.at(b).name
                           : m_store.at(a).weight < m_store.at(b).weight;
    }
    bool isNumber(int column) const override { return column == 1; }
    QString key(int slot) const override { return m_store.at(slot).name; }

private:
    const RowStore<Fruit> &m_store;
};

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
    m_model = std::make_unique<TableModel>(std::make_unique<FruitSource>(*m_store));
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
    m_model->setFilter(QStringLiteral("APPLE 10"));
    QCOMPARE(shown(), QStringLiteral("apple"));
    m_model->setFilter({});
    QCOMPARE(m_model->rowCount(), 3);
}

void TableModelTest::aChangeCanMakeARowVisible()
{
    put("apple", 10);
    flush();
    m_model->setFilter(QStringLiteral("99"));
    QCOMPARE(m_model->rowCount(), 0);
    put("apple", 99);
    flush();
    QCOMPARE(shown(), QStringLiteral("apple"));
    put("apple", 1);
    flush();
    QCOMPARE(m_model->rowCount(), 0);
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
