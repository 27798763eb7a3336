#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/views/launch_drops.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using Kind = ObjectRef::Kind;

/// Drops on agents and offers: good and bad payloads, and colours that are the dry run's answer.
class LaunchDropsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void takesAnImageOnAnAgent();
    void refusesWhatIsNoImage_data();
    void refusesWhatIsNoImage();
    void refusesAPlaceThatIsTooSmall();
    void theColourIsTheDryRun();
    void saysWhyNothingIsTaken();

private:
    bool enter(const QString &text, const QPoint &at);
    bool drop(const QString &text, const QPoint &at);

    std::unique_ptr<Replica> m_replica;
    std::unique_ptr<QWidget> m_surface;
    LaunchDrops *m_drops = nullptr; // of the surface
};

// The left half of the surface is a large agent, the right one a small one.
void LaunchDropsTest::init()
{
    m_replica = std::make_unique<Replica>();
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    *state->mutable_get_agents()->add_agents() = sample::agent("large", 8, 2);
    *state->mutable_get_agents()->add_agents() = sample::agent("small", 0.05);
    m_replica->apply(first);
    m_surface = std::make_unique<QWidget>();
    m_surface->resize(200, 100);
    m_drops = new LaunchDrops(*m_replica, m_surface.get(), [](const QPoint &at) {
        return ObjectRef{Kind::Agent,
                         at.x() < 100 ? QStringLiteral("large") : QStringLiteral("small")};
    });
}

void LaunchDropsTest::cleanup()
{
    m_surface.reset();
    m_replica.reset();
}

bool LaunchDropsTest::enter(const QString &text, const QPoint &at)
{
    QMimeData data;
    data.setText(text);
    QDragEnterEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_surface.get(), &event);
    return event.isAccepted();
}

bool LaunchDropsTest::drop(const QString &text, const QPoint &at)
{
    QMimeData data;
    data.setText(text);
    if (!enter(text, at))
        return false;
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_surface.get(), &move);
    if (!move.isAccepted())
        return false;
    QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_surface.get(), &event);
    return event.isAccepted();
}

void LaunchDropsTest::takesAnImageOnAnAgent()
{
    DropPayload payload;
    QString agent;
    connect(m_drops, &LaunchDrops::dropped, this, [&](const DropPayload &p, const QString &a) {
        payload = p;
        agent = a;
    });
    QVERIFY(drop(QStringLiteral("redis:7"), QPoint(10, 10)));
    QCOMPARE(agent, QStringLiteral("large"));
    QCOMPARE(payload.launches.size(), 1);
    QCOMPARE(payload.launches.first().request.image, QStringLiteral("redis:7"));
    QVERIFY(drop(QStringLiteral("docker run -m 64m nginx"), QPoint(10, 10)));
    QCOMPARE(payload.launches.first().request.image, QStringLiteral("nginx"));
}

void LaunchDropsTest::refusesWhatIsNoImage_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << QString();
    QTest::newRow("prose") << QStringLiteral("This is no image, only a sentence.");
    QTest::newRow("markup") << QStringLiteral("<img src=x>");
}

void LaunchDropsTest::refusesWhatIsNoImage()
{
    QFETCH(QString, text);
    QVERIFY(!enter(text, QPoint(10, 10)));
}

void LaunchDropsTest::refusesAPlaceThatIsTooSmall()
{
    QStringList told;
    connect(m_drops, &LaunchDrops::hovered, this, [&](const QString &text) { told << text; });
    QVERIFY(!drop(QStringLiteral("redis"), QPoint(150, 10)));
    QVERIFY2(told.join(QLatin1Char('|')).contains(QStringLiteral("host-small")),
             qPrintable(told.join(QLatin1Char('|'))));
}

void LaunchDropsTest::theColourIsTheDryRun()
{
    DropPayload payload;
    connect(m_drops, &LaunchDrops::dragged, this, [&](const DropPayload &p) { payload = p; });
    QVERIFY(enter(QStringLiteral("redis"), QPoint(10, 10)));
    for (const char *id : {"large", "small"}) {
        const AgentRow *agent = m_replica->agents().find(QString::fromLatin1(id));
        QCOMPARE(m_drops->fitOf(payload, {Kind::Agent, agent->id}).verdict,
                 fit(payload.launches.first().request, placeOf(*agent)).verdict);
    }
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(m_surface.get(), &leave);
    QVERIFY(payload.launches.isEmpty()); // the colours go
}

void LaunchDropsTest::saysWhyNothingIsTaken()
{
    QSignalSpy told(m_drops, &LaunchDrops::hovered);
    QSignalSpy tinted(m_drops, &LaunchDrops::dragged);
    QSignalSpy dropped(m_drops, &LaunchDrops::dropped);
    m_drops->setRefusal(QStringLiteral("Not today."));
    QVERIFY(enter(QStringLiteral("redis"), QPoint(10, 10))); // or nobody would hear when it leaves
    QVERIFY(tinted.isEmpty());
    QCOMPARE(told.takeLast().at(0).toString(), QStringLiteral("Not today."));
    QMimeData data;
    data.setText(QStringLiteral("redis"));
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_surface.get(), &drop);
    QVERIFY(!drop.isAccepted() && dropped.isEmpty());
    QCOMPARE(told.takeLast().at(0).toString(), QString()); // it has gone
}

QTEST_MAIN(LaunchDropsTest)
#include "tst_launch_drops.moc"
