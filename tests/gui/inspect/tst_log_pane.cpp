#include <QApplication>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

#include "gui/inspect/file_copy.h"
#include "gui/inspect/log_pane.h"
#include "gui/inspect/log_panel.h"
#include "gui/inspect/log_view.h"
#include "gui/inspect/sandbox_dialog.h"
#include "gui/widgets/elided_label.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// The output of a task, read from an agent: its end first, then what is added, and any other place
/// of a file that is far larger than the window.
class LogPaneTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void followsTheEnd();
    void readsALargeFileByWindows();
    void searchesTheWholeFile();
    void searchGoesOnAtTheOtherEnd();
    void keepsLinesInSightWhateverTheTextsSize();
    void beginsAnewWhenTheFileIsEmptied();
    void readsTenGigabytes();
    void severalSideBySide();
    void anAgentThatLies_data();
    void anAgentThatLies();
    void savesAndDragsOut();
    void showsAFolderWithoutMeasure();
    void sizesStandApartFromDates();

private:
    void serveHugeFile();
    QByteArray numberedLines(int count) const;

    std::unique_ptr<FakeMaster> m_agent;
    std::unique_ptr<Replica> m_replica;
    std::unique_ptr<LogPane> m_pane;
};

QByteArray LogPaneTest::numberedLines(int count) const
{
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += "line " + QByteArray::number(i) + " of a file that is larger than its window\n";
    return bytes;
}

void LogPaneTest::init()
{
    m_agent = std::make_unique<FakeMaster>();
    m_replica = std::make_unique<Replica>();
    auto first = sample::snapshot();
    auto agent = sample::agent("S0", 4);
    agent.set_pid("slave(1)@127.0.0.1:" + std::to_string(m_agent->port()));
    *sample::state(first)->mutable_get_agents()->add_agents() = agent;
    *sample::state(first)->mutable_get_tasks()->add_tasks() =
        sample::task("t", "F", "S0", mesos::v1::TASK_RUNNING);
    m_replica->apply(first);
    m_pane = std::make_unique<LogPane>(*m_replica);
    m_pane->resize(700, 400);
    m_pane->show();
}

void LogPaneTest::cleanup()
{
    m_pane.reset();
    m_replica.reset();
    m_agent.reset();
}

void LogPaneTest::followsTheEnd()
{
    m_agent->file = "first\n";
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_COMPARE(m_pane->view().shownText(), QStringLiteral("first\n"));
    m_agent->file += "второй\n";
    QTRY_COMPARE(m_pane->view().shownText(), QStringLiteral("first\nвторой\n"));
    QVERIFY(m_pane->view().isFollowed());
}

void LogPaneTest::readsALargeFileByWindows()
{
    m_agent->file = numberedLines(400000); // 20 MB
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(m_pane->view().shownText().endsWith(QStringLiteral("larger than its window\n")));
    QTRY_VERIFY(m_pane->view().topOffset() > m_agent->file.size() - 4000);
    QTest::keyClick(&m_pane->view(), Qt::Key_Home);
    QTRY_COMPARE(m_pane->view().topOffset(), 0);
    QTRY_VERIFY(m_pane->view().shownText().startsWith(QStringLiteral("line 0 ")));
    QVERIFY(!m_pane->view().isFollowed());
    for (int i = 0; i < 400; ++i)
        QTest::keyClick(&m_pane->view(), Qt::Key_PageDown);
    QTRY_VERIFY(m_pane->source().document().end() > 300000);
    QVERIFY(m_pane->source().document().bytes().size() <= LogDocument::maxBytes);
    QTest::keyClick(&m_pane->view(), Qt::Key_End);
    QTRY_VERIFY(m_pane->view().topOffset() > m_agent->file.size() - 4000);
}

