#include "gui/model/inspection.h"

#include <algorithm>

#include <QCoreApplication>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/model/row_builders.h"
#include "gui/model/sources.h"

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

constexpr int listedRows = 20; // of a list in an inspector; the rest is counted

struct InspectionText
{
    Q_DECLARE_TR_FUNCTIONS(Inspection)
};

void add(InspectionSection &section, const QString &name, const QString &value,
         const ObjectRef &link = {}, const Look &look = {})
{
    if (!value.isEmpty())
        section.fields.append({name, value, link, look});
}

Look shareLook(double used, double offered, double total)
{
    Look look;
    look.used = total > 0 ? std::clamp(used / total, 0.0, 1.0) : 0;
    look.offered = total > 0 ? std::clamp(offered / total, 0.0, 1 - look.used) : 0;
    return look;
}

void addShare(InspectionSection &section, const QString &name, double used, double offered,
              double total, QString (*text)(double))
{
    if (total <= 0)
        return;
    QString value = InspectionText::tr("%1 of %2").arg(text(used), text(total));
    if (offered > 0)
        value = InspectionText::tr("%1, %2 on offer").arg(value, text(offered));
    add(section, name, value, {}, shareLook(used, offered, total));
}

void addAmountFields(InspectionSection &section, const Amounts &amounts)
{
    add(section, InspectionText::tr("CPUs"),
        amounts.cpus > 0 ? amountText(amounts.cpus) : QString());
    add(section, InspectionText::tr("Memory"),
        amounts.memory > 0 ? memoryText(amounts.memory) : QString());
    add(section, InspectionText::tr("Disk"),
        amounts.disk > 0 ? memoryText(amounts.disk) : QString());
    add(section, InspectionText::tr("GPUs"),
        amounts.gpus > 0 ? amountText(amounts.gpus) : QString());
    add(section, InspectionText::tr("Ports"), amounts.ports);
}

QString sinceText(double time, double now)
{
    return time > 0
        ? InspectionText::tr("%1 (%2 ago)").arg(timeText(time), durationText(now - time))
        : QString();
}

/// Tasks that a rule picks: those that run first, then the newest.
template <typename Pick>
InspectionSection taskList(const Replica &replica, const QString &title, bool nameAgent, Pick pick)
{
    struct Picked
    {
        bool over;
        double updated;
        const TaskRow *task;
    };
    std::vector<Picked> tasks;
    replica.tasks().forEach([&](const TaskRow &task) {
        if (pick(task))
            tasks.push_back({isTerminal(task.state), task.updated, &task});
    });
    const auto listed = std::min<std::size_t>(tasks.size(), listedRows);
    std::partial_sort(tasks.begin(), tasks.begin() + static_cast<std::ptrdiff_t>(listed),
                      tasks.end(), [](const Picked &a, const Picked &b) {
                          return a.over != b.over ? b.over : a.updated > b.updated;
                      });
    InspectionSection section{title, {}};
    for (std::size_t i = 0; i < listed; ++i) {
        const TaskRow &task = *tasks[i].task;
        const QString where = nameAgent ? task.hostname : task.frameworkName;
        add(section, task.name,
            where.isEmpty() ? stateText(task.state)
                            : InspectionText::tr("%1, %2").arg(stateText(task.state), where),
            {Kind::Task, task.key}, stateLook(task.state));
    }
    if (tasks.size() > listedRows)
        add(section, QStringLiteral("…"),
            InspectionText::tr("%n more", nullptr, static_cast<int>(tasks.size()) - listedRows));
    return section;
}

