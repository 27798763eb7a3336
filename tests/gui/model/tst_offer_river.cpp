#include <QTest>

#include "gui/model/offer_river.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using Removed = sample::Event::OfferRemoved;

/// Offers over time: ten steps of ten seconds, from 1000 to 1100.
class OfferRiverTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void countsEachFate();
    void holdsWhileItIsOutstanding();
    void hoardsAfterAMinute();
    void gathersTheSmallOnes();

private:
    OfferRiver river(RiverBy by = RiverBy::Framework) const
    {
        return offerRiver(offerLog(*m_replica), by, 100, 10);
    }
    void offer(const std::string &id, double from, const std::string &framework = "F")
    {
        m_replica->apply(sample::offerAdded(sample::offer(id, framework, "A", 1), from));
    }

    std::unique_ptr<Replica> m_replica;
};

void OfferRiverTest::init()
{
    m_replica = std::make_unique<Replica>();
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 8);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "marathon");
    m_replica->apply(first);
    m_replica->setNow(1100);
}

void OfferRiverTest::countsEachFate()
{
    offer("1", 1005);
    offer("2", 1005);
    offer("3", 1005);
    m_replica->apply(sample::offerRemoved("1", Removed::ACCEPTED, 1015));
    m_replica->apply(sample::offerRemoved("2", Removed::DECLINED, 1025));
    m_replica->apply(sample::offerRemoved("3", Removed::RESCINDED, 1035));
    const OfferRiver told = river();
    QCOMPARE(told.bands.size(), 1);
    const RiverBand &band = told.bands.first();
    QCOMPARE(band.name, QStringLiteral("marathon"));
    QCOMPARE(band.made, (std::vector<int>{3, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    QCOMPARE(band.accepted, (std::vector<int>{0, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
    QCOMPARE(band.declined, (std::vector<int>{0, 0, 1, 0, 0, 0, 0, 0, 0, 0}));
    QCOMPARE(band.takenBack, (std::vector<int>{0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
    QCOMPARE(band.held, (std::vector<int>{3, 2, 1, 0, 0, 0, 0, 0, 0, 0}));
}

void OfferRiverTest::holdsWhileItIsOutstanding()
{
    offer("1", 1055);
    QCOMPARE(river().bands.first().held, (std::vector<int>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));
    QCOMPARE(river(RiverBy::Role).bands.first().key, QStringLiteral("*"));
}

void OfferRiverTest::hoardsAfterAMinute()
{
    offer("1", 1005);
    QCOMPARE(river().bands.first().hoarded, (std::vector<int>{0, 0, 0, 0, 0, 0, 1, 1, 1, 1}));
}

void OfferRiverTest::gathersTheSmallOnes()
{
    for (int framework = 0; framework < 9; ++framework) {
        for (int i = 0; i <= framework; ++i)
            offer(std::to_string(framework) + "-" + std::to_string(i), 1050,
                  "F" + std::to_string(framework));
    }
    const OfferRiver told = river();
    QCOMPARE(told.bands.size(), OfferRiver::mostBands);
    QCOMPARE(told.bands.first().key, QStringLiteral("F8"));
    QVERIFY(told.bands.last().key.isEmpty());
    QCOMPARE(told.bands.last().held.back(), 1 + 2 + 3 + 4);
}

QTEST_GUILESS_MAIN(OfferRiverTest)
#include "tst_offer_river.moc"
