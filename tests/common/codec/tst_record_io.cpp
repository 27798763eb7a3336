#include <QtTest>

#include "common/codec/record_io.h"

using namespace meseta::codec;
using Records = std::vector<std::string>;

class TestRecordIo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesLengthNewlineBytes();
    void decodesInAnyPieces_data();
    void decodesInAnyPieces();
    void emptyRecordIsARecord();
    void severalRecordsInOnePiece();
    void knowsWhetherARecordIsHalfRead();
    void refuses_data();
    void refuses();
    void refusesTooLongBeforeItArrives();
    void staysFailed();
};

void TestRecordIo::encodesLengthNewlineBytes()
{
    QCOMPARE(encodeRecord("hello"), std::string("5\nhello"));
    QCOMPARE(encodeRecord(""), std::string("0\n"));
}

void TestRecordIo::decodesInAnyPieces_data()
{
    QTest::addColumn<int>("pieceSize");
    for (const int size : {1, 2, 3, 7, 1000})
        QTest::addRow("%d", size) << size;
}

void TestRecordIo::decodesInAnyPieces()
{
    QFETCH(int, pieceSize);
    const Records sent = {"one", "", "with\nnewline", std::string(300, 'x')};
    std::string stream;
    for (const std::string &record : sent)
        stream += encodeRecord(record);

    RecordDecoder decoder;
    Records received;
    for (std::size_t at = 0; at < stream.size(); at += static_cast<std::size_t>(pieceSize)) {
        const auto records =
            decoder.feed(std::string_view(stream).substr(at, static_cast<std::size_t>(pieceSize)));
        QVERIFY(records);
        received.insert(received.end(), records->begin(), records->end());
    }
    QCOMPARE(received, sent);
    QVERIFY(decoder.atBoundary());
}

void TestRecordIo::emptyRecordIsARecord()
{
    RecordDecoder decoder;
    QCOMPARE(decoder.feed("0\n").value(), Records{""});
}

void TestRecordIo::severalRecordsInOnePiece()
{
    RecordDecoder decoder;
    QCOMPARE(decoder.feed("1\na2\nbc3\nd").value(), (Records{"a", "bc"}));
    QCOMPARE(decoder.feed("ef").value(), Records{"def"});
}

void TestRecordIo::knowsWhetherARecordIsHalfRead()
{
    RecordDecoder decoder;
    QVERIFY(decoder.atBoundary());
    QVERIFY(decoder.feed("5").has_value());
    QVERIFY(!decoder.atBoundary());
    QVERIFY(decoder.feed("\nhell").has_value());
    QVERIFY(!decoder.atBoundary());
    QVERIFY(decoder.feed("o").has_value());
    QVERIFY(decoder.atBoundary());
}

void TestRecordIo::refuses_data()
{
    QTest::addColumn<std::string>("stream");
    QTest::newRow("no number") << std::string("abc\n");
    QTest::newRow("no number yet") << std::string("1x");
    QTest::newRow("negative") << std::string("-1\n");
    QTest::newRow("empty line") << std::string("\n");
    QTest::newRow("blank before") << std::string(" 5\nhello");
    QTest::newRow("carriage return") << std::string("5\r\nhello");
    QTest::newRow("over 64 bits") << std::string("99999999999999999999\n");
    QTest::newRow("endless digits") << std::string(21, '1');
}

void TestRecordIo::refuses()
{
    QFETCH(std::string, stream);
    RecordDecoder decoder;
    const auto records = decoder.feed(stream);
    QVERIFY(!records);
    QVERIFY(records.error().message.find("decimal digits") != std::string::npos);
}

void TestRecordIo::refusesTooLongBeforeItArrives()
{
    RecordDecoder decoder(10);
    QCOMPARE(decoder.feed("10\n0123456789").value(), Records{"0123456789"});
    const auto records = decoder.feed("11\n");
    QVERIFY(!records);
    QVERIFY(records.error().message.find("limit of 10 bytes") != std::string::npos);
}

void TestRecordIo::staysFailed()
{
    RecordDecoder decoder;
    QVERIFY(!decoder.feed("x"));
    QVERIFY(!decoder.feed("1\na"));
    QVERIFY(!decoder.atBoundary());
}

QTEST_GUILESS_MAIN(TestRecordIo)
#include "tst_record_io.moc"