template <typename Pick>
InspectionSection offerList(const Replica &replica, bool nameAgent, Pick pick)
{
    InspectionSection section{InspectionText::tr("Outstanding offers"), {}};
    int more = 0;
    replica.offers().forEach([&](const OfferRow &offer) {
        if (!pick(offer))
            return;
        if (section.fields.size() == listedRows) {
            ++more;
            return;
        }
        add(section, nameAgent ? offer.hostname : offer.frameworkName,
            InspectionText::tr("%1 for %2")
                .arg(amountsText(offer.resources), durationText(replica.now() - offer.offered)),
            {Kind::Offer, offer.id}, {Tone::Accent, Sign::Dot});
    });
    if (more > 0)
        add(section, QStringLiteral("…"), InspectionText::tr("%n more", nullptr, more));
    return section;
}

void inspectAgent(Inspection &shown, const Replica &replica)
{
    shown.kind = InspectionText::tr("Agent");
    const AgentRow *agent = replica.agents().find(shown.ref.key);
    if (!agent)
        return;
    shown.exists = true;
    shown.title = agent->name;
    shown.subtitle = agentState(*agent);
    shown.look = agentLook(*agent);
    InspectionSection resources{InspectionText::tr("Resources"), {}};
    addShare(resources, InspectionText::tr("CPUs"), agent->allocated.cpus, agent->offered.cpus,
             agent->total.cpus, amountText);
    addShare(resources, InspectionText::tr("Memory"), agent->allocated.memory,
             agent->offered.memory, agent->total.memory, memoryText);
    addShare(resources, InspectionText::tr("Disk"), agent->allocated.disk, agent->offered.disk,
             agent->total.disk, memoryText);
    addShare(resources, InspectionText::tr("GPUs"), agent->allocated.gpus, agent->offered.gpus,
             agent->total.gpus, amountText);
    add(resources, InspectionText::tr("Ports"), agent->total.ports);
    add(resources, InspectionText::tr("Reserved"), agent->reserved);
    InspectionSection about{InspectionText::tr("About"), {}};
    add(about, InspectionText::tr("Id"), agent->id);
    add(about, InspectionText::tr("Address"), agent->address);
    add(about, InspectionText::tr("Version"), agent->version);
    add(about, InspectionText::tr("Attributes"), agent->attributes);
    add(about, InspectionText::tr("Zone"), agent->zone);
    add(about, InspectionText::tr("Registered"), sinceText(agent->registered, replica.now()));
    shown.sections << resources << about << offerList(replica, false, [&](const OfferRow &offer) {
        return offer.agentId == agent->id;
    }) << taskList(replica, InspectionText::tr("Tasks"), false, [&](const TaskRow &task) {
        return task.agentId == agent->id;
    });
}

void inspectOffer(Inspection &shown, const Replica &replica)
{
    shown.kind = InspectionText::tr("Offer");
    const OfferRow *offer = replica.offers().find(shown.ref.key);
    if (!offer)
        return;
    shown.exists = true;
    shown.title = InspectionText::tr("Offer of %1").arg(offer->hostname);
    shown.subtitle =
        InspectionText::tr("held for %1").arg(durationText(replica.now() - offer->offered));
    shown.look = {Tone::Accent, Sign::Dot};
    InspectionSection about{InspectionText::tr("About"), {}};
    add(about, InspectionText::tr("Held by"), offer->frameworkName,
        {Kind::Framework, offer->frameworkId});
    add(about, InspectionText::tr("Agent"), offer->hostname, {Kind::Agent, offer->agentId});
    add(about, InspectionText::tr("Role"), offer->role, {Kind::Role, offer->role});
    add(about, InspectionText::tr("Made"), sinceText(offer->offered, replica.now()));
    add(about, InspectionText::tr("Id"), offer->id);
    InspectionSection resources{InspectionText::tr("Resources"), {}};
    addAmountFields(resources, offer->resources);
    shown.sections << about << resources;
}

