#include "gui/model/palette_search.h"

#include <algorithm>

#include <QCoreApplication>

#include "gui/model/filter.h"
#include "gui/model/replica.h"
#include "gui/model/sources.h"

namespace meseta::console {

namespace {

struct PaletteText
{
    Q_DECLARE_TR_FUNCTIONS(Palette)
};

struct Scored
{
    int score;
    PaletteEntry entry;
};

void keepBest(std::vector<Scored> &found, int limit)
{
    const auto better = [](const Scored &a, const Scored &b) { return a.score > b.score; };
    std::stable_sort(found.begin(), found.end(), better);
    if (found.size() > static_cast<std::size_t>(limit))
        found.resize(static_cast<std::size_t>(limit));
}

void searchCommands(std::vector<Scored> &found, QStringView typed,
                    const QList<PaletteCommand> &commands)
{
    for (const PaletteCommand &command : commands) {
        const int score = fitScore(command.title, typed);
        if (score == 0)
            continue;
        PaletteEntry entry;
        entry.kind = PaletteEntry::Kind::Command;
        entry.title = command.title;
        entry.detail = command.shortcut;
        entry.icon = command.icon;
        entry.command = command.id;
        entry.enabled = command.enabled;
        // What cannot be done now is found, but never first.
        found.push_back({command.enabled ? score + 5 : std::max(1, score / 4), entry});
    }
}

PaletteEntry objectEntry(ObjectRef::Kind kind, const QString &key, const QString &title,
                         const QString &detail, const Look &look)
{
    PaletteEntry entry;
    entry.kind = PaletteEntry::Kind::Object;
    entry.ref = {kind, key};
    entry.title = title;
    entry.detail = detail;
    entry.look = look;
    return entry;
}

/// The cheap test first: most of 100,000 tasks do not fit.
int objectScore(const QString &name, const QString &id, const QString &folded)
{
    if (folded.isEmpty())
        return 1;
    if (containsFolded(name, folded))
        return fitScore(name, folded);
    return containsFolded(id, folded) ? 10 : 0;
}

void searchAgents(std::vector<Scored> &found, const QString &folded, const Replica &replica)
{
    replica.agents().forEach([&](const AgentRow &agent) {
        if (const int score = objectScore(agent.name, agent.id, folded))
            found.push_back({score,
                             objectEntry(ObjectRef::Kind::Agent, agent.id, agent.name,
                                         PaletteText::tr("agent, %1").arg(agentState(agent)),
                                         agentLook(agent))});
    });
}

void searchFrameworks(std::vector<Scored> &found, const QString &folded, const Replica &replica)
{
    replica.frameworks().forEach([&](const FrameworkRow &framework) {
        if (const int score = objectScore(framework.name, framework.id, folded))
            found.push_back(
                {score - (framework.completed ? 3 : 0),
                 objectEntry(ObjectRef::Kind::Framework, framework.id, framework.name,
                             PaletteText::tr("framework, %1").arg(frameworkState(framework)),
                             frameworkLook(framework))});
    });
}

void searchTasks(std::vector<Scored> &found, const QString &folded, const Replica &replica,
                 int limit)
{
    std::vector<std::pair<int, const TaskRow *>> best;
    replica.tasks().forEach([&](const TaskRow &task) {
        if (const int score = objectScore(task.name, task.id, folded))
            best.emplace_back(score + (isTerminal(task.state) ? 0 : 2), &task);
    });
    const auto newest = [](const auto &a, const auto &b) {
        return a.first != b.first ? a.first > b.first : a.second->updated > b.second->updated;
    };
    const auto kept = std::min<std::size_t>(best.size(), static_cast<std::size_t>(limit));
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept), best.end(),
                      newest);
    for (std::size_t i = 0; i < kept; ++i) {
        const TaskRow &task = *best[i].second;
        found.push_back(
            {best[i].first,
             objectEntry(
                 ObjectRef::Kind::Task, task.key, task.name,
                 PaletteText::tr("task, %1 on %2").arg(stateText(task.state), task.hostname),
                 stateLook(task.state))});
    }
}

void askWhy(std::vector<Scored> &found)
{
    for (Scored &scored : found) {
        PaletteEntry &entry = scored.entry;
        entry.kind = PaletteEntry::Kind::Why;
        entry.title = entry.ref.kind == ObjectRef::Kind::Agent
            ? PaletteText::tr("Why is nothing offered of %1?").arg(entry.title)
            : PaletteText::tr("Why does %1 get no offer?").arg(entry.title);
    }
}

} // namespace

int fitScore(QStringView text, QStringView letters)
{
    if (letters.isEmpty())
        return 1;
    const qsizetype at = text.indexOf(letters, 0, Qt::CaseInsensitive);
    if (at == 0)
        return text.size() == letters.size() ? 100 : 80;
    if (at > 0)
        return text[at - 1].isLetterOrNumber() ? 40 : 60;
    qsizetype next = 0;
    for (qsizetype i = 0; i < text.size() && next < letters.size(); ++i) {
        if (text[i].toCaseFolded() == letters[next].toCaseFolded())
            ++next;
    }
    return next == letters.size() ? 20 : 0;
}

QList<PaletteEntry> searchPalette(const QString &typed, const Replica &replica,
                                  const QList<PaletteCommand> &commands, int limit)
{
    const QString line = typed.trimmed();
    const QChar sign = line.isEmpty() ? QChar() : line.front();
    const bool narrowed = QStringLiteral("@#%>?").contains(sign) && !sign.isNull();
    const QString rest = narrowed ? line.mid(1).trimmed() : line;
    const QString folded = rest.toCaseFolded();
    std::vector<Scored> found;
    if (!narrowed || sign == QLatin1Char('>'))
        searchCommands(found, rest, commands);
    const bool anything = !narrowed && !rest.isEmpty();
    if (anything || sign == QLatin1Char('@') || sign == QLatin1Char('?'))
        searchAgents(found, folded, replica);
    if (anything || sign == QLatin1Char('%') || sign == QLatin1Char('?'))
        searchFrameworks(found, folded, replica);
    if (anything || sign == QLatin1Char('#'))
        searchTasks(found, folded, replica, limit);
    keepBest(found, limit);
    if (sign == QLatin1Char('?'))
        askWhy(found);
    QList<PaletteEntry> entries;
    for (Scored &scored : found)
        entries.append(std::move(scored.entry));
    return entries;
}

} // namespace meseta::console
