#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTextEdit>

#include "gui/model/replica.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/inspector_panel.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/language.h"
#include "gui/widgets/table_view.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

namespace {

double megabytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

/// What would be drawn as markup, of all that is there, seen or not.
QStringList richTexts()
{
    QStringList rich;
    const auto look = [&rich](const QWidget *widget, const char *what, const QString &text) {
        // What was escaped is markup, too, but draws the text as it came.
        QString plain = text;
        plain.remove(QStringLiteral("<br>"));
        if (Qt::mightBeRichText(text) && plain.contains(QLatin1Char('<')))
            rich << QStringLiteral("%1 of %2: %3")
                        .arg(QLatin1String(what), QLatin1String(widget->metaObject()->className()),
                             text.left(200));
    };
    for (const QWidget *widget : QApplication::allWidgets()) {
        look(widget, "tool tip", widget->toolTip());
        look(widget, "status tip", widget->statusTip());
        look(widget, "help", widget->whatsThis());
        const auto *label = qobject_cast<const QLabel *>(widget);
        if (label && label->textFormat() != Qt::PlainText)
            look(widget, "text", label->text());
        if (const auto *edit = qobject_cast<const QTextEdit *>(widget))
            look(widget, "text that may be rich", edit->toPlainText());
        for (const QAction *action : widget->actions())
            look(widget, "tool tip of an action", action->toolTip());
        const auto *view = qobject_cast<const QAbstractItemView *>(widget);
        for (int row = 0; view && view->model() && row < view->model()->rowCount(); ++row) {
            for (int column = 0; column < view->model()->columnCount(); ++column)
                look(widget, "tool tip of an item",
                     view->model()->index(row, column).data(Qt::ToolTipRole).toString());
        }
    }
    return rich;
}

} // namespace

/// A server that means harm: the console shows its text as text, asks nobody else, and stays within
/// bounds.
class HostileMasterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void markupStaysText();
    void hugeStringsAreCut();
    void anEndlessStreamStaysBounded();
    void rubbishEndsTheStreamOnly();
    void redirectsLeadNowhereElse();
    void numbersThatAreNone();
    void eventsInAnyOrder();

private:
    void connectTo(FakeMaster &master);

    std::unique_ptr<FakeMaster> m_master;
    std::unique_ptr<MainWindow> m_window;
};

void HostileMasterTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_hostile_master"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
}

void HostileMasterTest::init()
{
    m_window.reset();
    m_master = std::make_unique<FakeMaster>();
    m_window = std::make_unique<MainWindow>();
    m_window->show();
}

void HostileMasterTest::connectTo(FakeMaster &master)
{
    m_window->connectTo({QStringLiteral("127.0.0.1"), master.port(), {}});
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live);
}