void inspectFramework(Inspection &shown, const Replica &replica)
{
    shown.kind = InspectionText::tr("Framework");
    const FrameworkRow *framework = replica.frameworks().find(shown.ref.key);
    if (!framework)
        return;
    shown.exists = true;
    shown.title = framework->name;
    shown.subtitle = frameworkState(*framework);
    shown.look = frameworkLook(*framework);
    InspectionSection about{InspectionText::tr("About"), {}};
    add(about, InspectionText::tr("Id"), framework->id);
    for (const QString &role : framework->roles.split(QLatin1String(", "), Qt::SkipEmptyParts))
        add(about, InspectionText::tr("Role"), role, {Kind::Role, role});
    add(about, InspectionText::tr("User"), framework->user);
    add(about, InspectionText::tr("Principal"), framework->principal);
    add(about, InspectionText::tr("Host"), framework->hostname);
    add(about, InspectionText::tr("Web page"), framework->webUi);
    add(about, InspectionText::tr("Checkpointing"),
        framework->checkpoint ? InspectionText::tr("yes") : InspectionText::tr("no"));
    add(about, InspectionText::tr("Failover timeout"), durationText(framework->failoverTimeout));
    add(about, InspectionText::tr("Capabilities"), framework->capabilities);
    add(about, InspectionText::tr("Registered"), sinceText(framework->registered, replica.now()));
    InspectionSection resources{InspectionText::tr("Holds"), {}};
    addAmountFields(resources, framework->allocated);
    const auto mine = [&](const auto &row) { return row.frameworkId == framework->id; };
    InspectionSection flows{InspectionText::tr("Its offers so far"), {}};
    replica.offerFlows().forEach([&](const OfferFlowRow &flow) {
        if (mine(flow))
            add(flows, flow.role,
                InspectionText::tr("%1 made, %2 accepted, %3 declined, %4 taken back")
                    .arg(countText(flow.made), countText(flow.accepted), countText(flow.declined),
                         countText(flow.rescinded)));
    });
    shown.sections << about << resources << flows << offerList(replica, true, mine)
                   << taskList(replica, InspectionText::tr("Tasks"), true, mine);
}

void inspectRole(Inspection &shown, const Replica &replica)
{
    shown.kind = InspectionText::tr("Role");
    const RoleRow *role = replica.roles().find(shown.ref.key);
    if (!role)
        return;
    shown.exists = true;
    shown.title = role->name;
    shown.subtitle = InspectionText::tr("dominant share %1").arg(percentText(role->share));
    shown.look.used = std::clamp(role->share, 0.0, 1.0);
    InspectionSection about{InspectionText::tr("About"), {}};
    add(about, InspectionText::tr("Weight"), amountText(role->weight));
    add(about, InspectionText::tr("Guarantee"), role->guarantee);
    add(about, InspectionText::tr("Limit"), role->limit);
    InspectionSection resources{InspectionText::tr("Holds"), {}};
    addAmountFields(resources, role->allocated);
    InspectionSection frameworks{InspectionText::tr("Frameworks"), {}};
    replica.frameworks().forEach([&](const FrameworkRow &framework) {
        if (framework.roles.split(QLatin1String(", ")).contains(role->name)
            && frameworks.fields.size() < listedRows)
            add(frameworks, framework.name, frameworkState(framework),
                {Kind::Framework, framework.id}, frameworkLook(framework));
    });
    const auto mine = [&](const auto &row) { return row.role == role->name; };
    shown.sections << about << resources << frameworks << offerList(replica, true, mine)
                   << taskList(replica, InspectionText::tr("Tasks"), true, mine);
}

