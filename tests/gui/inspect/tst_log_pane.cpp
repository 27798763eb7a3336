#include <QSignalSpy>
#include <QTest>

#include "gui/inspect/log_pane.h"
#include "gui/inspect/log_view.h"
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
    void beginsAnewWhenTheFileIsEmptied();

private:
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

void LogPaneTest::beginsAnewWhenTheFileIsEmptied()
{
    m_agent->file = numberedLines(100);
    m_pane->showTask(QStringLiteral("F/t"));
    QTRY_VERIFY(m_pane->view().shownText().contains(QStringLiteral("line 99 ")));
    m_agent->file = "rotated\n";
    QTRY_COMPARE(m_pane->view().shownText(), QStringLiteral("rotated\n"));
}

QTEST_MAIN(LogPaneTest)
#include "tst_log_pane.moc"
