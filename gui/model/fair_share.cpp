#include "gui/model/fair_share.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/allocator/allocator.h"
#include "gui/model/formats.h"
#include "gui/model/replica.h"

namespace meseta::console {

namespace {

constexpr double mostTasks = 3000; // beyond, several are taken at once
constexpr int mostSteps = 20000;

struct FairShareText
{
    Q_DECLARE_TR_FUNCTIONS(FairShare)
};

struct Kind
{
    const char *name;
    double Amounts::*amount;
};
constexpr std::array<Kind, 4> kinds{{{"cpus", &Amounts::cpus},
                                     {"mem", &Amounts::memory},
                                     {"disk", &Amounts::disk},
                                     {"gpus", &Amounts::gpus}}};

Resources resourcesOf(const Amounts &amounts, double times = 1)
{
    Resources sum;
    for (const Kind &kind : kinds) {
        mesos::v1::Resource resource;
        resource.set_name(kind.name);
        resource.set_type(mesos::v1::Value::SCALAR);
        resource.mutable_scalar()->set_value(amounts.*kind.amount * times);
        sum += Resources(resource);
    }
    return sum;
}

/// Of the kinds that are at least so much.
Quantities quantitiesOf(const Amounts &amounts, double least)
{
    Quantities quantities;
    for (const Kind &kind : kinds) {
        if (amounts.*kind.amount >= least)
            quantities[kind.name] = toMilli(amounts.*kind.amount);
    }
    return quantities;
}

/// "2GiB", or in MiB where that is shorter and as exact.
QString typedMemory(double mebibytes)
{
    for (const auto &[unit, factor] :
         {std::pair{"TiB", 1024.0 * 1024}, std::pair{"GiB", 1024.0}, std::pair{"MiB", 1.0}}) {
        const double amount = mebibytes / factor;
        if (amount >= 1 && std::round(amount * 100) == amount * 100)
            return QLocale::c().toString(amount, 'g', 8) + QLatin1String(unit);
    }
    return QLocale::c().toString(mebibytes, 'g', 8) + QLatin1String("MiB");
}

double dominantShare(const Amounts &part, const Amounts &whole)
{
    double share = 0;
    for (const Kind &kind : kinds) {
        if (whole.*kind.amount > 0)
            share = std::max(share, part.*kind.amount / whole.*kind.amount);
    }
    return share;
}

/// How many of these would fill the cluster.
double fillingOf(const Amounts &task, const Amounts &total)
{
    double fewest = INFINITY;
    for (const Kind &kind : kinds) {
        if (task.*kind.amount > 0)
            fewest = std::min(fewest, total.*kind.amount / task.*kind.amount);
    }
    return std::isfinite(fewest) ? fewest : 0;
}

/// The cluster being filled: each role is a framework that takes one task out of every offer and
/// gives the rest back, until it has enough or nothing fits.
class Filling
{
public:
    Filling(const Amounts &total, const QList<FairShareRole> &roles)
        : m_total(total)
        , m_roles(roles)
        , m_random(1)
        , m_allocator(options(), m_clock, m_random,
                      [this](const std::vector<master::Allocation> &all) {
                          m_offers.insert(m_offers.end(), all.begin(), all.end());
                      })
    {
        double tasks = 0;
        for (const FairShareRole &role : roles)
            tasks = std::max(tasks, fillingOf(role.task, total));
        m_bundle = std::max(1, static_cast<int>(std::ceil(tasks / mostTasks)));
        for (int i = 0; i < roles.size(); ++i)
            addRole(i);
        addAgent();
    }

    QList<FairShareOutcome> run()
    {
        for (int step = 0; step < mostSteps; ++step) {
            m_clock.settle();
            if (m_offers.empty())
                break;
            const auto offers = std::exchange(m_offers, {});
            bool taken = false;
            for (const auto &offer : offers)
                taken |= answer(offer);
            // What did not fit may do so when the others have had their turn; when nothing fits,
            // the first that was asked is done.
            if (!taken)
                suppress(std::stoi(offers.front().frameworkId));
        }
        return m_outcomes;
    }

private:
    static master::AllocatorOptions options()
    {
        master::AllocatorOptions options;
        options.minAllocatable.clear();
        options.filterGpuResources = false;
        return options;
    }

    void addRole(int index)
    {
        const FairShareRole &role = m_roles[index];
        const std::string name = role.name.toStdString();
        m_outcomes.append({role.name, 0, {}, 0});
        m_allocator.setWeight(name, role.weight);
        const Quantities guarantee = quantitiesOf(role.guarantee, 1e-9);
        const Quantities limit = quantitiesOf(role.limit, 0);
        if (!guarantee.empty() || !limit.empty())
            m_allocator.setQuota(name, guarantee, limit);
        if (fillingOf(role.task, m_total) <= 0)
            return; // it asks for nothing, or for what the cluster has none of
        master::AllocatorFramework framework;
        framework.id = std::to_string(index);
        framework.roles = {name};
        framework.capabilities = {"MULTI_ROLE", "RESERVATION_REFINEMENT", "GPU_RESOURCES"};
        m_allocator.addFramework(framework);
    }

