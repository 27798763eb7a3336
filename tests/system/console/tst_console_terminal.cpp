#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QTest>

#include "gui/terminal/terminal_dialog.h"
#include "gui/terminal/terminal_view.h"
#include "tests/system/support/console_on_task.h"

using namespace meseta;
using namespace meseta::console;
using namespace meseta::test;

/// A shell in the container of a real task: typed into, resized, ended.
class ConsoleTerminalTest : public QObject
{
    Q_OBJECT

    ConsoleOnTask m_console;

    MainWindow &window() { return m_console.window(); }
    static void type(TerminalDialog &terminal, const QString &line)
    {
        QTest::keyClicks(&terminal.view(), line);
        QTest::keyClick(&terminal.view(), Qt::Key_Return);
    }
    static void picture(TerminalDialog &terminal, int number)
    {
        if (const QString file = qEnvironmentVariable("MESETA_TERMINAL_PICTURE"); !file.isEmpty())
            terminal.grab().save(QStringLiteral("%1-%2.png").arg(file).arg(number));
    }

private Q_SLOTS:
    void initTestCase();
    void typesIntoATask();
};

void ConsoleTerminalTest::initTestCase()
{
    const auto started =
        m_console.start(QStringLiteral("tst_console_terminal"),
                        {QStringLiteral("--name=sleeper"), QStringLiteral("--command=sleep 1000"),
                         QStringLiteral("--resources=cpus:0.1;mem:32")});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

void ConsoleTerminalTest::typesIntoATask()
{
    window().view()->showObject({ObjectRef::Kind::Task, m_console.running()->key});
    const auto open = [this] { // the inspector makes its buttons anew with each change
        return window().view()->inspector().findChild<QPushButton *>(
            QStringLiteral("action.terminal"));
    };
    QTRY_VERIFY(open() && open()->isEnabled());
    QTest::mouseClick(open(), Qt::LeftButton);
    auto *terminal = window().findChild<TerminalDialog *>();
    QVERIFY(terminal);
    const auto shown = [terminal] {
        const TerminalScreen &screen = terminal->screen();
        return screen.text({0, 0}, {screen.columns() - 1, screen.lineCount() - 1});
    };
    QTRY_VERIFY2_WITH_TIMEOUT(terminal->isLive(), qPrintable(terminal->stateText()), 30000);
    QTest::keyClicks(&terminal->view(), QStringLiteral("echo $((40+2))-$TERM"));
    QTest::keyClick(&terminal->view(), Qt::Key_Return);
    QTRY_VERIFY2_WITH_TIMEOUT(shown().contains(QStringLiteral("42-xterm-256color")),
                              qPrintable(shown()), 20000);

    // The program is told how large the window is, also when it changes.
    terminal->resize(1000, 640);
    QTRY_VERIFY(terminal->screen().columns() > 90);
    const QString size =
        QStringLiteral("%1 %2").arg(terminal->screen().rows()).arg(terminal->screen().columns());
    QTest::keyClicks(&terminal->view(), QStringLiteral("stty size"));
    QTest::keyClick(&terminal->view(), Qt::Key_Return);
    QTRY_VERIFY2_WITH_TIMEOUT(shown().contains(size), qPrintable(shown()), 20000);
    picture(*terminal, 1);

    // Letters of two places, bold, the 256 colours and others.
    type(*terminal,
         QStringLiteral("clear; printf '\\033[1mbold\\033[0m \\344\\270\\255"
                        "\\346\\226\\207 \\033[38;5;202mof 256\\033[0m "
                        "\\033[38;2;80;160;240mtrue\\033[0m \\033[7mback\\033[0m\\n'"));
    QTRY_VERIFY2_WITH_TIMEOUT(shown().contains(QStringLiteral("bold 中文 of 256 true back")),
                              qPrintable(shown()), 20000);
    picture(*terminal, 2);

    // A program on the other screen, which asks for the mouse; then the first is back as it was.
    type(*terminal,
         QStringLiteral("printf '\\033[?1049h\\033[?1000h\\033[?1006h'; "
                        "stty -echo -icanon; echo other; cat -v"));
    QTRY_VERIFY2_WITH_TIMEOUT(terminal->screen().mouse() == TerminalScreen::Mouse::Click
                                  && shown().contains(QStringLiteral("other")),
                              qPrintable(shown()), 20000);
    QVERIFY(terminal->screen().isAlternate());
    TerminalView &view = terminal->view();
    const int first = terminal->screen().lineCount() - terminal->screen().rows();
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.cellRect({4, first + 2}).center());
    QTRY_VERIFY2_WITH_TIMEOUT(shown().contains(QStringLiteral("^[[<0;5;3M^[[<0;5;3m")),
                              qPrintable(shown()), 20000);
    picture(*terminal, 3);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    // What is typed before the shell is back goes with the interrupted program.
    QTRY_VERIFY2_WITH_TIMEOUT(shown().trimmed().endsWith(QLatin1Char('#')), qPrintable(shown()),
                              20000);
    type(*terminal, QStringLiteral("printf '\\033[?1000l\\033[?1049l'; stty sane; echo same"));
    QTRY_VERIFY2_WITH_TIMEOUT(!terminal->screen().isAlternate()
                                  && shown().contains(QStringLiteral("bold 中文"))
                                  && shown().contains(QStringLiteral("same")),
                              qPrintable(shown()), 20000);

    // What is pasted comes as it is; lines that went out at the top can be scrolled back to.
    QGuiApplication::clipboard()->setText(QStringLiteral("seq 1 200\n"));
    view.paste();
    QTRY_VERIFY2_WITH_TIMEOUT(shown().contains(QStringLiteral("\n200\n")), qPrintable(shown()),
                              20000);
    const int end = view.verticalScrollBar()->value();
    QTest::keyClick(&view, Qt::Key_PageUp, Qt::ShiftModifier);
    QTRY_VERIFY(view.verticalScrollBar()->value() < end);
    picture(*terminal, 4);

    // A program that paints the whole window, and again when that changes.
    type(*terminal, QStringLiteral("clear; top -d 1"));
    const auto paintsAll = [&] {
        return shown().contains(QStringLiteral("load average"))
            && shown().contains(QStringLiteral("COMMAND"));
    };
    QTRY_VERIFY2_WITH_TIMEOUT(paintsAll(), qPrintable(shown()), 20000);
    const int columns = terminal->screen().columns();
    terminal->resize(760, 420);
    QTRY_VERIFY(terminal->screen().columns() < columns);
    QTRY_VERIFY2_WITH_TIMEOUT(paintsAll(), qPrintable(shown()), 20000);
    picture(*terminal, 5);
    QTest::keyClick(&view, Qt::Key_Q);
    QTRY_VERIFY2_WITH_TIMEOUT(shown().trimmed().endsWith(QLatin1Char('#')), qPrintable(shown()),
                              20000);

    type(*terminal, QStringLiteral("exit"));
    QTRY_COMPARE_WITH_TIMEOUT(terminal->stateText(), QStringLiteral("The shell has ended."), 20000);
    QVERIFY(!terminal->isLive());
    QVERIFY(m_console.running()); // the task itself runs on
}

QTEST_MAIN(ConsoleTerminalTest)
#include "tst_console_terminal.moc"