void HostileMasterTest::markupStaysText()
{
    QTcpServer trap; // whoever follows the markup comes here
    QVERIFY(trap.listen(QHostAddress::LocalHost));
    const std::string evil = "<img src=http://127.0.0.1:" + std::to_string(trap.serverPort())
        + "/x><a href='http://127.0.0.1/'>b</a><style>*{color:red}</style>%1%2&amp;\n\x1b[31m";
    auto *state = sample::state(m_master->snapshot);
    m_master->snapshot.mutable_subscribed()->set_cluster(evil);
    auto agent = sample::agent(evil, 4);
    agent.mutable_agent_info()->set_hostname(evil);
    agent.set_version(evil);
    agent.set_pid("slave(1)@" + evil);
    *state->mutable_get_agents()->add_agents() = agent;
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework(evil, evil, evil);
    auto task = sample::task(evil, evil, evil, mesos::v1::TASK_RUNNING, evil);
    auto *status = task.add_statuses();
    status->set_state(mesos::v1::TASK_RUNNING);
    status->mutable_task_id()->set_value(evil);
    status->set_message(evil);
    *state->mutable_get_tasks()->add_tasks() = task;
    connectTo(*m_master);
    QTRY_COMPARE(m_window->replica().tasks().size(), 1);
    m_master->send(sample::offerAdded(sample::offer(evil, evil, evil, 1), 1));
    QTRY_COMPARE(m_window->replica().offers().size(), 1);

    ClusterView &view = *m_window->view();
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window->showPage(page);
        QCoreApplication::processEvents();
        m_window->grab();
    }
    const QString id = QString::fromStdString(evil);
    for (const auto kind : {ObjectRef::Kind::Agent, ObjectRef::Kind::Framework,
                            ObjectRef::Kind::Offer, ObjectRef::Kind::Role}) {
        view.showObject({kind, id});
        view.inspector().refresh();
        m_window->grab();
    }
    view.showObject({ObjectRef::Kind::Task, Replica::taskKey(id, id)});
    m_window->commandPalette().open(QStringLiteral("img"));
    m_window->grab();
    QVERIFY2(richTexts().isEmpty(), qPrintable(richTexts().join(u'\n')));
    // Whatever can be done to each of them, up to the question that asks for it.
    int dialogs = 0;
    for (const ObjectRef &object :
         {ObjectRef{ObjectRef::Kind::Task, Replica::taskKey(id, id)},
          ObjectRef{ObjectRef::Kind::Agent, id}, ObjectRef{ObjectRef::Kind::Framework, id},
          ObjectRef{ObjectRef::Kind::Role, id}}) {
        view.showObject(object);
        view.inspector().refresh(); // built in the next frame otherwise
        QStringList actions;
        for (const auto *button : view.inspector().findChildren<QPushButton *>()) {
            if (button->objectName().startsWith(QStringLiteral("action.")) && button->isEnabled())
                actions << button->objectName();
        }
        for (const QString &action : actions) {
            auto *button = view.inspector().findChild<QPushButton *>(action);
            if (!button)
                continue;
            button->click();
            QCoreApplication::processEvents();
            for (QDialog *dialog : m_window->findChildren<QDialog *>()) {
                dialog->grab();
                ++dialogs;
            }
            QVERIFY2(richTexts().isEmpty(), qPrintable(action + richTexts().join(u'\n')));
            for (QDialog *dialog : m_window->findChildren<QDialog *>())
                dialog->reject();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
    }
    QVERIFY2(dialogs >= 4, qPrintable(QString::number(dialogs)));
    m_window->openLaunchDialog(id);
    QCoreApplication::processEvents();
    QVERIFY2(richTexts().isEmpty(), qPrintable(richTexts().join(u'\n')));
    QCoreApplication::processEvents();
    QTcpSocket last; // whatever had been asked for would have come before this
    last.connectToHost(QHostAddress::LocalHost, trap.serverPort());
    QTRY_VERIFY_WITH_TIMEOUT(trap.hasPendingConnections(), 20000);
    QTRY_COMPARE(last.state(), QAbstractSocket::ConnectedState);
    QCOMPARE(trap.nextPendingConnection()->peerPort(), last.localPort());
}

void HostileMasterTest::hugeStringsAreCut()
{
    auto *state = sample::state(m_master->snapshot);
    auto task = sample::task("t", "F", "A", mesos::v1::TASK_RUNNING);
    task.set_name(std::string(100'000'000, 'x'));
    *state->mutable_get_tasks()->add_tasks() = task;
    connectTo(*m_master);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->replica().tasks().size(), 1, 20000);
    QCOMPARE(m_window->replica().tasks().find(QStringLiteral("F/t"))->name.size(), 4096);
    m_window->showPage(ClusterView::Tasks);
    m_window->grab();
}

