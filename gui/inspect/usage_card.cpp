#include "gui/inspect/usage_card.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/trend_chart.h"

namespace meseta::console {

UsageCard::UsageCard(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_title(new QLabel)
    , m_cpus(new TrendChart)
    , m_memory(new TrendChart)
{
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(Theme::headingFont());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Small, Theme::Large, Theme::Medium);
    column->setSpacing(Theme::Tight);
    column->addWidget(m_title);
    for (TrendChart *chart : {m_cpus, m_memory}) {
        chart->setFixedHeight(64);
        column->addWidget(chart);
    }
    connect(&m_probe, &UsageProbe::measured, this, &UsageCard::take);
    translate();
    hide();
}

void UsageCard::translate()
{
    m_title->setText(tr("In use"));
}

void UsageCard::setLive(bool live)
{
    m_live = live;
}

void UsageCard::show(const ObjectRef &object)
{
    if (object == m_object)
        return;
    m_object = object;
    m_probe.stop();
    m_cpus->clear();
    m_memory->clear();
    hide();
    const TaskRow *task =
        object.kind == ObjectRef::Kind::Task ? m_replica.tasks().find(object.key) : nullptr;
    const QString agentId = task                ? task->agentId
        : object.kind == ObjectRef::Kind::Agent ? object.key
                                                : QString();
    const AgentRow *agent = m_replica.agents().find(agentId);
    if (!m_live || !agent || !agent->active || (task && isTerminal(task->state)))
        return;
    m_probe.start(agent->address, task ? task->frameworkId : QString(),
                  task ? task->executorId : QString());
}

void UsageCard::take(const Usage &usage)
{
    if (usage.containers == 0)
        return hide(); // it has ended
    if (usage.cpus < 0)
        return;
    const AgentRow *agent =
        m_object.kind == ObjectRef::Kind::Agent ? m_replica.agents().find(m_object.key) : nullptr;
    const double cpus = agent ? agent->total.cpus : usage.cpuLimit;
    const double memory = agent ? agent->total.memory : usage.memoryLimit;
    m_cpus->add(cpus > 0 ? usage.cpus / cpus : 0, 0);
    m_memory->add(memory > 0 ? usage.memory / memory : 0, 0);
    const QString busy = QLocale().toString(usage.cpus, 'f', 2);
    m_cpus->setLegend(cpus > 0 ? tr("CPUs: %1 of %2").arg(busy, amountText(cpus))
                               : tr("CPUs: %1").arg(busy));
    m_memory->setLegend(
        memory > 0 ? tr("Memory: %1 of %2").arg(memoryText(usage.memory), memoryText(memory))
                   : tr("Memory: %1").arg(memoryText(usage.memory)));
    setVisible(true);
}

void UsageCard::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
