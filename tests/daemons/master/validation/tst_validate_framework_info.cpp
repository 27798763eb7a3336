#include <QtTest>

#include "samples.h"

using namespace meseta;
using namespace meseta::master;
using namespace mesos::v1;
using samples::read;

namespace {

std::string refusal(const std::string &json, const FrameworkRules &rules = {})
{
    const auto valid = validateFrameworkInfo(read<FrameworkInfo>(json), rules);
    return valid ? std::string() : valid.error().message;
}

std::string textOf(const Result<> &result)
{
    return result ? std::string() : result.error().message;
}

FrameworkInfo withRoles(const std::vector<std::string> &roles)
{
    FrameworkInfo info = samples::framework();
    info.clear_roles();
    for (const std::string &role : roles)
        info.add_roles(role);
    return info;
}

std::string constraintRefusal(const std::string &json, const ConstraintLimits &limits = {})
{
    return textOf(validateOfferConstraints(read<scheduler::OfferConstraints>(json),
                                           withRoles({"a"}), limits));
}

} // namespace

class TestFrameworkInfo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roles();
    void id();
    void offerFilters();
    void failoverTimeout();
    void roleWhitelist();
    void rootSubmissions();
    void resubscribe();
    void update();
    void suppressedRoles();
    void constraintsForForeignRoles();
    void constraintsAreWellFormed();
    void constraintPatternsHaveLimits();
};

void TestFrameworkInfo::roles()
{
    ACCEPTED(refusal(R"({"user":"u","name":"n"})"));
    ACCEPTED(refusal(R"({"user":"u","name":"n","role":"a/b"})"));
    ACCEPTED(refusal(
        R"({"user":"u","name":"n","roles":["a","*"],"capabilities":[{"type":"MULTI_ROLE"}]})"));
    ACCEPTED(refusal(R"({"user":"u","name":"n","capabilities":[{"type":"MULTI_ROLE"}]})"));
    REFUSED(refusal(R"({"user":"u","name":"n","role":"a","capabilities":[{"type":"MULTI_ROLE"}]})"),
            "'FrameworkInfo.role' is for frameworks without");
    REFUSED(refusal(R"({"user":"u","name":"n","roles":["a"]})"),
            "'FrameworkInfo.roles' needs the capability");
    REFUSED(
        refusal(
            R"({"user":"u","name":"n","roles":["a","b","a"],"capabilities":[{"type":"MULTI_ROLE"}]})"),
        "names twice: 'a'");
    REFUSED(
        refusal(
            R"({"user":"u","name":"n","roles":["a","b c"],"capabilities":[{"type":"MULTI_ROLE"}]})"),
        "is no role");
    for (const char *role :
         {"", ".", "..", "-a", "a//b", "/a", "a/", "a/*", "a/./b", "a\tb", "a b"}) {
        FrameworkInfo info = read<FrameworkInfo>(R"({"user":"u","name":"n"})");
        info.set_role(role);
        REFUSED(textOf(validateFrameworkInfo(info)), "'FrameworkInfo.role' is no role");
    }
}

void TestFrameworkInfo::id()
{
    ACCEPTED(
        refusal(R"({"user":"u","name":"n","id":{"value":""}})")); // an empty id asks for a new one
    ACCEPTED(refusal(R"({"user":"u","name":"n","id":{"value":"mine"}})"));
    REFUSED(refusal(R"({"user":"u","name":"n","id":{"value":"a/b"}})"),
            "FrameworkInfo.id: 'a/b' contains invalid characters");
}

void TestFrameworkInfo::offerFilters()
{
    const auto filters = [](const std::string &quantities) {
        return refusal(
            R"({"user":"u","name":"n","offer_filters":{"zz":{"min_allocatable_resources":{"quantities":[)"
            + quantities + "]}}}}");
    };
    ACCEPTED(filters(R"({"quantities":{"cpus":{"value":0.5},"mem":{"value":0}}})"));
    REFUSED(filters(R"({"quantities":{"cpus":{"value":-1}}})"), "quantity of 'cpus'");
    REFUSED(filters(R"({"quantities":{"cpus":{"value":"Infinity"}}})"), "quantity of 'cpus'");
    REFUSED(filters(R"({"quantities":{}})"), "at least one");
}

void TestFrameworkInfo::failoverTimeout()
{
    ACCEPTED(refusal(R"({"user":"u","name":"n","failover_timeout":604800})"));
    ACCEPTED(refusal(R"({"user":"u","name":"n","failover_timeout":-1})"));
    REFUSED(refusal(R"({"user":"u","name":"n","failover_timeout":1e300})"), "failover_timeout");
    REFUSED(refusal(R"({"user":"u","name":"n","failover_timeout":"Infinity"})"),
            "failover_timeout");
}