void inspectTask(Inspection &shown, const Replica &replica)
{
    shown.kind = InspectionText::tr("Task");
    const TaskRow *task = replica.tasks().find(shown.ref.key);
    if (!task)
        return;
    shown.exists = true;
    shown.title = task->name;
    shown.subtitle = stateText(task->state);
    shown.look = stateLook(task->state);
    InspectionSection about{InspectionText::tr("About"), {}};
    if (task->healthy >= 0)
        add(about, InspectionText::tr("Health"),
            task->healthy ? InspectionText::tr("healthy") : InspectionText::tr("unhealthy"), {},
            task->healthy ? Look{Tone::Good, Sign::Check} : Look{Tone::Bad, Sign::Cross});
    add(about, InspectionText::tr("Agent"),
        task->hostname.isEmpty() ? task->agentId : task->hostname, {Kind::Agent, task->agentId});
    add(about, InspectionText::tr("Framework"),
        task->frameworkName.isEmpty() ? task->frameworkId : task->frameworkName,
        {Kind::Framework, task->frameworkId});
    add(about, InspectionText::tr("Role"), task->role, {Kind::Role, task->role});
    add(about, InspectionText::tr("Image"), task->image);
    add(about, InspectionText::tr("Address"), task->address);
    add(about, InspectionText::tr("Ports"), task->ports);
    add(about, InspectionText::tr("Labels"), task->labels);
    add(about, InspectionText::tr("Id"), task->id);
    if (task->executorId != task->id)
        add(about, InspectionText::tr("Executor"), task->executorId);
    if (task->started > 0) {
        const double end = isTerminal(task->state) ? task->updated : replica.now();
        add(about, InspectionText::tr("Ran for"), durationText(end - task->started));
    }
    InspectionSection resources{InspectionText::tr("Resources"), {}};
    Amounts amounts = task->resources;
    amounts.ports.clear();
    addAmountFields(resources, amounts);
    shown.sections << about << resources;
    shown.biography = biographyOf(*task, replica);
}

} // namespace

Inspection inspect(const ObjectRef &ref, const Replica &replica)
{
    Inspection shown;
    shown.ref = ref;
    switch (ref.kind) {
    case Kind::Agent:
        inspectAgent(shown, replica);
        break;
    case Kind::Offer:
        inspectOffer(shown, replica);
        break;
    case Kind::Framework:
        inspectFramework(shown, replica);
        break;
    case Kind::Task:
        inspectTask(shown, replica);
        break;
    case Kind::Role:
        inspectRole(shown, replica);
        break;
    case Kind::None:
        break;
    }
    shown.sections.removeIf([](const InspectionSection &s) { return s.fields.isEmpty(); });
    return shown;
}

QString Inspection::plainText() const
{
    QStringList lines{kind + QLatin1String(": ") + title, subtitle};
    for (const InspectionSection &section : sections) {
        lines << QString() << section.title;
        for (const InspectionField &field : section.fields)
            lines << QStringLiteral("  %1: %2").arg(field.name, field.value);
    }
    if (!biography.isEmpty())
        lines << QString();
    for (const BiographyStep &step : biography)
        lines << QStringLiteral("  %1  %2  %3")
                     .arg(fullTimeText(step.time), step.title,
                          QString(step.text).replace(QLatin1Char('\n'), QLatin1String("; ")));
    return lines.join(QLatin1Char('\n'));
}

bool concerns(const EventRow &event, const ObjectRef &ref)
{
    switch (ref.kind) {
    case Kind::Agent:
        return event.agentId == ref.key;
    case Kind::Framework:
        return event.frameworkId == ref.key;
    case Kind::Task:
        return event.taskKey == ref.key;
    case Kind::Role:
        return event.role == ref.key;
    default:
        return false;
    }
}

QList<EventRow> eventsOf(const ObjectRef &ref, const Replica &replica, int limit)
{
    std::vector<std::pair<qint64, const EventRow *>> concerned; // with their numbers
    replica.events().forEach([&](const EventRow &event) {
        if (concerns(event, ref))
            concerned.emplace_back(event.key.toLongLong(), &event);
    });
    const auto shown = std::min<std::ptrdiff_t>(limit, std::ssize(concerned));
    std::partial_sort(concerned.begin(), concerned.begin() + shown, concerned.end(),
                      std::greater<>());
    QList<EventRow> found;
    for (std::ptrdiff_t i = 0; i < shown; ++i)
        found.append(*concerned[static_cast<std::size_t>(i)].second);
    return found;
}

} // namespace meseta::console
