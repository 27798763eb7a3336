#include <QtTest>

#include <QProcess>

/// The programs as they answer before they do anything.
class TestProgramHelp : public QObject
{
    Q_OBJECT

    struct Answer
    {
        int exitCode = -1;
        QByteArray out;
        QByteArray err;
    };

    static Answer run(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        const QString folder =
            qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath());
        process.start(folder + u'/' + program, arguments);
        process.waitForFinished(10000);
        const int exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        return {exitCode, process.readAllStandardOutput(), process.readAllStandardError()};
    }

    static void programs()
    {
        QTest::addColumn<QString>("program");
        QTest::newRow("master") << QStringLiteral("mesos-master");
        QTest::newRow("agent") << QStringLiteral("mesos-agent");
    }

private Q_SLOTS:
    void helpAndVersionNeedNothingElse_data() { programs(); }

    void helpAndVersionNeedNothingElse()
    {
        QFETCH(QString, program);
        const Answer help = run(program, {QStringLiteral("--help")});
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.out.startsWith("Usage: " + program.toUtf8()));
        QVERIFY(help.out.contains("--work_dir=PATH"));
        const Answer version =
            run(program, {QStringLiteral("--version"), QStringLiteral("--nonsense")});
        QCOMPARE(version.exitCode, 0);
        QVERIFY2(version.out.startsWith("mesos 1."), version.out.constData());
    }

    void mistakesAreExplainedOnStderr_data() { programs(); }

    void mistakesAreExplainedOnStderr()
    {
        QFETCH(QString, program);
        const Answer unknown = run(program, {QStringLiteral("--work_dri=/tmp")});
        QCOMPARE(unknown.exitCode, 1);
        QVERIFY2(unknown.err.contains("did you mean --work_dir?"), unknown.err.constData());
        QVERIFY(unknown.err.contains(program.toUtf8() + " --help"));
        const Answer missing = run(program, {});
        QCOMPARE(missing.exitCode, 1);
        QVERIFY2(missing.err.contains("is required"), missing.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestProgramHelp)
#include "tst_program_help.moc"
