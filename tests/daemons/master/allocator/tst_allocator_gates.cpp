#include <QtTest/QtTest>

#include "allocator_bench.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using Decision = ::meseta::v1::OfferDecision;

namespace {

mesos::v1::DomainInfo domain(const std::string &region, const std::string &zone)
{
    mesos::v1::DomainInfo result;
    result.mutable_fault_domain()->mutable_region()->set_name(region);
    result.mutable_fault_domain()->mutable_zone()->set_name(zone);
    return result;
}

/// One constraint on one role.
mesos::v1::scheduler::AttributeConstraint &constrain(AllocatorFramework &framework,
                                                     const std::string &name)
{
    auto &group = *(*framework.offerConstraints.mutable_role_constraints())["*"].add_groups();
    auto &constraint = *group.add_attribute_constraints();
    constraint.mutable_selector()->set_attribute_name(name);
    return constraint;
}

} // namespace

class TestAllocatorGates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void minimumOfTheMaster();
    void minimumOfTheFramework();
    void gpus();
    void regions();
    void multiRoleAndHierarchicalAgents();
    void revocableAndRefinedAreStripped();
    void sharedVolumesGoToSeveral();
    void whitelist();
    void constraintsOnAttributes();
    void constraintsOnPseudoAttributes();
    void badConstraints();
    void reservationsOfOthers();
    void nothingLeftNamesTheHolders();
    void everyGateIsExplained();
};

void TestAllocatorGates::minimumOfTheMaster()
{
    Bench bench;
    bench.agent("small", "cpus:0.005;mem:31;disk:9999");
    bench.agent("memory", "mem:32");
    bench.framework("F");
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].agent, std::string("memory"));
    const Decision decision = bench.why("F", "small");
    QCOMPARE(decision.gate(), Decision::BELOW_MINIMUM);
    QVERIFY(says(decision, "cpus:0.005; disk:9999; mem:31"));
    QVERIFY(says(decision, "cpus:0.01 or mem:32"));
}

void TestAllocatorGates::minimumOfTheFramework()
{
    Bench bench;
    AllocatorFramework picky = Bench::describe("PICKY");
    auto &alternative =
        *picky.offerFilters["*"].mutable_min_allocatable_resources()->add_quantities();
    (*alternative.mutable_quantities())["cpus"].set_value(4);
    (*alternative.mutable_quantities())["mem"].set_value(1024);
    bench.allocator.addFramework(picky);
    bench.agent("a", "cpus:8;mem:1000");
    QVERIFY(bench.offers().empty());
    QVERIFY(says(bench.why("PICKY", "a"), "cpus:4; mem:1024"));
    bench.agent("b", "cpus:4;mem:1024");
    QCOMPARE(bench.offers().size(), std::size_t(1));

    AllocatorFramework easy = Bench::describe("EASY");
    easy.offerFilters["*"].mutable_min_allocatable_resources(); // present and empty: no minimum
    bench.allocator.addFramework(easy);
    bench.agent("tiny", "disk:1");
    const auto offers = bench.offers();
    QCOMPARE(Bench::frameworksOf(offers), std::set<std::string>{"EASY"});
    QCOMPARE(offers.size(), std::size_t(2)); // "a" and "tiny"
}

void TestAllocatorGates::gpus()
{
    Bench bench;
    bench.agent("g", "cpus:4;mem:4096;gpus:2");
    bench.framework("PLAIN");
    QVERIFY(bench.offers().empty());
    QCOMPARE(bench.why("PLAIN", "g").gate(), Decision::CAPABILITY_MISSING);
    QVERIFY(says(bench.why("PLAIN", "g"), "GPU_RESOURCES"));
    bench.allocator.addFramework(Bench::describe("GPU", {"*"}, {"MULTI_ROLE", "GPU_RESOURCES"}));
    QCOMPARE(Bench::frameworksOf(bench.offers()), std::set<std::string>{"GPU"});

    AllocatorOptions open;
    open.filterGpuResources = false;
    Bench other(open);
    other.agent("g", "cpus:4;gpus:2");
    other.framework("PLAIN");
    QCOMPARE(other.offers().size(), std::size_t(1));
}

