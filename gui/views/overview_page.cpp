#include "gui/views/overview_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/model/sources.h"
#include "gui/widgets/gauge.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

OverviewPage::OverviewPage(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_cpus(new Gauge({}))
    , m_memory(new Gauge({}))
    , m_disk(new Gauge({}))
    , m_counts(new QLabel)
    , m_legend(new QLabel)
{
    auto *gauges = new QHBoxLayout;
    gauges->setSpacing(12);
    for (Gauge *gauge : {m_cpus, m_memory, m_disk})
        gauges->addWidget(gauge);
    m_counts->setTextFormat(Qt::PlainText);
    m_legend->setTextFormat(Qt::PlainText);
    m_legend->setForegroundRole(QPalette::PlaceholderText);
    auto *line = new QHBoxLayout;
    line->addWidget(m_counts);
    line->addStretch();
    line->addWidget(m_legend);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 4);
    column->setSpacing(8);
    column->addLayout(gauges);
    column->addLayout(line);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    translate();
}

void OverviewPage::translate()
{
    m_cpus->setTitle(tr("CPUs"));
    m_memory->setTitle(tr("Memory"));
    m_disk->setTitle(tr("Disk"));
    m_legend->setText(tr("Bars: in use, then on offer"));
    refresh();
}

void OverviewPage::refresh()
{
    const ClusterFigures sums = m_replica.figures();
    const auto show = [](Gauge *gauge, double used, double offered, double total,
                         QString (*text)(double)) {
        gauge->setAmounts(used, offered, total, tr("%1 of %2").arg(text(used), text(total)));
    };
    show(m_cpus, sums.allocated.cpus, sums.offered.cpus, sums.total.cpus, amountText);
    show(m_memory, sums.allocated.memory, sums.offered.memory, sums.total.memory, memoryText);
    show(m_disk, sums.allocated.disk, sums.offered.disk, sums.total.disk, memoryText);
    const QString separator = QStringLiteral("   ·   ");
    m_counts->setText(QStringList{tr("%n agent(s)", nullptr, sums.activeAgents),
                                  tr("%n framework(s)", nullptr, sums.frameworks),
                                  tr("%n offer(s)", nullptr, sums.offers),
                                  tr("%n task(s) running", nullptr, sums.runningTasks),
                                  tr("%n starting or stopping", nullptr, sums.waitingTasks),
                                  tr("%n failed", nullptr, sums.failedTasks)}
                          .join(separator));
}

void OverviewPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
