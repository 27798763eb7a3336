#include <QtTest>

#include "common/base/address_flags.h"
#include "common/base/firewall_flags.h"
#include "common/base/flags.h"

using namespace meseta;
using namespace std::chrono_literals;

namespace {

FlagTable exampleTable()
{
    FlagTable table;
    table.program = "example";
    table.version = "1.0";
    table.summary = "An example.";
    table.environment = "MESOS_";
    table.rows = {
        {.name = "help", .type = FlagType::Bool, .fallback = "false", .help = "Print this."},
        {.name = "port", .type = FlagType::UInt16, .fallback = "5050", .help = "The port."},
        {.name = "hostname_lookup",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Look it up."},
        {.name = "ping",
         .type = FlagType::TimeSpan,
         .fallback = "15secs",
         .help = "Ping.",
         .alias = "old_ping",
         .check = durationWithin(1s, 15min)},
        {.name = "size", .type = FlagType::Bytes, .fallback = "4KB", .help = "Size."},
        {.name = "share", .type = FlagType::Double, .fallback = "0.8", .help = "Share."},
        {.name = "work_dir", .type = FlagType::Path, .help = "the folder."},
        {.name = "config", .type = FlagType::Json, .help = "Config."},
        {.name = "zk", .type = FlagType::Location, .help = "Where."},
        {.name = "sorter", .fallback = "drf", .help = "Sorter.", .choices = {"drf", "random"}},
        {.name = "names", .type = FlagType::StringList, .help = "Names."},
        {.name = "acls",
         .help = "ACLs.",
         .notYet = "authorization is not available yet; start without it"},
        {.name = "strict",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Strict.",
         .notYet = "it is not there"},
    };
    return table;
}

Result<FlagValues> load(const std::vector<std::string> &arguments,
                        const Environment &environment = {})
{
    return loadFlags(exampleTable(), arguments, environment);
}

std::string errorOf(const std::vector<std::string> &arguments, const Environment &environment = {})
{
    const Result<FlagValues> values = load(arguments, environment);
    return values ? std::string("no error") : values.error().message;
}

} // namespace

class TestFlags : public QObject
{
    Q_OBJECT
private:
    void verifyNames(const std::string &message, const std::vector<const char *> &parts)
    {
        for (const char *part : parts)
            QVERIFY2(message.find(part) != std::string::npos, (message + " lacks " + part).c_str());
    }

private Q_SLOTS:
    void defaultsHold()
    {
        const auto values = load({});
        QVERIFY(values.has_value());
        QCOMPARE(values->integer("port"), std::optional<std::int64_t>(5050));
        QCOMPARE(values->flag("hostname_lookup"), true);
        QCOMPARE(values->duration("ping"), std::optional<Duration>(15s));
        QCOMPARE(values->bytes("size"), std::optional<std::uint64_t>(4096));
        QCOMPARE(values->number("share"), std::optional(0.8));
        QVERIFY(!values->has("work_dir"));
        QVERIFY(!values->given("port"));
    }

    void commandLineWinsOverEnvironment()
    {
        const auto values = load({"--port=1", "ignored"},
                                 {{"MESOS_PORT", "2"},
                                  {"MESOS_work_dir", "/tmp/w"},
                                  {"MESOS_NATIVE_JAVA_LIBRARY", "/x"},
                                  {"OTHER", "1"}});
        QVERIFY(values.has_value());
        QCOMPARE(values->string("port"), std::string("1"));
        QCOMPARE(values->string("work_dir"), std::string("/tmp/w"));
        QCOMPARE(values->warnings().size(), 1u); // the word "ignored"
    }

    void booleansHaveFourForms()
    {
        for (const char *yes : {"--hostname_lookup", "--hostname_lookup=true",
                                "--hostname_lookup=1", "--hostname_lookup="})
            QCOMPARE(load({yes})->flag("hostname_lookup"), true);
        for (const char *no : {"--no-hostname_lookup", "--hostname_lookup=false",
                               "--hostname_lookup=0", "--NO-Hostname_Lookup"})
            QCOMPARE(load({no})->flag("hostname_lookup"), false);
    }

    void namesMayBeInAnyCaseAndValuesAreKept()
    {
        const auto values = load({"--Work_Dir=/Tmp/W"});
        QCOMPARE(values->string("work_dir"), std::string("/Tmp/W"));
    }

    void twoDashesEndTheFlags()
    {
        const auto values = load({"--port=1", "--", "--port=2", "--nonsense"});
        QVERIFY(values.has_value());
        QCOMPARE(values->string("port"), std::string("1"));
    }

    void quotedValuesKeepEverythingAfterTheFirstEquals()
    {
        QCOMPARE(load({"--work_dir=a=b=c"})->string("work_dir"), std::string("a=b=c"));
    }

