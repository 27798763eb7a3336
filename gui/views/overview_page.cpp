#include "gui/views/overview_page.h"

#include <QDateTime>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/inspect/cluster_usage.h"
#include "gui/model/formats.h"
#include "gui/model/sources.h"
#include "gui/widgets/card.h"
#include "gui/widgets/event_list.h"
#include "gui/widgets/gauge.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/state_bar.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/trend_chart.h"

namespace meseta::console {

namespace {

constexpr qint64 sampleEveryMs = 1000;

QLabel *heading()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setFont(Theme::headingFont());
    return label;
}

} // namespace

OverviewPage::OverviewPage(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_title(new QLabel)
    , m_subtitle(new QLabel)
    , m_cpus(new Gauge)
    , m_memory(new Gauge)
    , m_disk(new Gauge)
    , m_states(new StateBar)
    , m_trend(new TrendChart)
    , m_events(new EventList(replica))
    , m_tasksTitle(heading())
    , m_launch(new QPushButton)
    , m_trendTitle(heading())
    , m_eventsTitle(heading())
    , m_usage(new ClusterUsage(replica, this))
{
    setObjectName(QStringLiteral("overview"));
    setFocusPolicy(Qt::NoFocus);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(Theme::titleFont());
    m_subtitle->setTextFormat(Qt::PlainText);
    m_subtitle->setForegroundRole(QPalette::PlaceholderText);

    auto *grid = new QGridLayout;
    grid->setSpacing(Theme::Medium);
    grid->addWidget(m_cpus, 0, 0);
    grid->addWidget(m_memory, 0, 1);
    grid->addWidget(m_disk, 0, 2);
    auto *tasks = new Card;
    auto *tasksHead = new QHBoxLayout;
    tasksHead->addWidget(m_tasksTitle, 1);
    tasksHead->addWidget(m_launch);
    tasks->column().addLayout(tasksHead);
    tasks->column().addWidget(m_states);
    grid->addWidget(tasks, 1, 0, 1, 2);
    auto *trend = new Card;
    trend->column().addWidget(m_trendTitle);
    trend->column().addWidget(m_trend, 1);
    grid->addWidget(trend, 1, 2);
    auto *events = new Card;
    events->column().addWidget(m_eventsTitle);
    events->column().addWidget(m_events, 1);
    grid->addWidget(events, 2, 0, 1, 3);
    for (int column = 0; column < 3; ++column)
        grid->setColumnStretch(column, 1);
    grid->setRowStretch(2, 1);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Large);
    column->setSpacing(Theme::Tight);
    column->addWidget(m_title);
    column->addWidget(m_subtitle);
    column->addSpacing(Theme::Small);
    column->addLayout(grid, 1);
    connect(m_states, &StateBar::stateChosen, this,
            [this](const QString &word) { Q_EMIT tasksWanted(QStringLiteral("state:") + word); });
    m_launch->setIcon(icon(QStringLiteral("launch")));
    m_launch->setObjectName(QStringLiteral("overviewLaunch"));
    m_launch->hide();
    connect(m_launch, &QPushButton::clicked, this, &OverviewPage::launchWanted);
    connect(m_usage, &ClusterUsage::changed, this, &OverviewPage::refresh);
    connect(m_events, &EventList::linkChosen, this, &OverviewPage::linkChosen);
    translate();
}

void OverviewPage::translate()
{
    m_title->setText(tr("Overview"));
    m_cpus->setTitle(tr("CPUs"));
    m_memory->setTitle(tr("Memory"));
    m_disk->setTitle(tr("Disk"));
    m_tasksTitle->setText(tr("Tasks"));
    m_launch->setText(tr("Launch a container…"));
    m_trendTitle->setText(tr("Share of the CPUs, last minutes"));
    m_eventsTitle->setText(tr("What happened last"));
    m_trend->setNames(tr("allocated"), tr("on offer"));
    m_events->setEmptyText(tr("Nothing has happened since the console connected."));
    refresh();
}

