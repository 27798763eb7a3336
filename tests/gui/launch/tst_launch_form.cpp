#include <QTest>

#include "common/codec/json.h"
#include "gui/launch/launch_fit.h"
#include "gui/launch/launch_task.h"

using namespace meseta::console;

namespace {

LaunchRequest full()
{
    LaunchRequest request;
    request.name = QStringLiteral("web");
    request.image = QStringLiteral("nginx:1.25");
    request.cpus = 0.5;
    request.memory = 256;
    request.disk = 64;
    request.network = LaunchRequest::Network::Bridge;
    request.ports = {{80, QStringLiteral("tcp"), 0}, {53, QStringLiteral("udp"), 31005}};
    request.command = QStringLiteral("nginx -g 'daemon off;'");
    request.environment = {{QStringLiteral("A"), QStringLiteral("b c")}};
    request.volumes = {{QStringLiteral("/srv"), QStringLiteral("/data"), true}};
    request.parameters = {{QStringLiteral("cap-add"), QStringLiteral("NET_ADMIN")}};
    request.healthCheck.kind = LaunchRequest::HealthCheck::Kind::Http;
    request.healthCheck.port = 80;
    request.user = QStringLiteral("www");
    request.hostname = QStringLiteral("box");
    request.privileged = true;
    request.forcePull = true;
    return request;
}

std::string bytes(const mesos::v1::TaskInfo &task)
{
    return task.SerializePartialAsString();
}

Place place(double freeCpus, double cpus)
{
    Place found;
    found.agentId = QStringLiteral("A");
    found.hostname = QStringLiteral("one");
    found.free = {freeCpus, 1024, 1024, 0, {}};
    found.total = {cpus, 1024, 1024, 0, {}};
    found.attributes = {{QStringLiteral("hostname"), QStringLiteral("one")},
                        {QStringLiteral("rack"), QStringLiteral("r1")}};
    return found;
}

} // namespace

class LaunchFormTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theFormAndTheTaskSayTheSame();
    void theFormAndItsJsonSayTheSame();
    void theJsonIsLegible();
    void keepsWhatTheFormDoesNotShow();
    void changesContainerizersWithoutLeftovers();
    void namesTheLineOrFieldThatIsWrong();
    void checksEachField_data();
    void checksEachField();
    void takesReservedResourcesAlong();
    void tellsWhetherAPlaceFits_data();
    void tellsWhetherAPlaceFits();
    void putsOneInstanceOnEachValue();
};

void LaunchFormTest::theFormAndTheTaskSayTheSame()
{
    for (const auto containerizer :
         {LaunchRequest::Containerizer::Docker, LaunchRequest::Containerizer::Mesos}) {
        LaunchRequest request = full();
        request.containerizer = containerizer;
        if (containerizer == LaunchRequest::Containerizer::Mesos) {
            request.network = LaunchRequest::Network::Named;
            request.networkName = QStringLiteral("net");
            request.privileged = false;
            request.parameters.clear();
        }
        const auto task = taskTemplate(request);
        const LaunchRequest back = requestOf(task);
        QCOMPARE(back.name, request.name);
        QCOMPARE(back.image, request.image);
        QCOMPARE(back.memory, request.memory);
        QCOMPARE(back.disk, request.disk);
        QCOMPARE(back.network, request.network);
        QCOMPARE(back.networkName, request.networkName);
        QCOMPARE(back.ports, request.ports);
        QCOMPARE(back.command, request.command);
        QCOMPARE(back.environment, request.environment);
        QCOMPARE(back.volumes, request.volumes);
        QCOMPARE(back.parameters, request.parameters);
        QCOMPARE(back.healthCheck, request.healthCheck);
        QCOMPARE(back.user, request.user);
        QCOMPARE(back.hostname, request.hostname);
        QCOMPARE(back.forcePull, request.forcePull);
        QCOMPARE(bytes(taskTemplate(back)), bytes(task));
    }
}

void LaunchFormTest::theFormAndItsJsonSayTheSame()
{
    LaunchRequest request = full();
    request.instances = 3;
    request.role = QStringLiteral("web");
    const auto back = requestOfJson(templateJson(request), request);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(templateJson(*back), templateJson(request));
    QCOMPARE(back->instances, 3);
    QCOMPARE(back->role, QStringLiteral("web"));
    QVERIFY(templateJson(request).contains(QStringLiteral("\n  \"container\": {\n")));
}