void TestFrameworkInfo::roleWhitelist()
{
    const FrameworkRules rules{.roleWhitelist = std::set<std::string>{"a", "*"}};
    ACCEPTED(refusal(R"({"user":"u","name":"n","role":"a"})", rules));
    REFUSED(refusal(R"({"user":"u","name":"n","role":"b"})", rules),
            "Roles 'b' are not among the master's --roles");
}

void TestFrameworkInfo::rootSubmissions()
{
    const FrameworkRules rules{.rootSubmissions = false};
    ACCEPTED(refusal(R"({"user":"u","name":"n"})", rules));
    ACCEPTED(refusal(R"({"user":"root","name":"n"})"));
    REFUSED(refusal(R"({"user":"root","name":"n"})", rules), "--root_submissions");
}

void TestFrameworkInfo::resubscribe()
{
    FrameworkInfo known = samples::framework();
    FrameworkInfo given = known;
    given.set_user("other");
    given.set_checkpoint(true);
    QVERIFY(validateFrameworkResubscribe(known, given).has_value()); // the caller puts these back
    given.set_principal("p");
    REFUSED(textOf(validateFrameworkResubscribe(known, given)),
            "'FrameworkInfo.principal' cannot be changed.");
    known.set_principal("p");
    QVERIFY(validateFrameworkResubscribe(known, given).has_value());
}

void TestFrameworkInfo::update()
{
    const FrameworkInfo known = samples::framework();
    FrameworkInfo given = known;
    given.set_name("other");
    given.add_roles("more");
    ACCEPTED(textOf(validateFrameworkUpdate(known, given)));
    given.set_user("other");
    REFUSED(textOf(validateFrameworkUpdate(known, given)), "'FrameworkInfo.user'");
    given = known;
    given.set_checkpoint(true);
    REFUSED(textOf(validateFrameworkUpdate(known, given)), "'FrameworkInfo.checkpoint'");
    given = known;
    given.set_principal("p");
    REFUSED(textOf(validateFrameworkUpdate(known, given)), "principal");
}

void TestFrameworkInfo::suppressedRoles()
{
    google::protobuf::RepeatedPtrField<std::string> suppressed;
    *suppressed.Add() = "a";
    ACCEPTED(textOf(validateSuppressedRoles(suppressed, withRoles({"a", "b"}))));
    REFUSED(textOf(validateSuppressedRoles(suppressed, withRoles({"b"}))), "Suppressed roles 'a'");
}

void TestFrameworkInfo::constraintsForForeignRoles()
{
    REFUSED(constraintRefusal(R"({"role_constraints":{"zz":{"groups":[]}}})"), "role 'zz'");
}

void TestFrameworkInfo::constraintsAreWellFormed()
{
    const auto one = [](const std::string &constraint) {
        return constraintRefusal(R"({"role_constraints":{"a":{"groups":[{"attribute_constraints":[)"
                                 + constraint + "]}]}}}");
    };
    ACCEPTED(one(R"({"selector":{"attribute_name":"rack"},"predicate":{"exists":{}}})"));
    ACCEPTED(one(
        R"({"selector":{"pseudoattribute_type":"ZONE"},"predicate":{"text_matches":{"regex":"z[0-9]+"}}})"));
    REFUSED(one(R"({"selector":{},"predicate":{"exists":{}}})"),
            "The offer constraints cannot be used");
    REFUSED(one(R"({"selector":{"attribute_name":"rack"},"predicate":{}})"), "predicate");
    REFUSED(
        one(R"({"selector":{"attribute_name":"rack"},"predicate":{"text_matches":{"regex":"["}}})"),
        "'['");
    REFUSED(constraintRefusal(R"({"role_constraints":{"a":{}}})"), "group");
    REFUSED(constraintRefusal(R"({"role_constraints":{"a":{"groups":[{}]}}})"), "group");
}

void TestFrameworkInfo::constraintPatternsHaveLimits()
{
    const std::string json =
        R"({"role_constraints":{"a":{"groups":[{"attribute_constraints":[{"selector":{"attribute_name":"rack"},
        "predicate":{"text_not_matches":{"regex":"a{1,30}b{1,30}"}}}]}]}}})";
    REFUSED(constraintRefusal(json, {.re2MaxMemoryBytes = 1 << 20, .re2MaxProgramSize = 20}), "20");
    ACCEPTED(constraintRefusal(json, {.re2MaxMemoryBytes = 1 << 20, .re2MaxProgramSize = 1000}));
}

QTEST_GUILESS_MAIN(TestFrameworkInfo)
#include "tst_validate_framework_info.moc"
