// A RecordIO stream of any kind: whole or in pieces gives the same records or the same refusal,
// within the limit.

#include <algorithm>
#include <cstdlib>

#include "common/codec/record_io.h"
#include "fuzz.h"

using namespace meseta::codec;

namespace {

constexpr std::size_t Limit = 4096;

struct Outcome
{
    std::vector<std::string> records;
    bool refused = false;
};

void take(RecordDecoder &decoder, std::string_view piece, Outcome &outcome)
{
    const auto records = decoder.feed(piece);
    outcome.refused = !records;
    if (records)
        outcome.records.insert(outcome.records.end(), records->begin(), records->end());
}

Outcome decode(std::string_view stream, std::size_t pieceSize)
{
    RecordDecoder decoder(Limit);
    Outcome outcome;
    for (std::size_t at = 0; at < stream.size() && !outcome.refused; at += pieceSize)
        take(decoder, stream.substr(at, pieceSize), outcome);
    return outcome;
}

/// Larger pieces find the same; only records that came in one piece with a fault are not handed
/// out.
bool agree(const Outcome &bytewise, const Outcome &other)
{
    return bytewise.refused == other.refused && other.records.size() <= bytewise.records.size()
        && std::equal(other.records.begin(), other.records.end(), bytewise.records.begin())
        && (other.refused || other.records.size() == bytewise.records.size());
}

} // namespace

std::vector<std::string> fuzzSeeds()
{
    return {encodeRecord("hello") + encodeRecord("") + encodeRecord(std::string(200, 'x')),
            "4096\n", "18446744073709551615\nx"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view stream(reinterpret_cast<const char *>(data), size);
    const Outcome bytewise = decode(stream, 1);
    for (const std::size_t pieceSize : {std::size_t(3), stream.size() + 1}) {
        if (!agree(bytewise, decode(stream, pieceSize)))
            std::abort();
    }
    for (const std::string &record : bytewise.records) {
        if (record.size() > Limit)
            std::abort();
    }
    return 0;
}
