#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include "gui/session/event_stream.h"

using namespace meseta::console;

/// A stream from a server that says what a test tells it to, or nothing at all.
class EventStreamTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aConnectionThatIsOnlyHalfThereIsNoticed();
    void heartbeatsAloneKeepItOpen();
    void aServerThatNeverAnswersIsNoticed();
    void largeRecordsComeWhole();

private:
    void answer();

    static constexpr std::chrono::milliseconds silence{1000};
    std::unique_ptr<QTcpServer> m_server;
    QTcpSocket *m_peer = nullptr;
    QNetworkAccessManager m_network;
    std::unique_ptr<EventStream> m_stream;
};

void EventStreamTest::init()
{
    m_stream.reset();
    m_server = std::make_unique<QTcpServer>();
    QVERIFY(m_server->listen(QHostAddress::LocalHost));
    m_stream =
        std::make_unique<EventStream>(m_network, EventStream::Options{64LL * 1024 * 1024, silence});
    m_stream->open(QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(m_server->serverPort())), "x");
    QTRY_VERIFY_WITH_TIMEOUT(m_server->hasPendingConnections(), 20000);
    m_peer = m_server->nextPendingConnection();
}

void EventStreamTest::answer()
{
    m_peer->write("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n\r\n");
    m_peer->write("3\none");
}

/// The other side is gone without a word (a cable was pulled): after three heartbeats that did not
/// come, the stream ends with a reason.
void EventStreamTest::aConnectionThatIsOnlyHalfThereIsNoticed()
{
    QSignalSpy records(m_stream.get(), &EventStream::record);
    QSignalSpy ended(m_stream.get(), &EventStream::ended);
    answer();
    QTRY_COMPARE(records.size(), 1);
    QCOMPARE(ended.size(), 0);
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
    QVERIFY2(clock.elapsed() > silence.count() / 2, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(ended.first().first().toString().contains(QStringLiteral("nothing was heard")));
    QVERIFY(!m_stream->isOpen());
}

/// No event for much longer than the silence that is borne, but a sign of life now and then.
void EventStreamTest::heartbeatsAloneKeepItOpen()
{
    QSignalSpy records(m_stream.get(), &EventStream::record);
    QSignalSpy ended(m_stream.get(), &EventStream::ended);
    answer();
    QTimer heart;
    connect(&heart, &QTimer::timeout, this, [this] { m_peer->write("4\nbeat"); });
    heart.start(silence / 5);
    QTRY_VERIFY_WITH_TIMEOUT(records.size() > 15 || !ended.isEmpty(), 20000);
    QCOMPARE(ended.size(), 0);
}

void EventStreamTest::aServerThatNeverAnswersIsNoticed()
{
    QSignalSpy ended(m_stream.get(), &EventStream::ended);
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
    QVERIFY(!ended.first().first().toString().isEmpty());
}

void EventStreamTest::largeRecordsComeWhole()
{
    std::vector<std::string> records;
    connect(m_stream.get(), &EventStream::record, this,
            [&records](std::string &bytes) { records.push_back(std::move(bytes)); });
    answer();
    std::string large(20'000'000, 'a');
    large.back() = 'z';
    m_peer->write("20000000\n");
    m_peer->write(large.data(), static_cast<qint64>(large.size()));
    m_peer->write("0\n4\nlast");
    QTRY_COMPARE_WITH_TIMEOUT(records.size(), std::size_t(4), 20000);
    QCOMPARE(records[0], std::string("one"));
    QVERIFY(records[1] == large);
    QCOMPARE(records[2], std::string());
    QCOMPARE(records[3], std::string("last"));
}

QTEST_GUILESS_MAIN(EventStreamTest)
#include "tst_event_stream.moc"
