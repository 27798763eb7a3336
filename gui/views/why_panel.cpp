#include "gui/views/why_panel.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/session/cluster.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

/// One gate of a ladder: its sign, on a line that ends where the pair was stopped.
class GateMark : public QWidget
{
public:
    explicit GateMark(GateStep::Answer answer) : m_answer(answer) { setFixedWidth(22); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(QRectF(10, 0, 2, height()), Theme::track());
        const Look look = m_answer == GateStep::Answer::Passed ? Look{Tone::Good, Sign::Check}
            : m_answer == GateStep::Answer::Stopped            ? Look{Tone::Bad, Sign::Cross}
                                                               : Look{Tone::Muted, Sign::Ring};
        painter.fillRect(QRectF(2, 2, 18, 18), palette().window());
        paintSign(&painter, QRectF(5, 5, 12, 12), look);
    }

private:
    GateStep::Answer m_answer;
};

QString titleOf(const ObjectRef &object, const Replica &replica)
{
    switch (object.kind) {
    case ObjectRef::Kind::Agent: {
        const AgentRow *agent = replica.agents().find(object.key);
        return WhyDialog::tr("Why is nothing offered of %1?").arg(agent ? agent->name : object.key);
    }
    case ObjectRef::Kind::Framework: {
        const FrameworkRow *framework = replica.frameworks().find(object.key);
        return WhyDialog::tr("Why does %1 get no offer?")
            .arg(framework ? framework->name : object.key);
    }
    default:
        return WhyDialog::tr("Why does the role %1 get no offer?").arg(object.key);
    }
}

} // namespace

WhyDialog::WhyDialog(Cluster &cluster, const ObjectRef &object, QWidget *parent)
    : QDialog(parent)
    , m_cluster(cluster)
    , m_object(object)
    , m_summary(new QLabel)
    , m_pairs(new QListWidget)
    , m_ladder(new QScrollArea)
{
    setWindowTitle(titleOf(object, cluster.replica()));
    auto *title = new QLabel(windowTitle());
    title->setTextFormat(Qt::PlainText);
    title->setFont(Theme::titleFont());
    title->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_pairs->setWordWrap(true);
    m_pairs->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pairs->setAccessibleName(tr("Decisions of the allocator"));
    m_ladder->setWidgetResizable(true);
    m_ladder->setFrameShape(QFrame::NoFrame);
    auto *split = new QSplitter;
    split->addWidget(m_pairs);
    split->addWidget(m_ladder);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setSizes({380, 480});
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto *again = buttons->addButton(tr("Ask again"), QDialogButtonBox::ActionRole);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->setSpacing(Theme::Medium);
    column->addWidget(title);
    column->addWidget(m_summary);
    column->addWidget(split, 1);
    column->addWidget(buttons);
    resize(860, 640); // the whole ladder
    connect(again, &QPushButton::clicked, this, &WhyDialog::ask);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_pairs, &QListWidget::currentRowChanged, this, &WhyDialog::showLadder);
    ask();
}

void WhyDialog::say(const QString &sentence)
{
    m_summary->setText(sentence);
}

void WhyDialog::ask()
{
    if (m_cluster.session().isStock())
        return say(
            tr("This master is a stock Mesos one: it decides without recording why, so there "
               "is nothing to ask."));
    if (m_cluster.session().state() != MasterSession::State::Live)
        return say(tr("The master is not connected."));
    say(tr("Asking the allocator…"));
    ::meseta::v1::Call call;
    call.set_type(::meseta::v1::Call::GET_OFFER_DECISIONS);
    auto *which = call.mutable_get_offer_decisions();
    if (m_object.kind == ObjectRef::Kind::Agent)
        which->mutable_agent_id()->set_value(m_object.key.toStdString());
    else if (m_object.kind == ObjectRef::Kind::Framework)
        which->mutable_framework_id()->set_value(m_object.key.toStdString());
    else
        which->set_role(m_object.key.toStdString());
    which->set_limit(500);
    const QPointer<WhyDialog> self(this);
    m_cluster.session().call(call, [self](Result<::meseta::v1::Response> answer) {
        if (!self)
            return;
        if (!answer)
            return self->say(tr("The master could not be asked: %1")
                                 .arg(QString::fromStdString(answer.error().message)));
        QList<DecisionLadder> ladders;
        for (const auto &decision : answer->decisions())
            ladders << ladderOf(decision, self->m_cluster.replica());
        self->show(ladders);
    });
}

void WhyDialog::show(const QList<DecisionLadder> &ladders)
{
    m_ladders = ladders;
    std::stable_sort(
        m_ladders.begin(), m_ladders.end(),
        [](const DecisionLadder &a, const DecisionLadder &b) { return a.offered < b.offered; });
    const QSignalBlocker quiet(m_pairs);
    m_pairs->clear();
    const bool nameAgent = m_object.kind != ObjectRef::Kind::Agent;
    for (const DecisionLadder &ladder : m_ladders) {
        auto *item = new QListWidgetItem(
            tr("%1 · %2\n%3")
                .arg(nameAgent ? ladder.agent : ladder.framework, ladder.role, ladder.verdict));
        m_pairs->addItem(item);
    }
    if (m_ladders.isEmpty())
        return say(tr("The allocator has not looked at it yet: no framework wants offers, or no "
                      "agent is registered."));
    QStringList parts;
    for (const GateCount &count : countGates(m_ladders))
        parts << tr("%1: %n pair(s)", nullptr, count.pairs).arg(count.title);
    say(parts.join(QLatin1Char('\n')));
    m_pairs->setCurrentRow(0);
    showLadder(0);
}

void WhyDialog::showLadder(int row)
{
    if (row < 0 || row >= m_ladders.size())
        return;
    const DecisionLadder &ladder = m_ladders.at(row);
    auto *content = new QWidget;
    auto *grid = new QGridLayout(content);
    grid->setVerticalSpacing(0);
    grid->setHorizontalSpacing(Theme::Small);
    grid->setColumnStretch(1, 1);
    auto *when = new QLabel(tr("As of %1").arg(fullTimeText(ladder.time)));
    when->setTextFormat(Qt::PlainText);
    when->setForegroundRole(QPalette::PlaceholderText);
    when->setContentsMargins(0, 0, 0, Theme::Small);
    grid->addWidget(when, 0, 1);
    int at = 1;
    for (const GateStep &step : ladder.steps) {
        grid->addWidget(new GateMark(step.answer), at, 0);
        auto *text = new QLabel(
            step.detail.isEmpty() ? step.title : step.title + QLatin1Char('\n') + step.detail);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        text->setContentsMargins(0, 2, 0, Theme::Small);
        if (step.answer == GateStep::Answer::NotAsked)
            text->setForegroundRole(QPalette::PlaceholderText);
        if (step.answer == GateStep::Answer::Stopped)
            text->setFont(Theme::headingFont());
        grid->addWidget(text, at++, 1);
    }
    grid->setRowStretch(at, 1);
    m_ladder->setWidget(content);
}

} // namespace meseta::console
