#include "gui/model/snapshot_reader.h"

#include "common/codec/field_count.h"
#include "common/codec/wire_reader.h"
#include "gui/model/row_builders.h"

namespace meseta::console {

namespace {

using codec::parseBounded;
using codec::WireReader;
using Subscribed = ::meseta::v1::Event::Subscribed;
using Response = mesos::v1::master::Response;

// A message that once held more than this is not kept: its buffers never shrink.
constexpr std::size_t largestKept = 64 * 1024;

tl::unexpected<Error> damaged()
{
    return fail("the snapshot is damaged: it is not of protobuf's wire format");
}

/// Calls `visit(number, bytes)` for each field of a message that has bytes; false: it is damaged,
/// or `visit` said so.
template <typename Visit> bool forEachField(std::string_view message, Visit visit)
{
    WireReader reader(message);
    while (!reader.atEnd()) {
        WireReader::Tag tag{};
        if (!reader.tag(tag))
            return false;
        if (tag.type != WireReader::Length) {
            if (!reader.skip(tag))
                return false;
            continue;
        }
        std::string_view bytes;
        if (!reader.bytes(bytes) || !visit(static_cast<int>(tag.number), bytes))
            return false;
    }
    return true;
}

template <typename Message> void trim(Message &message, std::string_view bytes)
{
    if (bytes.size() > largestKept)
        Message().Swap(&message);
}

} // namespace

Result<SnapshotReader> SnapshotReader::open(std::string_view subscribed)
{
    SnapshotReader reader;
    if (auto read = reader.readHead(subscribed); !read)
        return fail(read.error());
    const auto count = [&](std::initializer_list<Kind> kinds) {
        std::size_t sum = 0;
        for (const Kind kind : kinds)
            sum += reader.m_spans[kind].size();
        return static_cast<int>(sum);
    };
    reader.m_head.agents = count({Agent, RecoveredAgent});
    reader.m_head.tasks = count({CompletedTask, UnreachableTask, Task});
    return reader;
}

Result<> SnapshotReader::readHead(std::string_view subscribed)
{
    bool whole = true;
    mesos::v1::MasterInfo master;
    const auto visit = [&](int number, std::string_view bytes) {
        switch (number) {
        case Subscribed::kGetStateFieldNumber:
            return readState(bytes).has_value();
        case Subscribed::kOffersFieldNumber:
            note(Offer, bytes);
            return true;
        case Subscribed::kMasterInfoFieldNumber:
            whole = parseBounded(master, bytes);
            m_head.masterText =
                QStringLiteral("%1:%2").arg(fromWire(master.hostname())).arg(master.port());
            m_head.masterVersion = fromWire(master.version());
            m_head.masterId = fromWire(master.id());
            return whole;
        case Subscribed::kClusterFieldNumber:
            m_head.clusterName = fromWire(std::string(bytes.substr(0, largestKept)));
            return true;
        case Subscribed::kLeadershipFieldNumber:
            return bytes.size() < largestKept && parseBounded(m_head.leadership, bytes);
        default:
            return true;
        }
    };
    if (!forEachField(subscribed, visit))
        return damaged();
    return {};
}

Result<> SnapshotReader::readState(std::string_view state)
{
    constexpr int no = kindCount;
    const auto visit = [&](int number, std::string_view bytes) {
        std::array<int, 16> kinds;
        kinds.fill(no);
        if (number == Response::GetState::kGetTasksFieldNumber) {
            kinds[Response::GetTasks::kTasksFieldNumber] = Task;
            kinds[Response::GetTasks::kCompletedTasksFieldNumber] = CompletedTask;
            kinds[Response::GetTasks::kUnreachableTasksFieldNumber] = UnreachableTask;
        } else if (number == Response::GetState::kGetFrameworksFieldNumber) {
            kinds[Response::GetFrameworks::kFrameworksFieldNumber] = Framework;
            kinds[Response::GetFrameworks::kCompletedFrameworksFieldNumber] = CompletedFramework;
        } else if (number == Response::GetState::kGetAgentsFieldNumber) {
            kinds[Response::GetAgents::kAgentsFieldNumber] = Agent;
            kinds[Response::GetAgents::kRecoveredAgentsFieldNumber] = RecoveredAgent;
        } else {
            return true;
        }
        return readLists(bytes, kinds).has_value();
    };
    if (!forEachField(state, visit))
        return damaged();
    return {};
}

/// Notes where the rows of a message are; `kinds` says by field number what they are.
Result<> SnapshotReader::readLists(std::string_view message, std::array<int, 16> kinds)
{
    const auto visit = [&](int number, std::string_view bytes) {
        if (number < static_cast<int>(kinds.size())
            && kinds[static_cast<std::size_t>(number)] != kindCount)
            note(static_cast<Kind>(kinds[static_cast<std::size_t>(number)]), bytes);
        return true;
    };
    if (!forEachField(message, visit))
        return damaged();
    return {};
}

void SnapshotReader::note(Kind kind, std::string_view bytes)
{
    const bool isTask = kind == Task || kind == CompletedTask || kind == UnreachableTask;
    if (m_spans[kind].size() >= (isTask ? mostTasks : mostRows)) {
        ++leftOut(kind);
        return;
    }
    m_spans[kind].push_back(bytes);
    if (kind == Framework)
        note(OffersOfFramework, bytes);
}

int &SnapshotReader::leftOut(Kind kind)
{
    switch (kind) {
    case Agent:
    case RecoveredAgent:
        return m_head.leftOut.agents;
    case Framework:
    case CompletedFramework:
        return m_head.leftOut.frameworks;
    case Offer:
    case OffersOfFramework:
        return m_head.leftOut.offers;
    default:
        return m_head.leftOut.tasks;
    }
}

Result<SnapshotPiece> SnapshotReader::next(std::size_t most)
{
    SnapshotPiece piece;
    std::size_t taken = 0;
    while (m_kind < kindCount && (taken < most || piece.isEmpty())) {
        const auto &spans = m_spans[static_cast<std::size_t>(m_kind)];
        if (m_at < spans.size()) {
            if (!take(static_cast<Kind>(m_kind), spans[m_at++], piece))
                return damaged();
            ++taken;
            continue;
        }
        ++m_kind;
        m_at = 0;
        if (m_kind == CompletedTask && !piece.isEmpty())
            break; // what the first page shows does not wait for tasks
    }
    return piece;
}

bool SnapshotReader::take(Kind kind, std::string_view bytes, SnapshotPiece &piece)
{
    bool whole = true;
    switch (kind) {
    case Agent:
        whole = parseBounded(m_agent, bytes);
        piece.agents.push_back(agentRow(m_agent));
        trim(m_agent, bytes);
        break;
    case RecoveredAgent:
        m_agent.Clear();
        whole = parseBounded(*m_agent.mutable_agent_info(), bytes);
        m_agent.set_active(false);
        piece.agents.push_back(agentRow(m_agent));
        piece.agents.back().recovered = true;
        trim(m_agent, bytes);
        break;
    case CompletedFramework:
    case Framework:
        whole = parseBounded(m_framework, bytes);
        piece.frameworks.push_back(frameworkRow(m_framework));
        piece.frameworks.back().completed = kind == CompletedFramework;
        trim(m_framework, bytes);
        break;
    case Offer:
        whole = parseBounded(m_offer, bytes);
        piece.offers.push_back(offerRow(m_offer.offer(), m_offer.offered_time()));
        trim(m_offer, bytes);
        break;
    case OffersOfFramework:
        whole = parseBounded(m_framework, bytes);
        for (const auto &offer : m_framework.offers()) {
            if (piece.offers.size() < mostRows)
                piece.offers.push_back(offerRow(offer, 0));
        }
        trim(m_framework, bytes);
        break;
    default:
        whole = takeTask(bytes, kind == CompletedTask, piece);
        break;
    }
    return whole;
}

bool SnapshotReader::takeTask(std::string_view bytes, bool completed, SnapshotPiece &piece)
{
    if (!parseBounded(m_task, bytes))
        return false;
    piece.tasks.push_back(taskRow(m_task));
    piece.tasks.back().removed = completed;
    trim(m_task, bytes);
    return true;
}

} // namespace meseta::console
