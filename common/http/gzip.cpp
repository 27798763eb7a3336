#include "common/http/gzip.h"

#include <zlib.h>

namespace meseta::http {

namespace {

constexpr int gzipWindow = 15 + 16; // zlib's way to ask for the gzip container
constexpr qsizetype fastFrom = 64 * 1024;

} // namespace

QByteArray gzip(const QByteArray &bytes)
{
    z_stream stream{};
    const int level = bytes.size() >= fastFrom ? Z_BEST_SPEED : Z_DEFAULT_COMPRESSION;
    if (deflateInit2(&stream, level, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    QByteArray packed(qsizetype(deflateBound(&stream, uLong(bytes.size()))), Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_out = uInt(packed.size());
    const int result = deflate(&stream, Z_FINISH);
    packed.resize(result == Z_STREAM_END ? qsizetype(stream.total_out) : 0);
    deflateEnd(&stream);
    packed.squeeze();
    return packed;
}

struct Gunzip::Stream
{
    z_stream z{};
    ~Stream() { inflateEnd(&z); }
};

Gunzip::Gunzip(qint64 limit) : m_stream(std::make_unique<Stream>()), m_limit(limit)
{
    if (inflateInit2(&m_stream->z, gzipWindow) != Z_OK)
        m_state = State::Malformed;
}

Gunzip::~Gunzip() = default;

Gunzip::State Gunzip::feed(const char *data, qsizetype size, QByteArray &out)
{
    z_stream &z = m_stream->z;
    z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data));
    z.avail_in = uInt(size);
    char piece[16 * 1024];
    // Ends when a pass leaves room in the piece: then all input is used up.
    while (m_state == State::More) {
        z.next_out = reinterpret_cast<Bytef *>(piece);
        z.avail_out = sizeof piece;
        const int result = inflate(&z, Z_NO_FLUSH);
        const qsizetype produced = qsizetype(sizeof piece - z.avail_out);
        m_produced += produced;
        if (m_produced > m_limit)
            m_state = State::TooLarge;
        else if (result == Z_STREAM_END)
            m_state = State::Done;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            m_state = State::Malformed;
        if (m_state == State::More || m_state == State::Done)
            out.append(piece, produced);
        if (z.avail_out > 0)
            break;
    }
    return m_state;
}

Result<QByteArray> gunzip(const QByteArray &bytes, qint64 limit)
{
    Gunzip unpacker(limit);
    QByteArray out;
    switch (unpacker.feed(bytes.constData(), bytes.size(), out)) {
    case Gunzip::State::Done:
        return out;
    case Gunzip::State::TooLarge:
        return fail("the gzip body unpacks to more than " + std::to_string(limit) + " bytes");
    case Gunzip::State::More:
        return fail("the gzip body is cut short");
    case Gunzip::State::Malformed:
        break;
    }
    return fail("the body is no valid gzip data");
}

} // namespace meseta::http
