#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QInputMethodEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "gui/terminal/terminal_screen.h"
#include "gui/terminal/terminal_view.h"
#include "gui/widgets/theme.h"

using namespace meseta::console;

/// A terminal without an agent: what a program writes is seen, what a person types comes out.
class TerminalTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsWhatIsWritten();
    void knowsColours();
    void lettersOfTwoPlaces();
    void keepsLinesWithinABound();
    void linesComeBackWhenItGrows();
    void theOtherScreenLeavesNoLines();
    void keysMakeBytes_data();
    void keysMakeBytes();
    void pastesAsText();
    void pasteCannotEndItself();
    void selectsAndCopies();
    void takesTextOfInputMethods();
    void showsWhatAnInputMethodIsAboutToGive();
    void theCursorIsAsWideAsItsLetter();
    void lettersOfOtherFontsStayInTheirColumns();
    void tabIsTheProgramsAndAKeyLeaves();
    void resizesWithItsWindow();
    void tellsTheMouseToWhomWantsIt();
    void theWheelMovesInEditors();
    void rubbishDoesNotHarm();
};

void TerminalTest::showsWhatIsWritten()
{
    TerminalScreen screen(4, 20);
    screen.write("hello\r\nworld\x1b[1;1HJ");
    QCOMPARE(screen.text({0, 0}, {19, 1}), QStringLiteral("Jello\nworld"));
    QCOMPARE(screen.cursor(), QPoint(1, 0));
    screen.write("\x1b]0;a title\x07\x1b[?25l");
    QCOMPARE(screen.title(), QStringLiteral("a title"));
    QVERIFY(!screen.isCursorShown());
}

void TerminalTest::knowsColours()
{
    TerminalScreen screen(2, 20);
    screen.write("\x1b[31;1mr\x1b[0m\x1b[48;5;200mi\x1b[0m\x1b[38;2;1;2;3mt\x1b[0;7mv");
    const auto cells = screen.line(0);
    QCOMPARE(cells[0].foreground, 1);
    QVERIFY(cells[0].bold);
    QCOMPARE(cells[1].background, 200);
    QCOMPARE(cells[2].foreground, 0x1010203);
    QVERIFY(cells[3].reverse);
    QCOMPARE(cells[3].foreground, -1);
}

void TerminalTest::lettersOfTwoPlaces()
{
    TerminalScreen screen(2, 20);
    screen.write("\xe4\xb8\xad\xe6\x96\x87x"); // two Chinese characters and an x
    const auto cells = screen.line(0);
    QCOMPARE(int(cells[0].width), 2);
    QCOMPARE(cells[2].text(), QStringLiteral("文"));
    QCOMPARE(cells[4].text(), QStringLiteral("x"));
    QCOMPARE(screen.text({0, 0}, {19, 0}), QStringLiteral("中文x"));
}

void TerminalTest::keepsLinesWithinABound()
{
    TerminalScreen screen(5, 40);
    QByteArray lines;
    for (int i = 0; i < TerminalScreen::mostLines + 500; ++i)
        lines += QByteArray::number(i) + "\r\n";
    screen.write(lines);
    QCOMPARE(screen.lineCount(), TerminalScreen::mostLines + 5);
    QCOMPARE(screen.text({0, 0}, {39, 0}), QStringLiteral("496")); // the oldest that is kept
}

void TerminalTest::linesComeBackWhenItGrows()
{
    TerminalScreen screen(3, 20);
    screen.write("one\r\ntwo\r\nthree\r\nfour");
    QCOMPARE(screen.lineCount(), 4);
    screen.resize(5, 20);
    QCOMPARE(screen.lineCount(), 5);
    QCOMPARE(screen.text({0, 0}, {19, 3}), QStringLiteral("one\ntwo\nthree\nfour"));
}

void TerminalTest::theOtherScreenLeavesNoLines()
{
    TerminalScreen screen(3, 20);
    screen.write("before\r\n\x1b[?1049h1\r\n2\r\n3\r\n4\r\n5\x1b[?1049l");
    QCOMPARE(screen.lineCount(), 3);
    QVERIFY(screen.text({0, 0}, {19, 2}).startsWith(QStringLiteral("before")));
}

void TerminalTest::keysMakeBytes_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("return") << int(Qt::Key_Return) << 0 << QByteArray("\r");
    QTest::newRow("up") << int(Qt::Key_Up) << 0 << QByteArray("\x1b[A");
    QTest::newRow("tab") << int(Qt::Key_Tab) << 0 << QByteArray("\t");
    QTest::newRow("backspace") << int(Qt::Key_Backspace) << 0 << QByteArray("\x7f");
    QTest::newRow("escape") << int(Qt::Key_Escape) << 0 << QByteArray("\x1b");
    QTest::newRow("ctrl c") << int(Qt::Key_C) << int(Qt::ControlModifier) << QByteArray("\x03");
    QTest::newRow("ctrl d") << int(Qt::Key_D) << int(Qt::ControlModifier) << QByteArray("\x04");
    QTest::newRow("alt b") << int(Qt::Key_B) << int(Qt::AltModifier)
                           << QByteArray("\x1b"
                                         "b");
    QTest::newRow("F1") << int(Qt::Key_F1) << 0 << QByteArray("\x1bOP");
    QTest::newRow("a") << int(Qt::Key_A) << 0 << QByteArray("a");
}