void LogPaneTest::searchesTheWholeFile()
{
    m_agent->file = numberedLines(100000); // 5 MB, searched in several parts
    const auto at = m_agent->file.indexOf("line 77777 ");
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(m_pane->source().isAtEnd() && m_pane->source().fileSize() > 0);
    QSignalSpy found(&m_pane->source(), &LogSource::found);
    m_pane->source().search(QStringLiteral("LINE 77777 "), 0, true);
    QTRY_COMPARE(found.size(), 1);
    QCOMPARE(found.first().first().toLongLong(), at);
    QTRY_VERIFY(m_pane->view().topOffset() <= at && m_pane->view().topOffset() > at - 4000);
    m_pane->source().search(QStringLiteral("line 5 of"), m_pane->source().fileSize(), false);
    QTRY_COMPARE(found.size(), 2);
    QSignalSpy notFound(&m_pane->source(), &LogSource::notFound);
    m_pane->source().search(QStringLiteral("nowhere"), 0, true);
    QTRY_COMPARE(notFound.size(), 1);
}

/// What is found past an end of the file is told to be; the whole file is gone through once.
void LogPaneTest::searchGoesOnAtTheOtherEnd()
{
    m_agent->file = numberedLines(100000); // 5 MB, searched in several parts
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(m_pane->source().isAtEnd() && m_pane->source().fileSize() > 0);
    auto *line = m_pane->findChild<QLineEdit *>();
    const auto isTold = [this](const char *text) {
        const auto labels = m_pane->findChildren<ElidedLabel *>();
        return std::any_of(labels.begin(), labels.end(), [text](const ElidedLabel *label) {
            return label->text() == QString::fromLatin1(text);
        });
    };
    LogView &view = m_pane->view();
    const auto at = [this](const char *text) { return m_agent->file.indexOf(text); };
    line->setText(QStringLiteral("line 777"));
    QTest::keyClick(line, Qt::Key_Return); // the end is shown: the first is at the beginning
    QTRY_COMPARE(view.matchOffset(), at("line 777 "));
    QTRY_VERIFY(isTold("Found, wrapped to the top"));
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_COMPARE(view.matchOffset(), at("line 7770 "));
    QTRY_VERIFY(isTold("Found"));
    QTest::keyClick(line, Qt::Key_F3, Qt::ShiftModifier);
    QTRY_COMPARE(view.matchOffset(), at("line 777 "));
    QTest::keyClick(line, Qt::Key_F3, Qt::ShiftModifier);
    QTRY_COMPARE(view.matchOffset(), at("line 77799 "));
    QTRY_VERIFY(isTold("Found, wrapped to the bottom"));
    // The only one there is is found again, both ways, and none at all in the end.
    line->setText(QStringLiteral("line 5555 "));
    for (const auto modifier : {Qt::NoModifier, Qt::NoModifier, Qt::ShiftModifier}) {
        QSignalSpy found(&m_pane->source(), &LogSource::found);
        QTest::keyClick(line, Qt::Key_F3, modifier);
        QTRY_COMPARE(found.size(), 1);
        QCOMPARE(view.matchOffset(), at("line 5555 "));
    }
    line->setText(QStringLiteral("nowhere"));
    QTest::keyClick(line, Qt::Key_F3);
    QTRY_VERIFY(isTold("Not found"));
    QVERIFY(!m_pane->source().isSearching());
}

/// A splitter that gives the output least room leaves six lines of it.
void LogPaneTest::keepsLinesInSightWhateverTheTextsSize()
{
    auto *app = qobject_cast<QApplication *>(QCoreApplication::instance());
    for (const double scale : {1.0, 1.5, 2.0}) {
        Theme::apply(*app, Theme::Mode::Light, scale);
        LogPanel panel(*m_replica);
        panel.show();
        panel.resize(900, panel.minimumSizeHint().height());
        const LogView *view = panel.findChild<LogView *>();
        QVERIFY(view->viewport()->height() >= 6 * QFontMetrics(Theme::fixedFont()).height());
    }
    Theme::apply(*app, Theme::Mode::Light, 1);
}

void LogPaneTest::beginsAnewWhenTheFileIsEmptied()
{
    m_agent->file = numberedLines(100);
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(m_pane->view().shownText().contains(QStringLiteral("line 99 ")));
    m_agent->file = "rotated\n";
    QTRY_COMPARE(m_pane->view().shownText(), QStringLiteral("rotated\n"));
}