void TestAllocatorGates::regions()
{
    AllocatorOptions options;
    options.domain = domain("north", "n1");
    Bench bench(options);
    AllocatorAgent near = describedAgent("near", "cpus:1;mem:64");
    *near.info.mutable_domain() = domain("north", "n2");
    AllocatorAgent far = describedAgent("far", "cpus:1;mem:64");
    *far.info.mutable_domain() = domain("south", "s1");
    bench.allocator.addAgent(near);
    bench.allocator.addAgent(far);
    bench.agent("nowhere", "cpus:1;mem:64");
    bench.framework("LOCAL");
    QCOMPARE(bench.offers().size(), std::size_t(2));
    QVERIFY(says(bench.why("LOCAL", "far"), "'south'"));
    bench.allocator.addFramework(Bench::describe("REMOTE", {"*"}, {"MULTI_ROLE", "REGION_AWARE"}));
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].text().substr(0, 12), std::string("REMOTE/*@far"));
}

void TestAllocatorGates::multiRoleAndHierarchicalAgents()
{
    Bench bench;
    bench.agent("old", "cpus:1;mem:64", {});
    bench.agent("flat", "cpus:1;mem:64", {"MULTI_ROLE"});
    bench.framework("F", {"eng/web"});
    QVERIFY(bench.offers().empty());
    QVERIFY(says(bench.why("F", "old", "eng/web"), "MULTI_ROLE"));
    QVERIFY(says(bench.why("F", "flat", "eng/web"), "HIERARCHICAL_ROLE"));
    bench.allocator.addFramework(Bench::describe("OLD", {"*"}, {}));
    QCOMPARE(bench.offers().size(), std::size_t(2));
}

void TestAllocatorGates::revocableAndRefinedAreStripped()
{
    mesos::v1::Resource spare = resources("cpus:2").proto().Get(0);
    spare.mutable_revocable();
    mesos::v1::Resource refined = resources("mem(eng):64").proto().Get(0);
    refined.add_reservations()->set_role("eng/web");
    refined.mutable_reservations(1)->set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    const Resources total = resources("cpus:1;mem:64") + Resources(spare) + Resources(refined);

    Bench bench;
    bench.addAgent("a", total);
    bench.allocator.addFramework(Bench::describe("OLD", {"eng/web"}, {"MULTI_ROLE"}));
    const auto first = bench.offers();
    QCOMPARE(first.size(), std::size_t(1));
    QCOMPARE(first[0].resources.unallocated(), resources("cpus:1;mem:64"));
    QCOMPARE(bench.why("OLD", "a", "eng/web").gate(), Decision::CAPABILITY_MISSING);
    bench.allocator.addFramework(Bench::describe(
        "NEW", {"eng/web"}, {"MULTI_ROLE", "REVOCABLE_RESOURCES", "RESERVATION_REFINEMENT"}));
    const auto second = bench.offers();
    QCOMPARE(second.size(), std::size_t(1));
    QCOMPARE(second[0].resources.unallocated(), Resources(spare) + Resources(refined));
}

