// What is executed for a task of an image: Mesos' truth table of shell, value, arguments,
// Entrypoint and Cmd, and the environment and working directory that come with them.

#include <QTest>

#include "daemons/agent/containerizer/native/isolators/image_runtime_isolators.h"
#include "daemons/agent/containerizer/native/launch_command.h"

using namespace meseta;
using namespace meseta::agent;
using containerizer::LaunchSpec;

namespace {

using Words = std::vector<std::string>;

QString joined(const Words &words)
{
    QStringList list;
    for (const std::string &word : words)
        list.append(QString::fromStdString(word));
    return list.join(u'|');
}

struct Prepared
{
    LaunchSpec launch;
    std::string error;
};

Prepared prepare(const mesos::v1::CommandInfo &command, const ImageRuntime &runtime,
                 bool ignored = false)
{
    IsolatedContainer container;
    container.spec.sandbox = "/sandbox";
    container.spec.command = command;
    container.spec.container.emplace().set_type(mesos::v1::ContainerInfo::MESOS);
    container.spec.container->mutable_mesos()->mutable_image()->set_type(mesos::v1::Image::DOCKER);
    container.image.emplace().runtime = runtime;
    Prepared prepared;
    auto launch = describeLaunch(container.spec, {});
    if (!launch) {
        prepared.error = launch.error().message;
        return prepared;
    }
    prepared.launch = *launch;
    ImageRuntimeIsolator(mesos::v1::Image::DOCKER, ignored)
        .prepare(container, prepared.launch, [&](const Result<> &result) {
            if (!result)
                prepared.error = result.error().message;
        });
    return prepared;
}

} // namespace

class TestImageRuntime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void truthTable_data()
    {
        QTest::addColumn<bool>("shell");
        QTest::addColumn<QString>("value"); // "-": not set
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QStringList>("entrypoint");
        QTest::addColumn<QStringList>("cmd");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("argv"); // "!...": part of the error
        const QStringList none, a{QStringLiteral("a1"), QStringLiteral("a2")},
            e{QStringLiteral("/e1"), QStringLiteral("e2")},
            c{QStringLiteral("/c1"), QStringLiteral("c2")};
        const auto row = [](const char *name, bool shell, const char *value,
                            const QStringList &arguments, const QStringList &entrypoint,
                            const QStringList &cmd, const char *file, const char *argv) {
            QTest::newRow(name) << shell << QString::fromLatin1(value) << arguments << entrypoint
                                << cmd << QString::fromLatin1(file) << QString::fromLatin1(argv);
        };
        row("shell without value", true, "-", none, e, c, "", "!command.shell is true");
        row("shell", true, "echo 1", none, none, none, "sh", "sh|-c|echo 1");
        row("shell ignores the image and arguments", true, "echo 1", a, e, c, "sh", "sh|-c|echo 1");
        row("value", false, "/v", none, none, none, "/v", "");
        row("value and arguments, the first being argv[0]", false, "/v", a, none, none, "/v",
            "a1|a2");
        row("value ignores the image", false, "/v", a, e, c, "/v", "a1|a2");
        row("entrypoint", false, "-", none, e, none, "/e1", "/e1|e2");
        row("entrypoint and cmd", false, "-", none, e, c, "/e1", "/e1|e2|/c1|c2");
        row("entrypoint and arguments", false, "-", a, e, none, "/e1", "/e1|e2|a1|a2");
        row("arguments replace cmd", false, "-", a, e, c, "/e1", "/e1|e2|a1|a2");
        row("cmd", false, "-", none, none, c, "/c1", "/c1|c2");
        row("cmd and arguments", false, "-", a, none, c, "/c1", "/c1|a1|a2");
        row("nothing", false, "-", none, none, none, "", "!neither command.value");
        row("nothing but arguments", false, "-", a, none, none, "", "!neither command.value");
    }
    void truthTable()
    {
        QFETCH(bool, shell);
        QFETCH(QString, value);
        QFETCH(QStringList, arguments);
        QFETCH(QStringList, entrypoint);
        QFETCH(QStringList, cmd);
        QFETCH(QString, file);
        QFETCH(QString, argv);
        mesos::v1::CommandInfo command;
        command.set_shell(shell);
        if (value != u"-")
            command.set_value(value.toStdString());
        for (const QString &argument : arguments)
            command.add_arguments(argument.toStdString());
        ImageRuntime runtime;
        for (const QString &word : entrypoint)
            runtime.entrypoint.push_back(word.toStdString());
        for (const QString &word : cmd)
            runtime.command.push_back(word.toStdString());

        const Prepared prepared = prepare(command, runtime);
        if (argv.startsWith(u'!')) {
            QVERIFY2(prepared.error.find(argv.mid(1).toStdString()) != std::string::npos,
                     prepared.error.c_str());
            return;
        }
        QVERIFY2(prepared.error.empty(), prepared.error.c_str());
        QCOMPARE(QString::fromStdString(prepared.launch.file), file);
        QCOMPARE(joined(prepared.launch.arguments), argv);
    }

    void environmentAndWorkingDirectoryComeFromTheImage()
    {
        mesos::v1::CommandInfo command;
        command.set_value("true");
        ImageRuntime runtime;
        runtime.environment = {"PATH=/image", "EMPTY=", "no equals sign", "=no name"};
        runtime.workingDirectory = "/data";
        const LaunchSpec launch = prepare(command, runtime).launch;
        QCOMPARE(joined(launch.environment),
                 QStringLiteral("MESOS_SANDBOX=/sandbox|PATH=/image|EMPTY="));
        QCOMPARE(launch.workingDirectory, std::string("/data"));
    }

    void theImageMayBeIgnored()
    {
        mesos::v1::CommandInfo command;
        command.set_shell(false);
        ImageRuntime runtime;
        runtime.entrypoint = {"/e"};
        runtime.environment = {"A=B"};
        const Prepared prepared = prepare(command, runtime, true);
        QCOMPARE(prepared.launch.file, std::string());
        QCOMPARE(prepared.launch.environmentValue("A"), std::string_view());
    }
};

QTEST_GUILESS_MAIN(TestImageRuntime)
#include "tst_image_runtime.moc"