/// 10 GB of coloured lines, a needle at half of them; made as they are asked for.
void LogPaneTest::serveHugeFile()
{
    static constexpr std::uint64_t line = 100, size = 10'000'000'000;
    m_agent->onRead = [](std::uint64_t offset, std::uint64_t length, auto &answer) {
        std::string text;
        for (std::uint64_t number = offset / line; text.size() < length + line; ++number) {
            std::string one = "\x1b[32mline " + std::to_string(number) + "\x1b[0m";
            one += number == 50'000'123 ? " needle " : " ";
            one.resize(line - 1, '.');
            text += one + '\n';
        }
        const std::uint64_t from = std::min(offset, size);
        answer.set_size(size);
        answer.set_data(text.substr(offset % line, std::min(length, size - from)));
    };
}

void LogPaneTest::readsTenGigabytes()
{
    serveHugeFile();
    m_pane->showTask(QStringLiteral("F/t"));
    LogView &view = m_pane->view();
    QTRY_VERIFY(view.topOffset() > 9'999'900'000);
    QVERIFY(view.shownText().endsWith(QStringLiteral("....\n")));
    QScrollBar *bar = view.verticalScrollBar();
    bar->setValue(bar->maximum() / 2);
    QTRY_VERIFY(view.topOffset() > 4'900'000'000 && view.topOffset() < 5'100'000'000);
    QVERIFY(!view.isFollowed());
    QCOMPARE(view.topOffset() % 100, 0); // a line begins there
    QSignalSpy found(&m_pane->source(), &LogSource::found);
    m_pane->source().search(QStringLiteral("needle"), 4'990'000'000, true);
    QTRY_COMPARE_WITH_TIMEOUT(found.size(), 1, 20000);
    const qint64 at = found.first().first().toLongLong();
    QCOMPARE(at / 100, 50'000'123);
    QTRY_VERIFY(view.topOffset() <= at && view.topOffset() > at - 4000);
    QCOMPARE(view.grab().isNull(), false);
    QVERIFY(m_pane->source().document().bytes().size() <= LogDocument::maxBytes);
    QTest::keyClick(&view, Qt::Key_End);
    QTRY_VERIFY(view.topOffset() > 9'999'900'000);
}

void LogPaneTest::severalSideBySide()
{
    serveHugeFile();
    LogPanel panel(*m_replica);
    panel.resize(1200, 400);
    panel.show();
    panel.showTask(QStringLiteral("F/t"));
    for (int i = 0; i < LogPanel::mostPanes + 2; ++i)
        Q_EMIT panel.following().pinWanted();
    const auto panes = panel.findChildren<LogPane *>();
    QCOMPARE(panes.size(), LogPanel::mostPanes);
    for (LogPane *pane : panes)
        QTRY_VERIFY(pane->view().topOffset() > 9'999'900'000);
}

void LogPaneTest::anAgentThatLies_data()
{
    QTest::addColumn<std::uint64_t>("size");
    QTest::addColumn<int>("bytes");
    QTest::newRow("a size that is negative as a number with a sign") << ~std::uint64_t(0) << 100;
    QTest::newRow("much longer than it says") << std::uint64_t(10) << 3'000'000;
    QTest::newRow("nothing of what it says") << std::uint64_t(1) << 0;
    QTest::newRow("empty, with bytes") << std::uint64_t(0) << 5000;
}

/// It is shown or it is not, but nothing grows and nothing goes on for ever.
void LogPaneTest::anAgentThatLies()
{
    QFETCH(std::uint64_t, size);
    QFETCH(int, bytes);
    int asked = 0;
    m_agent->onRead = [&](std::uint64_t, std::uint64_t, auto &answer) {
        ++asked;
        answer.set_size(size);
        answer.set_data(std::string(static_cast<std::size_t>(bytes), 'x'));
    };
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(asked >= 3);
    m_pane->grab();
    QVERIFY(m_pane->source().document().bytes().size() <= LogDocument::maxBytes);
    QVERIFY(m_pane->source().fileSize() >= 0);

    QTemporaryDir folder;
    FileCopy copy(QStringLiteral("127.0.0.1:%1").arg(m_agent->port()), QStringLiteral("/x"),
                  folder.filePath(QStringLiteral("copy")));
    QSignalSpy finished(&copy, &FileCopy::finished);
    qint64 done = 0;
    connect(&copy, &FileCopy::progress, this, [&](qint64 so, qint64) { done = so; });
    copy.start();
    QTRY_VERIFY(!finished.isEmpty() || done >= 1000); // the first would take a thousand years
    QVERIFY(done <= qint64(std::min<std::uint64_t>(size, 1ULL << 60)));
}

void LogPaneTest::savesAndDragsOut()
{
    m_agent->file = numberedLines(30000); // more than one part
    m_agent->folderSize = 3;
    SandboxDialog dialog(QStringLiteral("127.0.0.1:%1").arg(m_agent->port()),
                         QStringLiteral("/frameworks/F/executors/t/runs/latest"),
                         QStringLiteral("t"));
    dialog.show();
    auto *tree = dialog.findChild<QTreeWidget *>();
    QTRY_COMPARE(tree->topLevelItemCount(), 3);
    QVERIFY(!dialog.canDrag());
    tree->setCurrentItem(tree->topLevelItem(1));
    QTRY_VERIFY(dialog.canDrag());
    QTRY_VERIFY(dialog.findChild<QPlainTextEdit *>()->toPlainText().startsWith(
        QStringLiteral("line 0 of a file")));
    const std::unique_ptr<QMimeData> dragged(tree->model()->mimeData({tree->model()->index(1, 0)}));
    QVERIFY(dragged && dragged->urls().size() == 1);
    QFile copy(dragged->urls().first().toLocalFile());
    QCOMPARE(QFileInfo(copy).fileName(), QStringLiteral("file1"));
    QVERIFY(copy.open(QIODevice::ReadOnly));
    QCOMPARE(copy.readAll(), m_agent->file);

    QTemporaryDir folder;
    for (QPushButton *button : dialog.findChildren<QPushButton *>()) {
        if (button->text() == QStringLiteral("Save…"))
            button->click();
    }
    auto *chooser = dialog.findChild<QFileDialog *>();
    QVERIFY(chooser);
    const QString target = folder.filePath(QStringLiteral("saved"));
    Q_EMIT chooser->fileSelected(target);
    QFile saved(target);
    QTRY_COMPARE(saved.size(), m_agent->file.size());
}

/// The first files are shown, and how many are not.
void LogPaneTest::showsAFolderWithoutMeasure()
{
    m_agent->folderSize = 20000;
    SandboxDialog dialog(QStringLiteral("127.0.0.1:%1").arg(m_agent->port()),
                         QStringLiteral("/sandbox"), QStringLiteral("t"));
    dialog.show();
    QTRY_COMPARE(dialog.findChild<QTreeWidget *>()->topLevelItemCount(),
                 SandboxDialog::mostEntries);
    const auto labels = dialog.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().startsWith(QStringLiteral("15000 more"));
    }));
}

/// The size ends where the date's column begins; the date stands in the middle of its own.
void LogPaneTest::sizesStandApartFromDates()
{
    auto *app = qobject_cast<QApplication *>(QCoreApplication::instance());
    for (const double scale : {1.0, 1.5}) {
        Theme::apply(*app, Theme::Mode::Light, scale);
        m_agent->folderSize = 2;
        SandboxDialog dialog(QStringLiteral("127.0.0.1:%1").arg(m_agent->port()),
                             QStringLiteral("/sandbox"), QStringLiteral("t"));
        dialog.show();
        auto *tree = dialog.findChild<QTreeWidget *>();
        QTRY_COMPARE(tree->topLevelItemCount(), 2);
        const QTreeWidgetItem *file = tree->topLevelItem(1);
        QVERIFY(file->textAlignment(2) & Qt::AlignHCenter);
        const QFontMetrics letters(tree->font());
        const int room = tree->columnWidth(2) - letters.horizontalAdvance(file->text(2));
        QVERIFY2(room / 2 >= letters.height() * 3 / 4, qPrintable(QString::number(room)));
    }
    Theme::apply(*app, Theme::Mode::Light, 1);
}

QTEST_MAIN(LogPaneTest)
#include "tst_log_pane.moc"