/// Letters of any language stand in it as they are; what would turn or break the line as a number.
void LaunchFormTest::theJsonIsLegible()
{
    LaunchRequest request = full();
    request.name = QString::fromUtf8("缓存-\U0001F680-à");
    const QString json = templateJson(request);
    QVERIFY2(json.contains(request.name), qPrintable(json));
    const auto back = requestOfJson(json, request);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(back->name, request.name);
    request.user = QString::fromUtf8("a\u202eb");
    QVERIFY(!templateJson(request).contains(QChar(0x202e)));
}

void LaunchFormTest::keepsWhatTheFormDoesNotShow()
{
    QString json = templateJson(full());
    json.chop(2);
    json += QStringLiteral(",\n\"labels\": {\"labels\": [{\"key\": \"k\", \"value\": \"v\"}]},"
                           "\"kill_policy\": {\"grace_period\": {\"nanoseconds\": 5000000000}}}");
    const auto request = requestOfJson(json, {});
    QVERIFY2(request, request ? "" : request.error().message.c_str());
    LaunchRequest changed = *request;
    changed.cpus = 2;
    const auto task = taskTemplate(changed);
    QCOMPARE(task.labels().labels(0).value(), std::string("v"));
    QCOMPARE(task.kill_policy().grace_period().nanoseconds(), 5000000000);
    QCOMPARE(task.resources(0).scalar().value(), 2.0);
}

void LaunchFormTest::changesContainerizersWithoutLeftovers()
{
    LaunchRequest request = requestOf(taskTemplate(full()));
    request.containerizer = LaunchRequest::Containerizer::Mesos;
    request.healthCheck.kind = LaunchRequest::HealthCheck::Kind::Tcp;
    const auto task = taskTemplate(request);
    QVERIFY(!task.container().has_docker());
    QCOMPARE(task.container().mesos().image().docker().name(), std::string("nginx:1.25"));
    QVERIFY(!task.health_check().has_http());
    request.healthCheck.kind = LaunchRequest::HealthCheck::Kind::None;
    QVERIFY(!taskTemplate(request).has_health_check());
}

void LaunchFormTest::namesTheLineOrFieldThatIsWrong()
{
    const auto broken = requestOfJson(QStringLiteral("{\n\"name\": \"a\",\n oops }"), {});
    QVERIFY(!broken);
    QVERIFY2(broken.error().message.find("line 3") != std::string::npos,
             broken.error().message.c_str());
    const auto wrong =
        requestOfJson(QStringLiteral("{\"name\": \"a\", \"container\": {\"type\": 1.5}}"), {});
    QVERIFY(!wrong);
    QVERIFY2(wrong.error().message.find("type") != std::string::npos,
             wrong.error().message.c_str());
}

void LaunchFormTest::checksEachField_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<std::function<void(LaunchRequest &)>>("change");
    const auto row = [](const char *name, const char *field,
                        std::function<void(LaunchRequest &)> change) {
        QTest::newRow(name) << QString::fromLatin1(field) << std::move(change);
    };
    row("nothing", "", [](LaunchRequest &) {});
    row("open quote", "command", [](LaunchRequest &r) { r.command = QStringLiteral("'a"); });
    row("shell without a line", "command", [](LaunchRequest &r) {
        r.shell = true;
        r.command.clear();
    });
    row("instances", "instances", [](LaunchRequest &r) { r.instances = 0; });
    row("one port for many", "ports", [](LaunchRequest &r) { r.instances = 2; });
    row("ports on the host network", "ports",
        [](LaunchRequest &r) { r.network = LaunchRequest::Network::Host; });
    row("port", "ports", [](LaunchRequest &r) { r.ports[0].containerPort = 70000; });
    row("no network name", "network",
        [](LaunchRequest &r) { r.network = LaunchRequest::Network::Named; });
    row("bridge of the Mesos containerizer", "network",
        [](LaunchRequest &r) { r.containerizer = LaunchRequest::Containerizer::Mesos; });
    row("relative volume", "volumes",
        [](LaunchRequest &r) { r.volumes[0].containerPath = QStringLiteral("data"); });
    row("health port", "health", [](LaunchRequest &r) { r.healthCheck.port = 0; });
    row("health path", "health",
        [](LaunchRequest &r) { r.healthCheck.path = QStringLiteral("x"); });
    row("constraint", "constraints", [](LaunchRequest &r) {
        r.constraints = {{QStringLiteral("rack"), LaunchRequest::Constraint::Rule::Matches,
                          QStringLiteral("(")}};
    });
}

void LaunchFormTest::checksEachField()
{
    QFETCH(QString, field);
    QFETCH(std::function<void(LaunchRequest &)>, change);
    LaunchRequest request = full();
    change(request);
    const auto problem = request.problem();
    QCOMPARE(problem ? problem->field : QString(), field);
}