void HostileMasterTest::anEndlessStreamStaysBounded()
{
    connectTo(*m_master);
    const double before = megabytes();
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 1000; ++i) {
            auto task = sample::task("t" + std::to_string(round * 1000 + i), "F", "A",
                                     mesos::v1::TASK_FINISHED);
            m_master->send(sample::taskAdded(task, 1));
            sample::Event removed;
            removed.set_type(sample::Event::TASK_REMOVED);
            removed.mutable_task_removed()->mutable_framework_id()->set_value("F");
            removed.mutable_task_removed()->mutable_task_id()->set_value(
                "t" + std::to_string(round * 1000 + i));
            m_master->send(removed);
        }
        const QString newest = QStringLiteral("F/t%1").arg(round * 1000 + 999);
        QVERIFY(QTest::qWaitFor([&] { return m_window->replica().tasks().find(newest) != nullptr; },
                                60000));
    }
    QTRY_VERIFY_WITH_TIMEOUT(
        m_window->replica().tasks().find(QStringLiteral("F/t59999")) != nullptr, 60000);
    QVERIFY(m_window->replica().tasks().size() <= 20001); // ended ones are forgotten, oldest first
    QVERIFY(m_window->replica().events().size() <= 20000);
    QVERIFY2(megabytes() - before < 250, qPrintable(QString::number(megabytes() - before)));
}

void HostileMasterTest::rubbishEndsTheStreamOnly()
{
    connectTo(*m_master);
    m_master->sendRaw("12\nnot a record");
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
    QVERIFY(!m_window->session().problem().isEmpty());
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live); // it tries again
    m_master->sendRaw("99999999999999999999\n");
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
}

/// Calls go to the master whose stream is shown: one that sends them elsewhere is not obeyed. The
/// stream follows a leader, but not in a circle, and to no place that is none.
void HostileMasterTest::redirectsLeadNowhereElse()
{
    QTcpServer trap;
    QVERIFY(trap.listen(QHostAddress::LocalHost));
    connectTo(*m_master);
    m_master->redirectCallsTo = QStringLiteral("http://127.0.0.1:%1/api/v1").arg(trap.serverPort());
    QString problem;
    mesos::v1::master::Call call;
    call.set_type(mesos::v1::master::Call::GET_FLAGS);
    m_window->session().call(call, [&](meseta::Result<mesos::v1::master::Response> answer) {
        problem =
            answer ? QStringLiteral("an answer") : QString::fromStdString(answer.error().message);
    });
    QTRY_VERIFY2(problem.contains(QStringLiteral("does not lead")), qPrintable(problem));
    QVERIFY(!trap.hasPendingConnections());
    m_master->redirectCallsTo.clear();

    for (const QString &target :
         {QStringLiteral("http://127.0.0.1:%1/meseta/v1").arg(m_master->port()), // to itself
          QStringLiteral("mailto:nobody@nowhere"), QStringLiteral("//"), QString()}) {
        m_master->redirectStreamsTo = target;
        m_master->cut();
        QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
        m_window->session().retryNow();
        QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
        QVERIFY(!m_window->session().problem().isEmpty());
        QVERIFY2(m_master->redirects < 10, qPrintable(QString::number(m_master->redirects)));
        m_master->redirects = 0;
        m_master->redirectStreamsTo.reset();
        m_window->session().retryNow();
        QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live);
    }
}