    void addAgent()
    {
        master::AllocatorAgent agent;
        agent.info.mutable_id()->set_value("cluster");
        agent.info.set_hostname("cluster");
        agent.capabilities = {"MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"};
        agent.total = resourcesOf(m_total);
        m_allocator.addAgent(agent);
    }

    void suppress(int index)
    {
        m_allocator.suppress(std::to_string(index), {m_roles[index].name.toStdString()});
    }

    /// Whether something was taken.
    bool answer(const master::Allocation &offer)
    {
        const int index = std::stoi(offer.frameworkId);
        const FairShareRole &role = m_roles[index];
        FairShareOutcome &outcome = m_outcomes[index];
        bool taken = false;
        for (const auto &[offeredTo, byAgent] : offer.byRoleAndAgent) {
            for (const auto &[agent, offered] : byAgent) {
                const int wanted =
                    role.most > 0 ? std::min(m_bundle, role.most - outcome.tasks) : m_bundle;
                const Resources take = resourcesOf(role.task, wanted).allocated(offeredTo);
                const bool fits = wanted > 0 && offered.contains(take);
                if (wanted <= 0)
                    suppress(index);
                if (fits) {
                    taken = true;
                    outcome.tasks += wanted;
                    for (const Kind &kind : kinds)
                        outcome.given.*kind.amount += role.task.*kind.amount * wanted;
                    outcome.share = dominantShare(outcome.given, m_total);
                }
                m_allocator.recover(offer.frameworkId, agent, fits ? offered - take : offered,
                                    std::nullopt);
            }
        }
        return taken;
    }

    Amounts m_total;
    QList<FairShareRole> m_roles;
    SimulatedClock m_clock;
    SeededRandom m_random;
    std::vector<master::Allocation> m_offers;
    master::Allocator m_allocator;
    QList<FairShareOutcome> m_outcomes;
    int m_bundle = 1;
};

} // namespace

Result<Amounts> parseAmounts(const QString &text, double otherwise)
{
    Amounts amounts{otherwise, otherwise, otherwise, otherwise, {}};
    static const QRegularExpression between(QStringLiteral("[\\s,;]+"));
    for (const QString &part : text.split(between, Qt::SkipEmptyParts)) {
        const QString name = part.section(QLatin1Char(':'), 0, 0).toLower();
        const QString amount = part.section(QLatin1Char(':'), 1);
        const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind &known) {
            return name == QLatin1String(known.name);
        });
        if (kind == kinds.end())
            return fail(FairShareText::tr("\"%1\" names no resource; write for example cpus:2 "
                                          "mem:1GiB disk:10GiB gpus:1.")
                            .arg(part.left(40))
                            .toStdString());
        const bool isMemory = name == QLatin1String("mem") || name == QLatin1String("disk");
        bool isNumber = false;
        double value = amount.toDouble(&isNumber);
        if (isMemory) {
            const auto read = parseMemory(amount);
            isNumber = read.has_value();
            value = read.value_or(0);
        }
        if (!isNumber || !std::isfinite(value) || value < 0 || value > 1e12)
            return fail(FairShareText::tr("\"%1\" is no amount of %2.")
                            .arg(amount.left(40), name)
                            .toStdString());
        amounts.*kind->amount = value;
    }
    return amounts;
}

QString typedAmounts(const Amounts &amounts, double otherwise)
{
    QStringList parts;
    for (const Kind &kind : kinds) {
        const double value = amounts.*kind.amount;
        if (value < 0 || value == otherwise)
            continue;
        const bool isMemory = kind.amount == &Amounts::memory || kind.amount == &Amounts::disk;
        parts << QString::fromLatin1(kind.name) + QLatin1Char(':')
                + (isMemory && value > 0 ? typedMemory(value)
                                         : QLocale::c().toString(value, 'g', 8));
    }
    return parts.join(QLatin1Char(' '));
}

QList<FairShareRole> rolesAsTheyAre(const Replica &replica)
{
    QList<FairShareRole> roles;
    replica.roles().forEach([&](const RoleRow &row) {
        FairShareRole role;
        role.name = row.name;
        role.weight = row.weight;
        role.shareNow = row.share;
        role.guarantee = row.guaranteed;
        role.limit = row.limited.value_or(FairShareRole::unlimited);
        role.task.cpus = 1;
        role.task.memory = 1024;
        if (row.tasks > 0 && (row.allocated.cpus > 0 || row.allocated.memory > 0)) {
            for (const Kind &kind : kinds)
                role.task.*kind.amount =
                    std::round(row.allocated.*kind.amount / row.tasks * 100) / 100;
        }
        roles.append(role);
    });
    std::sort(roles.begin(), roles.end(),
              [](const FairShareRole &a, const FairShareRole &b) { return a.name < b.name; });
    return roles;
}

QList<FairShareOutcome> fairShares(const Amounts &total, const QList<FairShareRole> &roles)
{
    return Filling(total, roles).run();
}

} // namespace meseta::console
