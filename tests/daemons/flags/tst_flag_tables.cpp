#include <QtTest>

#include <unistd.h>

#include "daemons/agent/flags/agent_flags.h"
#include "daemons/execute/flags/execute_flags.h"
#include "daemons/master/flags/master_flags.h"

using namespace meseta;

namespace {

/// One row of fixtures/flags.tsv: what the flags of a Mesos 1.11 cluster are.
struct Expected
{
    QByteArray program;
    QByteArray name;
    QByteArray alias;
    QByteArray type;
    QByteArray fallback;
};

std::vector<Expected> expectedFlags()
{
    QFile file(QStringLiteral(FIXTURES "/flags.tsv"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::vector<Expected> rows;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QByteArrayList columns = line.split('\t');
        if (columns.size() < 4)
            continue;
        Expected row{columns[0], columns[1], {}, columns[2], columns[3]};
        const qsizetype alias = row.name.indexOf(" (alias ");
        if (alias > 0) {
            row.alias = row.name.mid(alias + 8).chopped(1);
            row.name.truncate(alias);
        }
        rows.push_back(row);
    }
    return rows;
}

std::vector<FlagType> typesFor(const QByteArray &type, const QByteArray &name)
{
    if (name == "webui_dir" || name.endsWith("_dir") || name == "whitelist")
        return {FlagType::Path, FlagType::String};
    if (type.startsWith("JSON"))
        return {FlagType::Json};
    if (type.contains("file:// contents") || name == "master")
        return {FlagType::Location};
    static const std::map<QByteArray, std::vector<FlagType>> types{
        {"bool", {FlagType::Bool}},
        {"int", {FlagType::Int}},
        {"uint", {FlagType::UInt}},
        {"uint16", {FlagType::UInt16}},
        {"double", {FlagType::Double}},
        {"duration", {FlagType::TimeSpan}},
        {"bytes", {FlagType::Bytes}},
        {"path", {FlagType::Path}},
        {"uint list (comma)", {FlagType::UIntList}},
        {"string set (comma list)", {FlagType::StringList}},
        {"std::set<string>", {FlagType::StringList}},
        {"string", {FlagType::String, FlagType::Path, FlagType::StringList}},
    };
    const auto found = types.find(type);
    return found == types.end() ? std::vector<FlagType>{} : found->second;
}

/// Defaults that depend on the machine, or on what is there yet.
QByteArray resolvedDefault(const QByteArray &text)
{
    const QByteArray temporary = qEnvironmentVariable("TMPDIR", QStringLiteral("/tmp")).toUtf8();
    if (text == "linux when root on Linux, else posix")
        return ::geteuid() == 0 ? "linux" : "posix";
    if (text == "(empty)")
        return "";
    QByteArray resolved = text;
    return resolved.replace("<TMPDIR>", temporary)
        .replace("<PKGDATADIR>", "/usr/local/share/mesos")
        .replace("<PKGLIBEXECDIR>", "/usr/local/libexec/mesos");
}

/// A value of the right form that is not the default.
std::string exampleValue(const FlagRow &row)
{
    if (!row.choices.empty())
        return row.choices.back();
    switch (row.type) {
    case FlagType::Bool:
        return row.fallback == "true" ? "false" : "true";
    case FlagType::Int:
    case FlagType::UInt:
    case FlagType::UInt16:
    case FlagType::UIntList:
        return "7";
    case FlagType::Double:
        return "0.5";
    case FlagType::TimeSpan:
        return row.check ? row.fallback.value_or("14secs") : "11mins";
    case FlagType::Bytes:
        return "3MB";
    case FlagType::Json:
        return R"({"a":1})";
    default:
        return "something";
    }
}

std::vector<FlagTable> allTables()
{
    return {master::masterFlagTable(), agent::agentFlagTable(), execute::executeFlagTable()};
}

std::vector<std::string> programsOf(const QByteArray &program)
{
    if (program == "all")
        return {"mesos-master", "mesos-agent", "mesos-execute"};
    if (program.startsWith("master+agent"))
        return {"mesos-master", "mesos-agent"};
    return {program.toStdString()};
}

std::set<std::string> tableNames(const FlagTable &table)
{
    std::set<std::string> names;
    for (const FlagRow &row : table.rows)
        names.insert(row.name);
    return names;
}

} // namespace

class TestFlagTables : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyFlagIsThere_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("alias");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("fallback");
        int rows = 0;
        for (const Expected &row : expectedFlags()) {
            for (const std::string &program : programsOf(row.program)) {
                if (!program.starts_with("mesos-") || row.name.startsWith('('))
                    continue;
                QTest::addRow("%s --%s", program.c_str(), row.name.constData())
                    << QByteArray::fromStdString(program) << row.name << row.alias << row.type
                    << row.fallback;
                ++rows;
            }
        }
        QVERIFY2(rows > 250, "the fixture was not read");
    }

    void everyFlagIsThere()
    {
        QFETCH(QByteArray, program);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, alias);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, fallback);
        for (const FlagTable &table : allTables()) {
            if (table.program != program.toStdString())
                continue;
            const FlagRow *row = table.find(name.toStdString());
            QVERIFY(row != nullptr);
            QCOMPARE(QByteArray::fromStdString(row->name), name);
            QCOMPARE(QByteArray::fromStdString(row->alias), alias);
            const std::vector<FlagType> types = typesFor(type, name);
            QVERIFY2(std::find(types.begin(), types.end(), row->type) != types.end(),
                     type.constData());
            QVERIFY(!row->help.empty());
            if (fallback.startsWith("(none)") || fallback.startsWith("(unset")) {
                QVERIFY(!row->fallback.has_value());
            } else if (fallback.startsWith("/var/run/mesos if writable")) {
                QVERIFY(row->fallback == "/var/run/mesos"
                        || row->fallback->ends_with("/mesos/runtime"));
            } else {
                QVERIFY(row->fallback.has_value());
                QCOMPARE(QByteArray::fromStdString(*row->fallback), resolvedDefault(fallback));
            }
        }
    }

    void nothingElseIsThere()
    {
        std::map<std::string, std::set<std::string>> known;
        for (const Expected &row : expectedFlags()) {
            for (const std::string &program : programsOf(row.program))
                known[program].insert(row.name.toStdString());
        }
        for (const FlagTable &table : allTables()) {
            std::vector<std::string> surplus;
            for (const std::string &name : tableNames(table)) {
                if (!known[table.program].contains(name))
                    surplus.push_back(name);
            }
            QVERIFY2(surplus.empty(),
                     surplus.empty() ? "" : (table.program + " --" + surplus.front()).c_str());
            QCOMPARE(tableNames(table).size(), table.rows.size()); // no name twice
        }
    }

    void everyDefaultIsAcceptedAsWritten()
    {
        for (const FlagTable &table : allTables()) {
            for (const FlagRow &row : table.rows) {
                if (!row.fallback || row.name == "help" || row.name == "version")
                    continue;
                FlagTable only = table;
                only.rows = {row};
                const auto values = loadFlags(only, {"--" + row.name + "=" + *row.fallback}, {});
                QVERIFY2(values.has_value(), values ? "" : values.error().message.c_str());
                QCOMPARE(values->string(row.name), *row.fallback);
            }
        }
    }

    void everyFlagIsEitherTakenOrRefusedWithAReason()
    {
        for (const FlagTable &table : allTables()) {
            for (const FlagRow &row : table.rows) {
                if (row.name == "help" || row.name == "version")
                    continue;
                FlagTable only = table;
                only.rows = {row};
                const std::string value = exampleValue(row);
                const auto values = loadFlags(only, {"--" + row.name + "=" + value}, {});
                if (values)
                    QVERIFY2(row.notYet.empty() || row.fallback == value, row.name.c_str());
                else
                    QVERIFY2(values.error().message.find("--" + row.name) != std::string::npos,
                             values.error().message.c_str());
                if (!row.notYet.empty())
                    QVERIFY2(row.notYet.find(';') != std::string::npos,
                             (row.name + " does not say what to do").c_str());
            }
        }
    }

    void daemonsReadTheEnvironmentAndTheCommandLineToolDoesNot()
    {
        QCOMPARE(master::masterFlagTable().environment.value(), std::string("MESOS_"));
        QCOMPARE(agent::agentFlagTable().environment.value(), std::string("MESOS_"));
        QVERIFY(!execute::executeFlagTable().environment.has_value());
    }
};

QTEST_APPLESS_MAIN(TestFlagTables)
#include "tst_flag_tables.moc"