/// Resources that are not finite or less than nothing, times far in the past and in the future,
/// states that do not exist, the same id twice: everything is drawn, sorted and summed up.
void HostileMasterTest::numbersThatAreNone()
{
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    constexpr double endless = std::numeric_limits<double>::infinity();
    auto *state = sample::state(m_master->snapshot);
    int number = 0;
    for (const double value : {none, endless, -endless, -5.0, 1e308, 0.0, 4.0}) {
        const std::string id = "A" + std::to_string(number);
        auto agent = sample::agent(id, value, value);
        agent.mutable_registered_time()->set_nanoseconds(
            number % 2 ? std::numeric_limits<std::int64_t>::max()
                       : std::numeric_limits<std::int64_t>::min());
        *state->mutable_get_agents()->add_agents() = agent;
        *state->mutable_get_agents()->add_agents() = agent; // once more
        auto task = sample::task("t" + std::to_string(number++), "F", id, mesos::v1::TASK_RUNNING);
        task.clear_resources();
        sample::addScalar(task.mutable_resources(), "cpus", value);
        auto *status = task.add_statuses();
        status->set_state(mesos::v1::TASK_RUNNING);
        status->mutable_task_id()->set_value(task.task_id().value());
        status->set_timestamp(value);
        *state->mutable_get_tasks()->add_tasks() = task;
        auto *offer = m_master->snapshot.mutable_subscribed()->add_offers();
        *offer->mutable_offer() = sample::offer("O" + id, "F", id, value);
        offer->set_offered_time(value);
    }
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "f");
    m_master->snapshot.set_time(none);
    connectTo(*m_master);
    QTRY_COMPARE(m_window->replica().agents().size(), number);
    for (const double time : {-1e300, 1e300, endless, none})
        m_master->send(sample::taskUpdated("t6", "F", mesos::v1::TASK_FAILED, time, "x"));
    QTRY_COMPARE(m_window->replica().tasks().find(QStringLiteral("F/t6"))->state,
                 mesos::v1::TASK_FAILED);
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window->showPage(page);
        QCoreApplication::processEvents();
        m_window->grab();
        TablePage *table = m_window->view()->tablePage(page);
        for (int column = 0; table && column < table->model().columnCount(); ++column) {
            table->view().sortByColumn(column, Qt::AscendingOrder);
            table->view().grab();
            table->view().sortByColumn(column, Qt::DescendingOrder);
        }
        if (table)
            table->setFilter(QStringLiteral("cpus>1 -mem<3"));
        m_window->grab();
    }
    for (int i = 0; i < number; ++i) {
        m_window->view()->showObject({ObjectRef::Kind::Agent, QStringLiteral("A%1").arg(i)});
        m_window->grab();
        m_window->view()->showObject({ObjectRef::Kind::Task, QStringLiteral("F/t%1").arg(i)});
        m_window->grab();
    }
    QCOMPARE(m_window->session().state(), MasterSession::State::Live);
}

/// Events before the snapshot, of what nobody knows, and a second snapshot that contradicts the
/// first.
void HostileMasterTest::eventsInAnyOrder()
{
    m_master->snapshotFirst = false;
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_master->port(), {}});
    QTRY_COMPARE(m_master->subscriptions(), 1);
    m_master->send(sample::taskUpdated("nobody", "F", mesos::v1::TASK_RUNNING, 5));
    m_master->send(sample::offerRemoved("none", sample::Event::OfferRemoved::DECLINED, 5));
    sample::Event removed;
    removed.set_type(sample::Event::AGENT_REMOVED);
    removed.mutable_agent_removed()->mutable_agent_id()->set_value("none");
    m_master->send(removed);
    m_master->send(sample::taskAdded(sample::task("t", "F", "A", mesos::v1::TASK_RUNNING), 6));
    QTRY_COMPARE(m_window->replica().tasks().size(), 1);
    auto first = sample::snapshot();
    *sample::state(first)->mutable_get_agents()->add_agents() = sample::agent("A", 4);
    m_master->send(first);
    QTRY_COMPARE(m_window->replica().agents().size(), 1);
    QTRY_COMPARE(m_window->replica().tasks().size(), 0);
    auto second = sample::snapshot();
    *sample::state(second)->mutable_get_agents()->add_recovered_agents() =
        sample::agent("A", 4).agent_info();
    *sample::state(second)->mutable_get_tasks()->add_tasks() =
        sample::task("t", "nobody", "B", mesos::v1::TASK_RUNNING);
    for (int i = 0; i < 20; ++i) {
        m_master->send(second);
        m_master->send(first);
    }
    QTRY_COMPARE(m_window->replica().agents().size(), 1);
    m_master->send(sample::taskAdded(sample::task("last", "F", "A", mesos::v1::TASK_RUNNING), 7));
    QTRY_VERIFY(m_window->replica().tasks().find(QStringLiteral("F/last")));
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window->showPage(page);
        m_window->grab();
    }
    QCOMPARE(m_window->session().state(), MasterSession::State::Live);
}

QTEST_MAIN(HostileMasterTest)
#include "tst_hostile_master.moc"
