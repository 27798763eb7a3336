#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "gui/model/rows.h"
#include "meseta/v1/meseta.pb.h"

namespace meseta::console {

/// How many rows of a kind are not held, since there are more than any cluster has.
struct LeftOut
{
    int agents = 0;
    int frameworks = 0;
    int offers = 0;
    int tasks = 0;

    bool operator==(const LeftOut &) const = default;
};

/// What a snapshot says before any of its rows.
struct SnapshotHead
{
    double time = 0; ///< of its event, seconds since the epoch; 0: not told
    QString clusterName; ///< these may be empty: not told
    QString masterText; ///< "host:port"
    QString masterVersion;
    QString masterId;
    ::meseta::v1::Leadership leadership;
    int agents = 0;
    int tasks = 0;
    LeftOut leftOut; ///< of what the snapshot holds, not counted in the two above
};

/// Rows of a snapshot. Names that rows have of each other are filled in by the replica.
struct SnapshotPiece
{
    std::vector<AgentRow> agents;
    std::vector<FrameworkRow> frameworks;
    std::vector<OfferRow> offers; ///< `offered` 0: not told
    std::vector<TaskRow> tasks;

    bool isEmpty() const
    {
        return agents.empty() && frameworks.empty() && offers.empty() && tasks.empty();
    }
};

/// Makes rows of a snapshot's bytes, some at a time: agents first, then frameworks, offers and
/// tasks, in whatever order they stand. At no time is the whole of it held as messages. May be used
/// on any one thread. Rows beyond what any cluster has are left out.
class SnapshotReader
{
public:
    /// More rows of a kind than any cluster has: a server that goes on and on must not grow the
    /// console.
    static constexpr std::size_t mostRows = 300000;
    static constexpr std::size_t mostTasks = 500000;

    /// The bytes of a meseta.v1.Event.Subscribed, which must outlive it. Fails when they are not of
    /// protobuf's wire format.
    static Result<SnapshotReader> open(std::string_view subscribed);

    const SnapshotHead &head() const { return m_head; }

    /// The next rows, about `most` of them; none at the end.
    Result<SnapshotPiece> next(std::size_t most);

private:
    /// In the order in which they are given.
    enum Kind {
        Agent,
        RecoveredAgent,
        CompletedFramework,
        Framework,
        Offer,
        OffersOfFramework, ///< the frameworks once more: a stock master tells offers there
        CompletedTask,
        UnreachableTask,
        Task,
        kindCount
    };

    Result<> readHead(std::string_view subscribed);
    Result<> readState(std::string_view state);
    Result<> readLists(std::string_view message, std::array<int, 16> kinds);
    void note(Kind kind, std::string_view bytes);
    int &leftOut(Kind kind);
    bool take(Kind kind, std::string_view bytes, SnapshotPiece &piece);
    bool takeTask(std::string_view bytes, bool completed, SnapshotPiece &piece);

    std::array<std::vector<std::string_view>, kindCount> m_spans;
    int m_kind = 0;
    std::size_t m_at = 0;
    SnapshotHead m_head;
    // Kept from row to row: a message that is used again allocates little.
    mesos::v1::master::Response::GetAgents::Agent m_agent;
    mesos::v1::master::Response::GetFrameworks::Framework m_framework;
    ::meseta::v1::Offer m_offer;
    mesos::v1::Task m_task;
};

} // namespace meseta::console