void TestAllocatorGates::sharedVolumesGoToSeveral()
{
    mesos::v1::Resource volume = resources("disk(eng):100").proto().Get(0);
    volume.mutable_disk()->mutable_persistence()->set_id("v");
    volume.mutable_disk()->mutable_volume()->set_container_path("data");
    volume.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
    volume.mutable_shared();
    Bench bench;
    bench.addAgent("a", resources("cpus:2;mem:128") + Resources(volume));
    bench.allocator.addFramework(Bench::describe("A", {"eng"}, {"MULTI_ROLE", "SHARED_RESOURCES"}));
    bench.allocator.addFramework(Bench::describe("B", {"eng"}, {"MULTI_ROLE", "SHARED_RESOURCES"}));
    bench.allocator.addFramework(Bench::describe("C", {"eng"}, {"MULTI_ROLE"}));
    const auto first = bench.offers().at(0);
    QVERIFY(first.resources.unallocated().contains(Resources(volume)));
    // Half of the rest comes back: the second framework gets the volume too, the third never.
    bench.allocator.suppress(first.framework, {});
    bench.allocator.recover(first.framework, "a", resources("cpus:1;mem:64").allocated("eng"),
                            std::nullopt);
    const auto second = bench.offers().at(0);
    QVERIFY(second.framework != first.framework);
    QCOMPARE(second.resources.unallocated(), resources("cpus:1;mem:64") + Resources(volume));
    bench.allocator.suppress(second.framework, {});
    bench.decline(second, std::nullopt);
    const auto third = bench.offers().at(0);
    QCOMPARE(third.framework, std::string("C"));
    QCOMPARE(third.resources.unallocated(), resources("cpus:1;mem:64"));
    QCOMPARE(bench.allocator.consumed("eng").at("disk"),
             std::int64_t(100'000)); // a reservation, once
}

void TestAllocatorGates::whitelist()
{
    Bench bench;
    bench.allocator.setWhitelist(std::set<std::string>{"b.example"});
    bench.agent("a", "cpus:1;mem:64");
    bench.agent("b", "cpus:1;mem:64");
    bench.framework("F");
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].agent, std::string("b"));
    QCOMPARE(bench.why("F", "a").gate(), Decision::AGENT_NOT_WHITELISTED);
    QVERIFY(says(bench.why("F", "a"), "'a.example'"));
    bench.allocator.setWhitelist(std::nullopt);
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorGates::constraintsOnAttributes()
{
    Bench bench;
    AllocatorAgent red = describedAgent("red", "cpus:1;mem:64");
    *red.info.add_attributes() = attribute("colour", "red");
    AllocatorAgent blue = describedAgent("blue", "cpus:1;mem:64");
    *blue.info.add_attributes() = attribute("colour", "blue");
    AllocatorAgent number = describedAgent("number", "cpus:1;mem:64");
    number.info.add_attributes()->set_name("colour");
    number.info.mutable_attributes(0)->set_type(mesos::v1::Value::SCALAR);
    number.info.mutable_attributes(0)->mutable_scalar()->set_value(7);
    for (const AllocatorAgent *agent : {&red, &blue, &number})
        bench.allocator.addAgent(*agent);
    bench.agent("none", "cpus:1;mem:64");

    const auto agentsFor = [&bench](auto &&set) {
        AllocatorFramework framework = Bench::describe("F");
        set(*constrain(framework, "colour").mutable_predicate());
        bench.allocator.addFramework(framework);
        std::set<std::string> agents;
        for (const Offered &offered : bench.offers())
            agents.insert(offered.agent);
        bench.allocator.removeFramework("F");
        bench.offers();
        return agents;
    };
    using Agents = std::set<std::string>;
    // A text predicate lets attributes pass that are no text.
    QCOMPARE(agentsFor([](auto &p) { p.mutable_exists(); }), (Agents{"red", "blue", "number"}));
    QCOMPARE(agentsFor([](auto &p) { p.mutable_not_exists(); }), (Agents{"none"}));
    QCOMPARE(agentsFor([](auto &p) { p.mutable_text_equals()->set_value("red"); }),
             (Agents{"red", "number"}));
    QCOMPARE(agentsFor([](auto &p) { p.mutable_text_not_equals()->set_value("red"); }),
             (Agents{"blue", "number", "none"}));
    QCOMPARE(agentsFor([](auto &p) { p.mutable_text_matches()->set_regex("r.*|x"); }),
             (Agents{"red", "number"}));
    QCOMPARE(agentsFor([](auto &p) { p.mutable_text_not_matches()->set_regex("bl"); }),
             (Agents{"red", "blue", "number", "none"})); // the whole text must match
}

void TestAllocatorGates::constraintsOnPseudoAttributes()
{
    Bench bench;
    bench.agent("a", "cpus:1;mem:64");
    AllocatorFramework framework = Bench::describe("F");
    auto &constraint = constrain(framework, "");
    constraint.mutable_selector()->set_pseudoattribute_type(
        mesos::v1::scheduler::AttributeConstraint::Selector::HOSTNAME);
    constraint.mutable_predicate()->mutable_text_equals()->set_value("b.example");
    bench.allocator.addFramework(framework);
    QVERIFY(bench.offers().empty());
    const Decision decision = bench.why("F", "a");
    QCOMPARE(decision.gate(), Decision::OFFER_CONSTRAINTS);
    QVERIFY(says(decision, "HOSTNAME must be 'b.example' (it is 'a.example')"));
    constrain(framework, "x").mutable_predicate()->mutable_not_exists(); // another group is enough
    bench.allocator.updateFramework(framework);
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorGates::badConstraints()
{
    const auto faultOf = [](auto &&set) {
        AllocatorFramework framework = Bench::describe("F");
        set(constrain(framework, "a"));
        const auto compiled = OfferConstraints::compile(framework.offerConstraints);
        return compiled ? std::string() : compiled.error().message;
    };
    QVERIFY(faultOf([](auto &c) { c.mutable_predicate()->mutable_exists(); }).empty());
    QVERIFY(!faultOf([](auto &) {}).empty());
    QVERIFY(!faultOf([](auto &c) {
                 c.mutable_predicate()->mutable_text_matches()->set_regex("(");
             }).empty());
    const std::string large = faultOf([](auto &c) {
        c.mutable_predicate()->mutable_text_matches()->set_regex("(abcde|fghij|klmno){9}");
    });
    QVERIFY2(!large.empty(), large.c_str());
    QVERIFY(!faultOf([](auto &c) { c.mutable_selector()->clear_selector(); }).empty());
    mesos::v1::scheduler::OfferConstraints empty;
    (*empty.mutable_role_constraints())["*"];
    QVERIFY(!OfferConstraints::compile(empty));
}

void TestAllocatorGates::reservationsOfOthers()
{
    Bench bench;
    bench.agent("a", "cpus(ops):4;mem(ops):64");
    bench.framework("F", {"eng"});
    QVERIFY(bench.offers().empty());
    const Decision decision = bench.why("F", "a", "eng");
    QCOMPARE(decision.gate(), Decision::NOTHING_LEFT);
    QVERIFY(says(decision, "reserved to other roles"));
    bench.framework("O", {"ops/night"}); // a descendant may use it
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorGates::nothingLeftNamesTheHolders()
{
    Bench bench;
    bench.agent("a", "cpus:4;mem:64");
    bench.framework("F");
    bench.offers();
    bench.framework("G");
    bench.offers();
    const Decision decision = bench.why("G", "a");
    QCOMPARE(decision.gate(), Decision::NOTHING_LEFT);
    QVERIFY(says(decision, "F cpus:4; mem:64"));
    QVERIFY(says(decision, "share 1"));
}

void TestAllocatorGates::everyGateIsExplained()
{
    Bench bench;
    for (int i = 0; i < 3; ++i)
        bench.agent("a" + std::to_string(i), "cpus:4;mem:64");
    bench.framework("F", {"r1", "r2"});
    bench.framework("G");
    QCOMPARE(bench.allocator.decisions({}, {}, {}, 100).size(), std::size_t(9));
    QCOMPARE(bench.allocator.decisions({}, {}, {}, 4).size(), std::size_t(4));
    QCOMPARE(bench.allocator.decisions("F", {}, "r1", 100).size(), std::size_t(3));
    QCOMPARE(bench.allocator.decisions({}, "a1", {}, 100).size(), std::size_t(3));
    for (const Decision &decision : bench.allocator.decisions({}, {}, {}, 100)) {
        QCOMPARE(decision.gate(), Decision::OFFERED); // the run is still to come
        QVERIFY(!decision.detail().empty());
    }
    bench.allocator.deactivateAgent("a0");
    QCOMPARE(bench.why("G", "a0").gate(), Decision::AGENT_INACTIVE);
}

QTEST_GUILESS_MAIN(TestAllocatorGates)
#include "tst_allocator_gates.moc"