void LaunchFormTest::takesReservedResourcesAlong()
{
    mesos::v1::Offer offer;
    QVERIFY(meseta::codec::parseJson(
        R"({"id":{"value":"O"},"agent_id":{"value":"A"},"framework_id":{"value":"F"},
        "hostname":"one","allocation_info":{"role":"web"},"resources":[
        {"name":"cpus","type":"SCALAR","scalar":{"value":0.2},"allocation_info":{"role":"web"},
         "reservations":[{"type":"STATIC","role":"web"}]},
        {"name":"cpus","type":"SCALAR","scalar":{"value":1},"allocation_info":{"role":"web"}},
        {"name":"mem","type":"SCALAR","scalar":{"value":512},"allocation_info":{"role":"web"}},
        {"name":"disk","type":"SCALAR","scalar":{"value":512},"allocation_info":{"role":"web"}},
        {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":31005,"end":31009}]},
         "allocation_info":{"role":"web"}}]})",
        offer));
    QVERIFY(fits(full(), offer));
    const auto task = makeTask(full(), offer, QStringLiteral("web-1"));
    QVERIFY2(task, task ? "" : task.error().message.c_str());
    QCOMPARE(task->resources(0).scalar().value(), 0.2);
    QCOMPARE(task->resources(0).reservations_size(), 1);
    QCOMPARE(task->resources(1).scalar().value(), 0.3);
    // The port that was named is kept; the other is the first that is left.
    QCOMPARE(task->container().docker().port_mappings(0).host_port(), 31006u);
    QCOMPARE(task->container().docker().port_mappings(1).host_port(), 31005u);

    LaunchRequest elsewhere = full();
    elsewhere.role = QStringLiteral("other");
    QVERIFY(!fits(elsewhere, offer));
    LaunchRequest wants = full();
    wants.ports[1].hostPort = 32000;
    QVERIFY(!fits(wants, offer));
}

void LaunchFormTest::tellsWhetherAPlaceFits_data()
{
    using Verdict = Fit::Verdict;
    using Rule = LaunchRequest::Constraint::Rule;
    QTest::addColumn<double>("cpus");
    QTest::addColumn<QString>("attribute");
    QTest::addColumn<int>("rule");
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("verdict");
    const auto row = [](const char *name, double cpus, const char *attribute, Rule rule,
                        const char *value, Verdict verdict) {
        QTest::newRow(name) << cpus << attribute << static_cast<int>(rule) << value
                            << static_cast<int>(verdict);
    };
    row("room", 1, "", Rule::Is, "", Verdict::Now);
    row("room later", 3, "", Rule::Is, "", Verdict::Later);
    row("too large", 5, "", Rule::Is, "", Verdict::Never);
    row("the rack", 1, "rack", Rule::Is, "r1", Verdict::Now);
    row("another rack", 1, "rack", Rule::Is, "r2", Verdict::Never);
    row("not that rack", 1, "rack", Rule::IsNot, "r1", Verdict::Never);
    row("matches", 1, "rack", Rule::Matches, "r[0-9]", Verdict::Now);
    row("matches in part only", 1, "rack", Rule::Matches, "r", Verdict::Never);
    row("without the attribute", 1, "zone", Rule::Is, "a", Verdict::Never);
    row("without the attribute is not it", 1, "zone", Rule::IsNot, "a", Verdict::Now);
}

void LaunchFormTest::tellsWhetherAPlaceFits()
{
    QFETCH(double, cpus);
    QFETCH(QString, attribute);
    QFETCH(int, rule);
    QFETCH(QString, value);
    QFETCH(int, verdict);
    LaunchRequest request;
    request.image = QStringLiteral("redis");
    request.cpus = cpus;
    if (!attribute.isEmpty())
        request.constraints = {
            {attribute, static_cast<LaunchRequest::Constraint::Rule>(rule), value}};
    const Fit found = fit(request, place(2, 4));
    QCOMPARE(static_cast<int>(found.verdict), verdict);
    QCOMPARE(found.reasons.isEmpty(), found.verdict == Fit::Verdict::Now);
}

void LaunchFormTest::putsOneInstanceOnEachValue()
{
    LaunchRequest request;
    request.image = QStringLiteral("redis");
    request.constraints = {
        {QStringLiteral("hostname"), LaunchRequest::Constraint::Rule::OncePerValue, {}}};
    TakenValues taken;
    QCOMPARE(fit(request, place(2, 4), taken).verdict, Fit::Verdict::Now);
    take(request, place(2, 4), taken);
    QCOMPARE(fit(request, place(2, 4), taken).verdict, Fit::Verdict::Later);
}

QTEST_GUILESS_MAIN(LaunchFormTest)
#include "tst_launch_form.moc"