void OverviewPage::refresh()
{
    const ClusterFigures &sums = m_replica.figures();
    sample(sums);
    if (!isVisible() && m_wasShown)
        return;
    m_wasShown = isVisible();
    const ClusterUsage::Sum &measured = m_usage->sum();
    const auto show = [&](Gauge *gauge, const Gauge::Amounts &amounts, QString (*text)(double)) {
        QString detail =
            tr("%1 on offer, %2 free")
                .arg(text(amounts.offered),
                     text(std::max(0.0, amounts.total - amounts.used - amounts.offered)));
        if (amounts.inUse >= 0)
            detail += tr(", %1 in use").arg(text(amounts.inUse));
        if (amounts.inUse >= 0 && measured.measured < measured.agents)
            detail += tr(" (%1 of %2 agents)")
                          .arg(countText(measured.measured), countText(measured.agents));
        gauge->setAmounts(amounts,
                          amounts.total > 0
                              ? tr("%1 of %2").arg(text(amounts.used), text(amounts.total))
                              : QStringLiteral("–"),
                          detail);
    };
    const bool known = measured.measured > 0;
    const double busy = std::round(measured.cpus * 100) / 100;
    show(m_cpus, {sums.allocated.cpus, sums.offered.cpus, sums.total.cpus, known ? busy : -1},
         amountText);
    show(m_memory,
         {sums.allocated.memory, sums.offered.memory, sums.total.memory,
          known ? measured.memory : -1},
         memoryText);
    show(m_disk, {sums.allocated.disk, sums.offered.disk, sums.total.disk, -1}, memoryText);
    QStringList parts{tr("%n agent(s)", nullptr, sums.activeAgents)};
    if (sums.agents > sums.activeAgents)
        parts << tr("%n not active", nullptr, sums.agents - sums.activeAgents);
    parts << tr("%n framework(s)", nullptr, sums.frameworks)
          << tr("%n offer(s) outstanding", nullptr, sums.offers);
    if (!m_replica.masterText().isEmpty())
        parts << tr("led by %1").arg(m_replica.masterText());
    if (const auto &loading = m_replica.loading())
        parts << tr("loading tasks: %1 of %2")
                     .arg(countText(loading->tasks), countText(loading->ofTasks));
    m_subtitle->setText(parts.join(QStringLiteral("  ·  ")));
    m_states->setCounts({{mesos::v1::TASK_RUNNING, sums.runningTasks},
                         {mesos::v1::TASK_STARTING, sums.waitingTasks},
                         {mesos::v1::TASK_UNREACHABLE, sums.unreachableTasks},
                         {mesos::v1::TASK_FAILED, sums.failedTasks},
                         {mesos::v1::TASK_FINISHED, sums.finishedTasks - sums.failedTasks}});
    m_launch->setVisible(m_canLaunch && m_replica.tasks().size() == 0);
    if (isVisible())
        m_events->refresh();
}

void OverviewPage::setCanLaunch(bool can)
{
    m_canLaunch = can;
    refresh();
}

void OverviewPage::sample(const ClusterFigures &sums)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (sums.total.cpus <= 0 || now - m_sampledAt < sampleEveryMs)
        return;
    m_sampledAt = now;
    const ClusterUsage::Sum &measured = m_usage->sum();
    const auto gauge = [&](Gauge *shown, double used, double total, double inUse) {
        shown->addSample(total > 0 ? used / total : 0,
                         total > 0 && measured.measured > 0 && inUse >= 0 ? inUse / total : -1);
    };
    gauge(m_cpus, sums.allocated.cpus, sums.total.cpus, measured.cpus);
    gauge(m_memory, sums.allocated.memory, sums.total.memory, measured.memory);
    gauge(m_disk, sums.allocated.disk, sums.total.disk, -1);
    m_trend->add(sums.allocated.cpus / sums.total.cpus, sums.offered.cpus / sums.total.cpus);
}

void OverviewPage::setLive(bool live)
{
    m_live = live;
    if (!live)
        m_usage->stop();
}

void OverviewPage::showEvent(QShowEvent *event)
{
    if (m_live)
        m_usage->start();
    QWidget::showEvent(event);
}

void OverviewPage::hideEvent(QHideEvent *event)
{
    m_usage->stop();
    QWidget::hideEvent(event);
}

void OverviewPage::setStale(bool stale)
{
    for (QWidget *widget : std::initializer_list<QWidget *>{m_cpus, m_memory, m_disk, m_states})
        widget->setEnabled(!stale);
}

void OverviewPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
