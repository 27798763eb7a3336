#include "gui/model/rows.h"

#include <array>

#include <QCoreApplication>

#include "common/resources/task_state.h"
#include "gui/model/look.h"

namespace meseta::console {

namespace {

using mesos::v1::TaskState;

struct Word
{
    TaskState state;
    const char *word;
};

constexpr std::array<Word, 14> words = {{
    {mesos::v1::TASK_STAGING, QT_TRANSLATE_NOOP("TaskState", "staging")},
    {mesos::v1::TASK_STARTING, QT_TRANSLATE_NOOP("TaskState", "starting")},
    {mesos::v1::TASK_RUNNING, QT_TRANSLATE_NOOP("TaskState", "running")},
    {mesos::v1::TASK_KILLING, QT_TRANSLATE_NOOP("TaskState", "stopping")},
    {mesos::v1::TASK_FINISHED, QT_TRANSLATE_NOOP("TaskState", "finished")},
    {mesos::v1::TASK_FAILED, QT_TRANSLATE_NOOP("TaskState", "failed")},
    {mesos::v1::TASK_KILLED, QT_TRANSLATE_NOOP("TaskState", "killed")},
    {mesos::v1::TASK_ERROR, QT_TRANSLATE_NOOP("TaskState", "refused")},
    {mesos::v1::TASK_LOST, QT_TRANSLATE_NOOP("TaskState", "lost")},
    {mesos::v1::TASK_DROPPED, QT_TRANSLATE_NOOP("TaskState", "dropped")},
    {mesos::v1::TASK_UNREACHABLE, QT_TRANSLATE_NOOP("TaskState", "unreachable")},
    {mesos::v1::TASK_GONE, QT_TRANSLATE_NOOP("TaskState", "gone")},
    {mesos::v1::TASK_GONE_BY_OPERATOR, QT_TRANSLATE_NOOP("TaskState", "gone (operator)")},
    {mesos::v1::TASK_UNKNOWN, QT_TRANSLATE_NOOP("TaskState", "unknown")},
}};

const char *wordOf(TaskState state)
{
    for (const Word &known : words) {
        if (known.state == state)
            return known.word;
    }
    return "unknown";
}

constexpr std::size_t stateCount = mesos::v1::TaskState_MAX + 1;
std::array<QString, stateCount> translated; // asked for in every cell: looked up once
std::array<QString, 2> translatedHealth;

std::size_t indexOf(TaskState state)
{
    const auto index = static_cast<std::size_t>(state);
    return index < stateCount ? index : static_cast<std::size_t>(mesos::v1::TASK_UNKNOWN);
}

} // namespace

const QString &stateText(TaskState state)
{
    QString &text = translated[indexOf(state)];
    if (text.isEmpty())
        text = QCoreApplication::translate("TaskState", wordOf(state));
    return text;
}

const QString &stateWord(TaskState state)
{
    static const auto all = [] {
        std::array<QString, stateCount> made;
        for (std::size_t i = 0; i < stateCount; ++i)
            made[i] = QString::fromLatin1(wordOf(static_cast<TaskState>(i)));
        return made;
    }();
    return all[indexOf(state)];
}

const QString &healthText(int healthy)
{
    static const QString none;
    if (healthy < 0)
        return none;
    QString &text = translatedHealth[healthy ? 1 : 0];
    if (text.isEmpty())
        text = healthy ? QCoreApplication::translate("Tables", "healthy")
                       : QCoreApplication::translate("Tables", "unhealthy");
    return text;
}

void retranslateRows()
{
    translated = {};
    translatedHealth = {};
}

QString stateName(TaskState state)
{
    return QString::fromStdString(mesos::v1::TaskState_Name(state));
}

bool isTerminal(TaskState state)
{
    return isTerminalState(state);
}

Look stateLook(TaskState state)
{
    switch (state) {
    case mesos::v1::TASK_RUNNING:
        return {Tone::Good, Sign::Dot};
    case mesos::v1::TASK_STAGING:
        return {Tone::Busy, Sign::Ring};
    case mesos::v1::TASK_STARTING:
        return {Tone::Busy, Sign::Half};
    case mesos::v1::TASK_KILLING:
        return {Tone::Busy, Sign::Square};
    case mesos::v1::TASK_FINISHED:
        return {Tone::Muted, Sign::Check};
    case mesos::v1::TASK_KILLED:
        return {Tone::Muted, Sign::Square};
    case mesos::v1::TASK_UNREACHABLE:
    case mesos::v1::TASK_UNKNOWN:
        return {Tone::Busy, Sign::Triangle};
    case mesos::v1::TASK_LOST:
    case mesos::v1::TASK_GONE:
    case mesos::v1::TASK_GONE_BY_OPERATOR:
    case mesos::v1::TASK_DROPPED:
        return {Tone::Bad, Sign::Triangle};
    default:
        return {Tone::Bad, Sign::Cross};
    }
}

Look agentLook(const AgentRow &agent)
{
    if (!agent.drain.isEmpty())
        return {Tone::Busy, Sign::Half};
    if (agent.deactivated)
        return {Tone::Busy, Sign::Pause};
    if (agent.recovered)
        return {Tone::Busy, Sign::Ring};
    return agent.active ? Look{Tone::Good, Sign::Dot} : Look{Tone::Bad, Sign::Triangle};
}

Look frameworkLook(const FrameworkRow &framework)
{
    if (framework.completed)
        return {Tone::Muted, Sign::Check};
    if (framework.recovered)
        return {Tone::Busy, Sign::Ring};
    if (!framework.connected)
        return {Tone::Bad, Sign::Triangle};
    return framework.active ? Look{Tone::Good, Sign::Dot} : Look{Tone::Busy, Sign::Pause};
}

Look eventLook(const EventRow &event)
{
    using Kind = EventRow::Kind;
    switch (event.kind) {
    case Kind::TaskUpdated:
        return stateLook(static_cast<TaskState>(event.state));
    case Kind::Connected:
    case Kind::AgentAdded:
    case Kind::FrameworkAdded:
    case Kind::AgentBack:
    case Kind::FrameworkBack:
        return {Tone::Good, Sign::Dot};
    case Kind::LeaderElected:
    case Kind::AgentsBack:
        return {Tone::Good, Sign::Check};
    case Kind::Lost:
    case Kind::AgentRemoved:
    case Kind::LeaderStepped:
    case Kind::AgentsGivenUp:
        return {Tone::Bad, Sign::Triangle};
    case Kind::AgentChanged:
        return {Tone::Busy, Sign::Half};
    case Kind::FrameworkRemoved:
    case Kind::TaskRemoved:
        return {Tone::Muted, Sign::Check};
    case Kind::OfferAdded:
        return {Tone::Accent, Sign::Dot};
    case Kind::OfferRemoved:
        return {Tone::Muted, Sign::Ring};
    default:
        return {Tone::Busy, Sign::Ring};
    }
}

} // namespace meseta::console