void TerminalTest::keysMakeBytes()
{
    QFETCH(int, key);
    QFETCH(int, modifiers);
    QFETCH(QByteArray, bytes);
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    QTest::keyClick(&view, static_cast<Qt::Key>(key), Qt::KeyboardModifiers(modifiers));
    QCOMPARE(typed, bytes);
}

void TerminalTest::pastesAsText()
{
    TerminalScreen screen(3, 20);
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    screen.paste(QStringLiteral("a\nb"));
    QCOMPARE(typed, QByteArray("a\rb"));
    typed.clear();
    screen.write("\x1b[?2004h"); // the program asks where a paste begins and ends
    screen.paste(QStringLiteral("x"));
    QCOMPARE(typed, QByteArray("\x1b[200~x\x1b[201~"));
}

void TerminalTest::pasteCannotEndItself()
{
    TerminalScreen screen(3, 20);
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    screen.write("\x1b[?2004h");
    screen.paste(QStringLiteral("x\x1b[201~rm -rf"));
    QCOMPARE(typed.count("\x1b[201~"), 1);
}

void TerminalTest::selectsAndCopies()
{
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    view.resize(600, 200);
    view.show();
    screen.write("alpha beta\r\ngamma");
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, view.cellRect({6, 0}).center());
    QTest::mouseMove(view.viewport(), view.cellRect({2, 1}).center());
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, view.cellRect({2, 1}).center());
    QCOMPARE(view.selectedText(), QStringLiteral("beta\ngam"));
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("beta\ngam"));
    QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, view.cellRect({1, 0}).center());
    QCOMPARE(view.selectedText(), QStringLiteral("alpha"));
}

void TerminalTest::takesTextOfInputMethods()
{
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    QInputMethodEvent composing(QStringLiteral("zhong"), {});
    QCoreApplication::sendEvent(&view, &composing);
    QVERIFY(typed.isEmpty());
    QInputMethodEvent done;
    done.setCommitString(QStringLiteral("中"));
    QCoreApplication::sendEvent(&view, &done);
    QCOMPARE(typed, QByteArray("\xe4\xb8\xad"));
}

/// At the cursor, all of it, and gone when it is given, given up, or nobody takes it any more.
void TerminalTest::showsWhatAnInputMethodIsAboutToGive()
{
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    const QWidget &widget = view;
    view.resize(400, 100);
    screen.write("abc");
    const auto compose = [&view](const QString &text) {
        QInputMethodEvent event(text, {});
        QCoreApplication::sendEvent(&view, &event);
        return view.grab().toImage();
    };
    const QRect before = widget.inputMethodQuery(Qt::ImCursorRectangle).toRect();
    QCOMPARE(before, view.cellRect({3, 0}));
    const QImage plain = compose({});
    const QImage composing = compose(QStringLiteral("zhongwen"));
    QVERIFY(composing != plain);
    QCOMPARE(composing.copy(0, 0, before.left(), 100), plain.copy(0, 0, before.left(), 100));
    QCOMPARE(compose({}), plain);
    // Beside the right edge there is no room: it is moved to where there is.
    screen.write(QByteArray(screen.columns() - 4, 'x'));
    const QRect edge = view.cellRect({screen.columns() - 6, 0});
    const QImage full = compose({});
    const QImage atEdge = compose(QStringLiteral("zhongwen"));
    QVERIFY(atEdge.copy(edge) != full.copy(edge));
    QVERIFY(widget.inputMethodQuery(Qt::ImEnabled).toBool());
    view.setLive(false);
    const QImage ended = view.grab().toImage();
    QCOMPARE(compose(QStringLiteral("zhong")), ended);
    QVERIFY(!widget.inputMethodQuery(Qt::ImEnabled).toBool());
}

void TerminalTest::theCursorIsAsWideAsItsLetter()
{
    TerminalScreen screen(2, 20);
    TerminalView view(screen);
    view.resize(400, 100);
    const auto inked = [&](const char *text, int column) {
        screen.write(text);
        const QImage image = view.grab().toImage();
        const QRect cell = view.cellRect({column, 0});
        return image.pixelColor(cell.right(), cell.top()) == view.palette().color(QPalette::Text);
    };
    QVERIFY(!inked("\r\x1b[Kxy\r", 1));
    QVERIFY(inked("\r\x1b[K\xe4\xb8\xad\r", 1)); // 中
}

/// Lines and blocks, which may come from another font, do not push what follows aside.
void TerminalTest::lettersOfOtherFontsStayInTheirColumns()
{
    TerminalScreen screen(2, 40);
    TerminalView view(screen);
    view.resize(600, 100);
    view.setLive(false); // no cursor
    const auto lastCell = [&](const QByteArray &before) {
        screen.write("\r\x1b[K" + before + "X");
        const QImage image = view.grab().toImage();
        screen.write("\x1b[m");
        return image.copy(view.cellRect({20, 0}));
    };
    QByteArray braille;
    for (int i = 0; i < 20; ++i)
        braille += "\xe2\xa3\xbf"; // ⣿
    QCOMPARE(lastCell(braille), lastCell(QByteArray(20, ' ')));
    const QByteArray turned = "\x1b[7m"; // its background is seen as well
    QCOMPARE(lastCell(braille + turned), lastCell(QByteArray(20, ' ') + turned));
}

