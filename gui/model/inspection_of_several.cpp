#include <QCoreApplication>

#include "gui/model/formats.h"
#include "gui/model/inspection.h"
#include "gui/model/replica.h"
#include "gui/model/row_builders.h"
#include "gui/model/sources.h"

// What several objects that are selected together come to.

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

constexpr int listedObjects = 40;

struct SeveralText
{
    Q_DECLARE_TR_FUNCTIONS(Inspection)
};

/// One of them: how it is called, how it is, what it holds or has.
struct Member
{
    QString name;
    QString state;
    Look look;
    Amounts amounts;
    bool exists = false;
};

Member memberOf(const ObjectRef &object, const Replica &replica)
{
    switch (object.kind) {
    case Kind::Task:
        if (const TaskRow *task = replica.tasks().find(object.key))
            return {task->name, stateText(task->state), stateLook(task->state), task->resources,
                    true};
        break;
    case Kind::Agent:
        if (const AgentRow *agent = replica.agents().find(object.key))
            return {agent->name, agentState(*agent), agentLook(*agent), agent->total, true};
        break;
    case Kind::Framework:
        if (const FrameworkRow *framework = replica.frameworks().find(object.key))
            return {framework->name, frameworkState(*framework), frameworkLook(*framework),
                    framework->allocated, true};
        break;
    case Kind::Offer:
        if (const OfferRow *offer = replica.offers().find(object.key))
            return {offer->hostname,
                    offer->frameworkName,
                    {Tone::Accent, Sign::Dot},
                    offer->resources,
                    true};
        break;
    case Kind::Role:
        if (const RoleRow *role = replica.roles().find(object.key))
            return {role->name, {}, {Tone::Neutral, Sign::Dot}, role->allocated, true};
        break;
    case Kind::None:
        break;
    }
    return {};
}

QString titleOf(Kind kind, int count)
{
    switch (kind) {
    case Kind::Task:
        return SeveralText::tr("%n task(s)", nullptr, count);
    case Kind::Agent:
        return SeveralText::tr("%n agent(s)", nullptr, count);
    case Kind::Framework:
        return SeveralText::tr("%n framework(s)", nullptr, count);
    case Kind::Offer:
        return SeveralText::tr("%n offer(s)", nullptr, count);
    default:
        return SeveralText::tr("%n role(s)", nullptr, count);
    }
}

} // namespace

Inspection inspectAll(const QList<ObjectRef> &objects, const Replica &replica)
{
    if (objects.size() <= 1)
        return inspect(objects.value(0), replica);
    Inspection shown;
    shown.kind = SeveralText::tr("Selection");
    InspectionSection list{SeveralText::tr("Selected"), {}};
    Amounts sum;
    QMap<QString, int> states;
    int known = 0;
    for (const ObjectRef &object : objects) {
        const Member member = memberOf(object, replica);
        if (!member.exists)
            continue;
        ++known;
        addAmounts(sum, member.amounts);
        if (!member.state.isEmpty())
            ++states[member.state];
        if (list.fields.size() < listedObjects)
            list.fields.append({member.name, member.state, object, member.look});
    }
    shown.exists = known > 0;
    shown.title = titleOf(objects.first().kind, known);
    QStringList parts;
    for (auto state = states.cbegin(); state != states.cend() && parts.size() < 5; ++state)
        parts << SeveralText::tr("%1 %2").arg(countText(*state), state.key());
    shown.subtitle = listText(parts);
    if (known > listedObjects)
        list.fields.append({QStringLiteral("…"),
                            SeveralText::tr("%n more", nullptr, known - listedObjects),
                            {},
                            {}});
    InspectionSection together{SeveralText::tr("Together"), {}};
    if (const QString amounts = amountsText(sum); !amounts.isEmpty())
        together.fields.append({SeveralText::tr("Resources"), amounts, {}, {}});
    for (const InspectionSection &section : {together, list}) {
        if (!section.fields.isEmpty())
            shown.sections.append(section);
    }
    return shown;
}

} // namespace meseta::console
