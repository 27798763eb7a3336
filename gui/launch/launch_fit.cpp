#include "gui/launch/launch_fit.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include "gui/launch/launch_task.h"
#include "gui/model/formats.h"
#include "gui/model/row_builders.h"

namespace meseta::console {

namespace {

struct FitText
{
    Q_DECLARE_TR_FUNCTIONS(Fit)
};

QHash<QString, QString> attributesOf(const QString &written, const QString &hostname)
{
    QHash<QString, QString> attributes{{QStringLiteral("hostname"), hostname}};
    for (const QString &part : written.split(QStringLiteral("; "), Qt::SkipEmptyParts))
        attributes.insert(part.section(QLatin1Char(':'), 0, 0), part.section(QLatin1Char(':'), 1));
    return attributes;
}

Amounts difference(Amounts from, const Amounts &less)
{
    from.cpus -= less.cpus;
    from.memory -= less.memory;
    from.disk -= less.disk;
    return from;
}

void worsen(Fit &fit, Fit::Verdict verdict, const QString &reason)
{
    fit.verdict = std::max(fit.verdict, verdict);
    fit.reasons << reason;
}

using Words = QString (*)(double);

void compare(Fit &fit, double wanted, double free, double total, const QString &what, Words words)
{
    constexpr double rounding = 1e-6;
    if (wanted <= free + rounding)
        return;
    if (wanted > total + rounding)
        worsen(fit, Fit::Verdict::Never,
               FitText::tr("%1: %2 wanted, it has %3").arg(what, words(wanted), words(total)));
    else
        worsen(fit, Fit::Verdict::Later,
               FitText::tr("%1: %2 wanted, %3 free")
                   .arg(what, words(wanted), words(std::max(free, 0.0))));
}

void checkConstraint(Fit &fit, const LaunchRequest::Constraint &constraint, const Place &place,
                     const TakenValues &taken)
{
    using Rule = LaunchRequest::Constraint::Rule;
    const auto at = place.attributes.constFind(constraint.attribute);
    if (at == place.attributes.constEnd()) {
        if (constraint.rule != Rule::IsNot)
            worsen(fit, Fit::Verdict::Never,
                   FitText::tr("it has no attribute %1").arg(constraint.attribute));
        return;
    }
    const bool is = *at == constraint.value;
    if (constraint.rule == Rule::OncePerValue) {
        if (taken.value(constraint.attribute).contains(*at))
            worsen(fit, Fit::Verdict::Later,
                   FitText::tr("another instance is on %1 %2").arg(constraint.attribute, *at));
        return;
    }
    const bool holds = constraint.rule == Rule::Is ? is
        : constraint.rule == Rule::IsNot
        ? !is
        : QRegularExpression(QRegularExpression::anchoredPattern(constraint.value))
              .match(*at)
              .hasMatch();
    if (!holds)
        worsen(fit, Fit::Verdict::Never,
               FitText::tr("its %1 is %2").arg(constraint.attribute, *at));
}

} // namespace

Place placeOf(const AgentRow &agent)
{
    return {agent.id,
            agent.hostname,
            difference(agent.total, agent.allocated),
            agent.total,
            attributesOf(agent.attributes, agent.hostname),
            agent.active && !agent.deactivated && agent.drain.isEmpty()};
}

Place placeOf(const OfferRow &offer, const AgentRow *agent)
{
    return {offer.agentId,
            offer.hostname,
            offer.resources,
            offer.resources,
            attributesOf(agent ? agent->attributes : QString(), offer.hostname),
            true};
}

Place placeOf(const mesos::v1::Offer &offer)
{
    const OfferRow row = offerRow(offer, 0);
    AgentRow agent;
    mesos::v1::master::Response::GetAgents::Agent known;
    *known.mutable_agent_info()->mutable_attributes() = offer.attributes();
    agent.attributes = agentRow(known).attributes;
    return placeOf(row, &agent);
}

Fit fit(const LaunchRequest &request, const Place &place, const TakenValues &taken)
{
    Fit found;
    if (!request.agentId.isEmpty() && request.agentId != place.agentId)
        worsen(found, Fit::Verdict::Never, FitText::tr("the launch is for another agent"));
    if (!place.usable)
        worsen(found, Fit::Verdict::Later, FitText::tr("it takes no tasks now"));
    compare(found, request.cpus, place.free.cpus, place.total.cpus, FitText::tr("CPUs"),
            amountText);
    compare(found, request.memory, place.free.memory, place.total.memory, FitText::tr("Memory"),
            memoryText);
    compare(found, request.disk, place.free.disk, place.total.disk, FitText::tr("Disk"),
            memoryText);
    for (const auto &constraint : request.constraints)
        checkConstraint(found, constraint, place, taken);
    return found;
}

bool fits(const LaunchRequest &request, const mesos::v1::Offer &offer, const TakenValues &taken)
{
    const std::string &role = offer.allocation_info().role();
    if (!request.role.isEmpty() && role != request.role.toStdString())
        return false;
    if (fit(request, placeOf(offer), taken).verdict != Fit::Verdict::Now)
        return false;
    LaunchRequest tried = request; // what is wrong with the request itself is told at the launch
    if (tried.problem())
        return true;
    return makeTask(tried, offer, QStringLiteral("tried")).has_value();
}

void take(const LaunchRequest &request, const Place &place, TakenValues &taken)
{
    for (const auto &constraint : request.constraints) {
        if (constraint.rule == LaunchRequest::Constraint::Rule::OncePerValue)
            taken[constraint.attribute].insert(place.attributes.value(constraint.attribute));
    }
}

} // namespace meseta::console