    void anOlderNameIsAcceptedWithAWarning()
    {
        const auto values = load({"--old_ping=20secs"});
        QCOMPARE(values->duration("ping"), std::optional<Duration>(20s));
        QCOMPARE(values->effective().at("old_ping"), std::string("20secs"));
        QVERIFY(!values->effective().contains("ping"));
        QCOMPARE(values->warnings().size(), 1u);
    }

    void effectiveValuesAreText()
    {
        const auto values =
            load({"--ping=120secs", "--size=2048B", "--share=0.50", R"(--config={ "a" : 1 })"});
        const std::map<std::string, std::string> &effective = values->effective();
        QCOMPARE(effective.at("ping"), std::string("2mins"));
        QCOMPARE(effective.at("size"), std::string("2KB"));
        QCOMPARE(effective.at("share"), std::string("0.5"));
        QCOMPARE(effective.at("config"), std::string(R"({"a":1})"));
        QCOMPARE(effective.at("help"), std::string("false"));
        QVERIFY(!effective.contains("work_dir"));
    }

    void filesStandForValues()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("value")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"a\":1}\n");
        file.close();
        const std::string path = file.fileName().toStdString();
        QCOMPARE(load({"--config=file://" + path})->string("config"), std::string(R"({"a":1})"));
        QCOMPARE(load({"--config=" + path})->string("config"), std::string(R"({"a":1})"));
        QCOMPARE(load({"--names=file://" + path})->string("names"), std::string(R"({"a":1})"));
        QCOMPARE(load({"--work_dir=file://" + path})->string("work_dir"), path);
        QCOMPARE(load({"--zk=file://" + path})->string("zk"), "file://" + path);
        verifyNames(errorOf({"--config=file:///nowhere/at/all"}), {"--config", "/nowhere/at/all"});
    }

    void listsAreCommaSeparated()
    {
        QCOMPARE(load({"--names=a,b,,c"})->list("names"),
                 (std::vector<std::string>{"a", "b", "c"}));
        QVERIFY(load({})->list("names").empty());
    }

    void errorsNameTheFlagTheValueAndTheRemedy()
    {
        verifyNames(errorOf({"--prot=1"}), {"--prot", "did you mean --port?"});
        verifyNames(errorOf({"--hostname_lokup"}), {"--hostname_lookup"});
        verifyNames(errorOf({"--port", "5"}), {"--port", "missing", "--port=VALUE"});
        verifyNames(errorOf({"--port=99999"}), {"--port", "99999", "65535"});
        verifyNames(errorOf({"--port=abc"}), {"--port", "abc", "whole number"});
        verifyNames(errorOf({"--no-port"}), {"--no-port", "--port=VALUE"});
        verifyNames(errorOf({"--no-hostname_lookup=yes"}), {"--no-hostname_lookup"});
        verifyNames(errorOf({"--hostname_lookup=maybe"}), {"maybe", "true"});
        verifyNames(errorOf({"--ping=16mins"}), {"--ping", "16mins", "15mins"});
        verifyNames(errorOf({"--ping=5"}), {"--ping", "unit"});
        verifyNames(errorOf({"--size=1.5MB"}), {"--size", "1.5MB"});
        verifyNames(errorOf({"--share=many"}), {"--share", "many"});
        verifyNames(errorOf({"--config={"}), {"--config", "JSON"});
        verifyNames(errorOf({"--sorter=fair"}), {"--sorter", "fair", "drf or random"});
        verifyNames(errorOf({}, {{"MESOS_PORT", "x"}}), {"MESOS_PORT", "x"});
    }

    void aFlagGivenTwiceIsRefused()
    {
        verifyNames(errorOf({"--port=1", "--port=1"}), {"--port", "twice"});
        verifyNames(errorOf({"--ping=1secs", "--old_ping=2secs"}), {"--ping", "--old_ping"});
        verifyNames(errorOf({"--hostname_lookup", "--no-hostname_lookup"}), {"twice"});
    }

    void aMissingRequiredFlagIsNamed()
    {
        FlagTable table = exampleTable();
        table.rows.push_back({.name = "master", .help = "Where the master is.", .required = true});
        const auto values = loadFlags(table, {}, {});
        QVERIFY(!values.has_value());
        verifyNames(values.error().message, {"--master", "required", "Where the master is"});
        QVERIFY(loadFlags(table, {"--help"}, {}).has_value());
        // Written in two words with one dash, it is no flag: that is worth saying.
        verifyNames(loadFlags(table, {"-master", "host:1"}, {}).error().message,
                    {"'-master'", "--name=value"});
    }

    void whatIsNotThereYetIsRefusedUnlessItIsTheDefault()
    {
        verifyNames(errorOf({"--acls={}"}),
                    {"--acls", "authorization is not available yet", "start without it"});
        verifyNames(errorOf({"--no-strict"}), {"--no-strict", "it is not there"});
        verifyNames(errorOf({}, {{"MESOS_STRICT", "false"}}), {"MESOS_STRICT"});
        QVERIFY(load({"--strict"}).has_value());
        QVERIFY(load({"--strict=1"}).has_value());
    }

    void helpIsAnsweredWhateverElseIsWrong()
    {
        QVERIFY(load({"--nonsense", "--help"})->flag("help"));
        const std::string help = flagsHelp(exampleTable());
        for (const FlagRow &row : exampleTable().rows)
            verifyNames(help, {row.name.c_str()});
        verifyNames(help,
                    {"--[no-]strict", "--ping=DURATION", "Default: 15secs", "refused today",
                     "MESOS_", "--old_ping"});
        for (const QByteArray &line : QByteArray::fromStdString(help).split('\n'))
            QVERIFY2(line.size() <= 90, line.constData());
    }

    void addressesComeFromFlagsThenEnvironment()
    {
        FlagTable table = exampleTable();
        table.rows = addressFlagRows(5050);
        const Environment environment{{"LIBPROCESS_IP", "127.0.0.2"},
                                      {"LIBPROCESS_ADVERTISE_PORT", "81"}};
        const auto address = addressFlags(
            *loadFlags(table, {"--port=7", "--advertise_ip=10.0.0.1"}, {}), environment);
        QVERIFY(address.has_value());
        QCOMPARE(address->ip.value(), std::string("127.0.0.2"));
        QCOMPARE(address->port, 7);
        QCOMPARE(address->advertiseIp.value(), std::string("10.0.0.1"));
        QCOMPARE(address->advertisePort.value(), 81);
        QCOMPARE(addressFlags(*loadFlags(table, {"--ip=127.0.0.3"}, {}), environment)->ip.value(),
                 std::string("127.0.0.3"));
    }

    void addressesCanBeDiscovered()
    {
        FlagTable table = exampleTable();
        table.rows = addressFlagRows(5050);
        const auto with = [&](const char *command) {
            return addressFlags(
                *loadFlags(table, {std::string("--ip_discovery_command=") + command}, {}), {});
        };
        QCOMPARE(with("echo 127.0.0.9")->ip.value(), std::string("127.0.0.9"));
        verifyNames(with("echo here").error().message,
                    {"--ip_discovery_command", "'here'", "IPv4"});
        verifyNames(with("exit 3").error().message, {"exit 3", "wait status 768"});
        verifyNames(with("true").error().message, {"printed nothing"});
        const auto both = addressFlags(
            *loadFlags(table, {"--ip=127.0.0.1", "--ip_discovery_command=true"}, {}), {});
        verifyNames(both.error().message, {"--ip ", "--ip_discovery_command", "exclude"});
    }

    void endpointsCanBeDisabled()
    {
        FlagTable table = exampleTable();
        table.rows = {firewallFlagRow("/master/state")};
        const auto with = [&](const char *rules) {
            return loadFlags(table, {std::string("--firewall_rules=") + rules}, {});
        };
        QCOMPARE(disabledEndpoints(*with(
                     R"({"disabled_endpoints":{"paths":["/master/state","/files/browse"]}})")),
                 (std::vector<std::string>{"/master/state", "/files/browse"}));
        QVERIFY(disabledEndpoints(*loadFlags(table, {}, {})).empty());
        // Rules that would disable nothing are a mistake that somebody relies on.
        for (const char *rules :
             {"{}", R"({"disabled_endpoints":["/master/state"]})", R"(["/master/state"])",
              R"({"disabled_endpoints":{"paths":"/master/state"}})",
              R"({"disabled_endpoints":{"paths":[1]}})",
              R"({"disabled_endpoints":{"paths":["state"]}})"})
            verifyNames(with(rules).has_value() ? "no error" : with(rules).error().message,
                        {"--firewall_rules", "disabled_endpoints"});
    }

    void securityThatIsNotThereIsNeverIgnored()
    {
        FlagTable table = exampleTable();
        table.rows = addressFlagRows(5050);
        const auto values = loadFlags(table, {}, {});
        const auto refused = addressFlags(*values, {{"LIBPROCESS_SSL_ENABLED", "true"}});
        QVERIFY(!refused.has_value());
        verifyNames(refused.error().message, {"LIBPROCESS_SSL_ENABLED", "TLS"});
        QVERIFY(addressFlags(*values, {{"LIBPROCESS_SSL_ENABLED", "false"}}).has_value());
    }
};

QTEST_APPLESS_MAIN(TestFlags)
#include "tst_flags.moc"
