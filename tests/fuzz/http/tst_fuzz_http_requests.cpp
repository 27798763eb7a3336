// Feeds the request reader with seeded mutations of good requests. MESETA_FUZZ_SEED and
// MESETA_FUZZ_ROUNDS choose others.
#include <random>

#include <QTest>

#include "common/http/gzip.h"
#include "common/http/request_parser.h"

using namespace meseta::http;

namespace {

constexpr qint64 headerLimit = 4096;
constexpr qint64 inputLimit = 64 * 1024;

/// Writes down all it is told, to compare two readings of the same bytes.
class Recorder final : public RequestParser::Sink
{
public:
    bool head(RequestHead head) override
    {
        qint64 size = head.request.target.size();
        for (const auto &[name, value] : head.request.headers.fields())
            size += name.size() + value.size();
        tooLarge = tooLarge || size > headerLimit;
        note("head",
             head.request.method + ' ' + head.request.target + ' ' + head.request.path + ' '
                 + QByteArray::number(head.contentLength.value_or(-1))
                 + (head.chunked ? " chunked" : "") + (head.request.keepAlive ? " keep" : ""));
        for (const auto &[name, value] : head.request.headers.fields())
            note("field", name + ':' + value);
        return head.request.method != "DELETE"; // some are refused
    }

    bool body(const char *data, qsizetype size) override
    {
        m_body.append(data, size);
        return m_body.size() < inputLimit;
    }

    bool complete() override
    {
        note("body", std::exchange(m_body, {}));
        return ++m_requests % 3 != 0; // now and then a pause
    }

    QByteArray log;
    bool tooLarge = false;

private:
    void note(const char *kind, const QByteArray &text)
    {
        log += QByteArray(kind) + ' ' + text + '\n';
    }

    QByteArray m_body;
    int m_requests = 0;
};

const QList<QByteArray> &corpus()
{
    static const QList<QByteArray> texts{
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /files/browse?path=%2Ftmp%2F&x=1+2 HTTP/1.1\r\nAccept: a\r\naccept: b\r\n\r\n",
        "HEAD /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST /api/v1 HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
        "21\r\n\r\n{\"type\":\"GET_HEALTH\"}\r\n",
        "POST /master/mesos.internal.X HTTP/1.1\r\nUser-Agent: "
        "libprocess/a@1.2.3.4:5\r\nLibprocess-From: a@1.2.3.4:5\r\n"
        "Connection: Keep-Alive\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\naf\r\n"
            + QByteArray(0xaf, 'b') + "\r\n0\r\n\r\n",
        "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: "
        "100-continue\r\n\r\n1;a=b\r\nx\r\n0\r\nT: t\r\n\r\n",
        "DELETE /quota/a%2fb HTTP/1.1\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    };
    return texts;
}

class Mutator
{
public:
    explicit Mutator(quint64 seed) : m_engine(seed) { }
    int below(qint64 bound) { return bound <= 0 ? 0 : int(m_engine() % quint64(bound)); }

    QByteArray input()
    {
        QByteArray bytes;
        for (int i = below(4); i >= 0; --i)
            bytes += corpus()[below(corpus().size())];
        for (int i = below(6); i > 0; --i)
            mutate(bytes);
        return bytes.left(inputLimit);
    }

private:
    void mutate(QByteArray &bytes)
    {
        static const QList<QByteArray> words{"\r\n",
                                             "\r",
                                             "\n",
                                             ":",
                                             " ",
                                             "%",
                                             "0",
                                             "ffffffffffffffff",
                                             "\r\n\r\n",
                                             QByteArray(1, '\0'),
                                             "Content-Length: 5\r\n",
                                             "Transfer-Encoding: chunked\r\n",
                                             "HTTP/1.1",
                                             QByteArray(5000, 'a'),
                                             QByteArray("A: b\r\n").repeated(900)};
        const int at = below(bytes.size());
        switch (below(6)) {
        case 0:
            if (!bytes.isEmpty())
                bytes[at] = char(below(256));
            break;
        case 1:
            bytes.insert(at, words[below(words.size())]);
            break;
        case 2:
            bytes.remove(at, 1 + below(20));
            break;
        case 3:
            bytes.insert(at, bytes.mid(below(bytes.size()), below(100)));
            break;
        case 4:
            bytes.truncate(at);
            break;
        default:
            if (!bytes.isEmpty())
                bytes[at] = char(bytes[at] ^ (1 << below(8)));
        }
    }

    std::mt19937_64 m_engine;
};

struct Reading
{
    QByteArray log;
    int status = 0;
    bool tooLarge = false;
};

/// Reads the bytes in pieces of up to `largest`.
Reading read(const QByteArray &bytes, Mutator &chance, int largest)
{
    Recorder recorder;
    RequestParser parser(recorder, headerLimit);
    qsizetype at = 0;
    while (at < bytes.size()) {
        const qsizetype piece = std::min<qsizetype>(1 + chance.below(largest), bytes.size() - at);
        // A copy of its own, so that a sanitizer sees any reading beyond it.
        const QByteArray copy(bytes.constData() + at, piece);
        const qsizetype used = parser.feed(copy.constData(), copy.size());
        at += used;
        if (parser.isPaused())
            parser.resume();
        else if (used < piece)
            break;
    }
    return {recorder.log, parser.problem().status, recorder.tooLarge};
}

} // namespace

class FuzzHttpRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheSameInWhateverPieces()
    {
        const quint64 seed = qEnvironmentVariableIntValue("MESETA_FUZZ_SEED");
        const int rounds = std::max(qEnvironmentVariableIntValue("MESETA_FUZZ_ROUNDS"), 3000);
        int refused = 0;
        for (int round = 0; round < rounds; ++round) {
            Mutator chance(seed * 1000003 + quint64(round));
            const QByteArray bytes = chance.input();
            const Reading whole = read(bytes, chance, int(inputLimit));
            const Reading pieces = read(bytes, chance, 7);
            // Of two faults, which one is seen first may depend on the pieces; that there is one
            // may not.
            QVERIFY2(whole.log == pieces.log && (whole.status == 0) == (pieces.status == 0),
                     ("round " + QByteArray::number(round) + ": " + bytes.toPercentEncoding())
                         .constData());
            QVERIFY2(!whole.tooLarge, QByteArray::number(round).constData());
            QVERIFY(whole.status == 0 || (whole.status >= 400 && whole.status < 600));
            refused += whole.status != 0;
        }
        QVERIFY2(refused > rounds / 10 && refused < rounds,
                 QByteArray::number(refused).constData());
    }

    void unpacksWithinItsBound()
    {
        const QByteArray good = gzip(QByteArray("some text ").repeated(2000));
        for (int round = 0; round < 3000; ++round) {
            Mutator chance{quint64(round)};
            QByteArray bytes = good;
            for (int i = chance.below(4); i >= 0; --i)
                bytes[chance.below(bytes.size())] = char(chance.below(256));
            Gunzip unpacker(10000);
            QByteArray out;
            unpacker.feed(bytes.constData(), bytes.size(), out);
            QVERIFY(out.size() <= 10000);
        }
    }
};

QTEST_GUILESS_MAIN(FuzzHttpRequests)
#include "tst_fuzz_http_requests.moc"
