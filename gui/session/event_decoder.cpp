#include "gui/session/event_decoder.h"

#include <malloc.h>

#include "common/codec/field_count.h"
#include "common/codec/wire_reader.h"

namespace meseta::console {

namespace {

using codec::WireReader;
using Ours = ::meseta::v1::Event;
using Mesos = mesos::v1::master::Event;
using Response = mesos::v1::master::Response;

static_assert(int(Mesos::kTypeFieldNumber) == int(Ours::kTypeFieldNumber));

constexpr std::size_t fullBytes = 4 * 1024 * 1024;
constexpr std::size_t fullRecords = 20000;
constexpr std::size_t mostTold = 50; // events or pieces
constexpr std::size_t pieceRows = 200;

void putVarint(std::string &to, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        to += static_cast<char>(value | 0x80);
    to += static_cast<char>(value);
}

void putTag(std::string &to, int field, WireReader::WireType type)
{
    putVarint(to, static_cast<std::uint64_t>(field) << 3 | type);
}

std::size_t sizeOfVarint(std::uint64_t value)
{
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        ++size;
    return size;
}

/// A record of our stream that holds a message of the Mesos stream at `field`.
std::string ours(Ours::Type type, int field, std::string_view message)
{
    std::string record;
    record.reserve(message.size() + 16);
    putTag(record, Ours::kTypeFieldNumber, WireReader::Varint);
    putVarint(record, type);
    putTag(record, field, WireReader::Length);
    putVarint(record, message.size());
    return record += message;
}

/// The same for a GetState, which stands one message deeper.
std::string oursOfState(std::string_view state)
{
    constexpr int stateField = Ours::Subscribed::kGetStateFieldNumber;
    std::string record;
    record.reserve(state.size() + 32);
    putTag(record, Ours::kTypeFieldNumber, WireReader::Varint);
    putVarint(record, Ours::SUBSCRIBED);
    putTag(record, Ours::kSubscribedFieldNumber, WireReader::Length);
    putVarint(record, 1 + sizeOfVarint(state.size()) + state.size());
    putTag(record, stateField, WireReader::Length);
    putVarint(record, state.size());
    return record += state;
}

/// The first levels of a record: what kind it is, when it was, and one message in it.
struct Peek
{
    std::uint64_t type = 0;
    double time = 0;
    std::string_view message;
    bool whole = true;
};

/// `messageField` is looked for; the last counts, as in protobuf where it may stand once.
Peek peek(std::string_view record, int messageField)
{
    Peek found;
    WireReader reader(record);
    while (!reader.atEnd() && found.whole) {
        WireReader::Tag tag{};
        std::uint64_t bits = 0;
        if (!reader.tag(tag)) {
            found.whole = false;
        } else if (tag.number == Ours::kTypeFieldNumber && tag.type == WireReader::Varint) {
            found.whole = reader.varint(found.type);
        } else if (tag.number == Ours::kTimeFieldNumber && tag.type == WireReader::Fixed64) {
            found.whole = reader.scalar(tag.type, bits);
            std::memcpy(&found.time, &bits, sizeof bits);
        } else if (static_cast<int>(tag.number) == messageField && tag.type == WireReader::Length) {
            found.whole = reader.bytes(found.message);
        } else {
            found.whole = reader.skip(tag);
        }
    }
    return found;
}

/// Rows are made on one thread and let go on another. With an arena for each, what one frees the
/// others cannot use, and a third of the memory lies idle; large buffers go back at once.
void shareMemoryAmongThreads()
{
    static const bool once = mallopt(M_ARENA_MAX, 1) && mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    Q_UNUSED(once)
}

} // namespace

std::optional<std::string_view> snapshotIn(std::string_view record)
{
    const Peek told = peek(record, Ours::kSubscribedFieldNumber);
    if (!told.whole || told.type != Ours::SUBSCRIBED)
        return std::nullopt;
    return told.message;
}

EventDecoder::EventDecoder(QObject *parent) : QObject(parent)
{
    shareMemoryAmongThreads();
    m_thread = std::thread([this] { work(); });
}

EventDecoder::~EventDecoder()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        ++m_round;
    }
    m_changed.notify_all();
    m_thread.join();
}