void TerminalTest::tabIsTheProgramsAndAKeyLeaves()
{
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    QSignalSpy left(&view, &TerminalView::leaveWanted);
    QSignalSpy typed(&screen, &TerminalScreen::toProgram);
    QTest::keyClick(&view, Qt::Key_F6, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(left.size(), 1);
    QCOMPARE(typed.size(), 0);
    view.setLive(false);
    QTest::keyClick(&view, Qt::Key_A);
    QCOMPARE(typed.size(), 0);
}

void TerminalTest::resizesWithItsWindow()
{
    TerminalScreen screen(3, 20);
    TerminalView view(screen);
    QSignalSpy sized(&view, &TerminalView::sizeChanged);
    view.resize(400, 200);
    view.show();
    QTRY_VERIFY(!sized.isEmpty());
    const int columns = screen.columns();
    view.resize(800, 200);
    QTRY_VERIFY(screen.columns() > columns + 10);
    view.grab();
}

/// Buttons, drags and the wheel as xterm tells them (mode 1006); with Shift the mouse selects.
void TerminalTest::tellsTheMouseToWhomWantsIt()
{
    TerminalScreen screen(4, 20);
    TerminalView view(screen);
    view.resize(600, 300);
    view.show();
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    const auto at = [&view](int column, int row) { return view.cellRect({column, row}).center(); };
    screen.write("words of a program");
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, at(2, 0));
    QCOMPARE(typed, QByteArray());

    screen.write("\x1b[?1002h\x1b[?1006h"); // buttons and drags, told in decimal
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, at(2, 0));
    QTest::mouseMove(view.viewport(), at(5, 1));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, at(5, 1));
    QCOMPARE(typed, QByteArray("\x1b[<0;3;1M\x1b[<32;6;2M\x1b[<0;6;2m"));
    QCOMPARE(view.selectedText(), QString());
    typed.clear();
    QTest::mouseClick(view.viewport(), Qt::RightButton, Qt::ControlModifier, at(0, 0));
    QCOMPARE(typed, QByteArray("\x1b[<18;1;1M\x1b[<18;1;1m"));
    typed.clear();
    QWheelEvent wheel(at(1, 1), view.viewport()->mapToGlobal(at(1, 1)), {}, {0, 120}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.viewport(), &wheel);
    QCOMPARE(typed, QByteArray("\x1b[<64;2;2M"));
    typed.clear();

    QTest::mousePress(view.viewport(), Qt::LeftButton, Qt::ShiftModifier, at(0, 0));
    QTest::mouseMove(view.viewport(), at(4, 0));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, Qt::ShiftModifier, at(4, 0));
    QCOMPARE(view.selectedText(), QStringLiteral("words"));
    QCOMPARE(typed, QByteArray());
    screen.write("\x1b[?1002l");
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, at(2, 0));
    QCOMPARE(typed, QByteArray());
}

/// Editors and pagers that do not ask for the mouse move by the wheel all the same.
void TerminalTest::theWheelMovesInEditors()
{
    TerminalScreen screen(4, 20);
    TerminalView view(screen);
    view.resize(600, 300);
    view.show();
    QByteArray typed;
    connect(&screen, &TerminalScreen::toProgram, this,
            [&](const QByteArray &more) { typed += more; });
    const auto turn = [&view](int by) {
        QWheelEvent wheel(QPointF(50, 50), view.viewport()->mapToGlobal(QPointF(50, 50)), {},
                          {0, by}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view.viewport(), &wheel);
    };
    turn(120);
    QCOMPARE(typed, QByteArray());
    screen.write("\x1b[?1049h");
    turn(120);
    QCOMPARE(typed, QByteArray("\x1b[A\x1b[A\x1b[A"));
    typed.clear();
    turn(-40);
    QCOMPARE(typed, QByteArray("\x1b[B"));
}

/// What no program writes: nothing is drawn outside, nothing grows, nothing crashes.
void TerminalTest::rubbishDoesNotHarm()
{
    TerminalScreen screen(10, 40);
    TerminalView view(screen);
    view.show();
    quint32 seed = 7;
    QByteArray bytes;
    for (int i = 0; i < 300000; ++i) {
        seed = seed * 1664525U + 1013904223U;
        bytes += i % 5 == 0 ? '\x1b' : static_cast<char>(seed >> 24);
    }
    screen.write(bytes);
    screen.write("\x1b[999999999;999999999H\x1b[9999999999999999999L\x1b]0;"
                 + QByteArray(1 << 20, 'x') + "\x07");
    view.grab();
    QVERIFY(screen.lineCount() <= TerminalScreen::mostLines + screen.rows());
    QVERIFY(screen.title().size() <= 200);
}

QTEST_MAIN(TerminalTest)
#include "tst_terminal.moc"