void EventDecoder::add(std::string record, Form form, int stream)
{
    {
        const std::lock_guard lock(m_mutex);
        m_bytes += record.size();
        m_records.push_back({std::move(record), form, stream});
    }
    m_changed.notify_all();
}

bool EventDecoder::isFull() const
{
    const std::lock_guard lock(m_mutex);
    return m_bytes >= fullBytes || m_records.size() >= fullRecords;
}

bool EventDecoder::isIdle() const
{
    const std::lock_guard lock(m_mutex);
    return m_records.empty() && m_told.empty() && !m_working;
}

std::deque<Told> EventDecoder::take()
{
    std::deque<Told> told;
    {
        const std::lock_guard lock(m_mutex);
        told.swap(m_told);
        m_readyTold = false;
    }
    m_changed.notify_all();
    return told;
}

void EventDecoder::clear()
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_round;
        m_records.clear();
        m_told.clear();
        m_bytes = 0;
    }
    m_changed.notify_all();
}

void EventDecoder::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_working = false;
        m_changed.wait(lock, [this] { return m_stopped || !m_records.empty(); });
        if (m_stopped)
            return;
        m_working = true;
        Record record = std::move(m_records.front());
        m_records.pop_front();
        const std::size_t size = record.bytes.size();
        const int round = m_round;
        lock.unlock();
        decode(std::move(record), round);
        lock.lock();
        if (round != m_round)
            continue;
        // It counts until all of it is told. Who waits for room then may have taken the last of it
        // already, and is to look again.
        const bool wasFull = m_bytes >= fullBytes;
        m_bytes -= size;
        if (wasFull && m_bytes < fullBytes)
            announce();
    }
}

void EventDecoder::announce()
{
    if (!std::exchange(m_readyTold, true))
        QMetaObject::invokeMethod(this, &EventDecoder::ready, Qt::QueuedConnection);
}

/// False: nobody wants it any more.
bool EventDecoder::tell(Told told, int round)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return round != m_round || m_told.size() < mostTold; });
    if (round != m_round)
        return false;
    m_told.push_back(std::move(told));
    announce();
    return true;
}

void EventDecoder::decode(Record record, int round)
{
    const int stream = record.stream;
    if (record.form == Form::End) {
        tell({stream, StreamEnd{QString::fromStdString(record.bytes)}}, round);
        return;
    }
    if (record.form == Form::Mesos) {
        const Peek told = peek(record.bytes, Mesos::kSubscribedFieldNumber);
        record.bytes = told.type == Mesos::SUBSCRIBED && told.whole
            ? oursOfState(peek(told.message, Mesos::Subscribed::kGetStateFieldNumber).message)
            : ours(Ours::MESOS, Ours::kEventFieldNumber, record.bytes);
    } else if (record.form == Form::State) {
        record.bytes = oursOfState(peek(record.bytes, Response::kGetStateFieldNumber).message);
    }
    const Peek told = peek(record.bytes, Ours::kSubscribedFieldNumber);
    if (told.whole && told.type == Ours::SUBSCRIBED) {
        decodeSnapshot(std::move(record.bytes), told.time, stream, round);
        return;
    }
    Ours event;
    if (told.whole && codec::parseBounded(event, record.bytes) && event.IsInitialized())
        tell({stream, std::move(event)}, round);
    else
        tell({stream, BadRecord{}}, round);
}

void EventDecoder::decodeSnapshot(std::string record, double time, int stream, int round)
{
    const std::string_view subscribed = peek(record, Ours::kSubscribedFieldNumber).message;
    auto reader = SnapshotReader::open(subscribed);
    if (!reader) {
        tell({stream, BadRecord{}}, round);
        return;
    }
    SnapshotHead head = reader->head();
    head.time = time;
    if (!tell({stream, std::move(head)}, round))
        return;
    while (true) {
        auto piece = reader->next(pieceRows);
        if (!piece) {
            tell({stream, BadRecord{}}, round);
            return;
        }
        if (piece->isEmpty())
            break;
        if (!tell({stream, std::move(*piece)}, round))
            return;
    }
    tell({stream, SnapshotEnd{std::move(record)}}, round);
}

} // namespace meseta::console
