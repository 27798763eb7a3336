#include "gui/views/map_page.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/widgets/cluster_map.h"
#include "gui/widgets/elided_label.h"
#include "gui/widgets/fit_lens.h"
#include "gui/widgets/tab_order.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

MapPage::MapPage(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_hint(new ElidedLabel(this))
    , m_measure(new QComboBox(this))
    , m_measureName(new QLabel)
    , m_lens(new FitLens(replica, this))
    , m_map(new ClusterMap(replica, this))
{
    m_title->setFont(Theme::titleFont());
    m_title->setTextFormat(Qt::PlainText);
    m_hint->setContentsMargins(0, 0, 0, 3);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    for (int i = 0; i < ClusterMap::measureCount; ++i)
        m_measure->addItem(QString());
    m_measureName->setBuddy(m_measure);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Small);
    header->setSpacing(Theme::Medium);
    header->addWidget(m_title);
    header->addWidget(m_hint, 1, Qt::AlignBottom);
    header->addWidget(m_measureName);
    header->addWidget(m_measure);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(header);
    column->addWidget(m_lens);
    column->addWidget(m_map, 1);
    orderTabs({m_measure, m_lens, m_map});
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_map->setMeasure(static_cast<ClusterMap::Measure>(std::max(0, index)));
    });
    connect(m_map, &ClusterMap::agentChosen, this, &MapPage::agentChosen);
    connect(m_lens, &FitLens::changed, this, &MapPage::tint);
    translate();
}

void MapPage::setFit(std::function<int(const AgentRow &)> fit)
{
    m_dragging = static_cast<bool>(fit);
    if (m_dragging)
        m_map->setFit(std::move(fit));
    else
        tint();
}

/// In the colours of a drag: where a task of the lens fits now, could fit, and never would.
void MapPage::tint()
{
    if (m_dragging)
        return;
    if (!m_lens->isTinting())
        return m_map->setFit(nullptr);
    m_map->setFit([shape = m_lens->shape()](const AgentRow &agent) {
        if (timesOn(agent, shape) > 0)
            return 1;
        return agent.total.cpus >= shape.cpus && agent.total.memory >= shape.memory ? 0 : -1;
    });
}

void MapPage::translate()
{
    m_title->setText(tr("Map"));
    m_measureName->setText(tr("Colour by"));
    const QStringList names{tr("CPUs allocated"), tr("Memory allocated"), tr("Disk allocated"),
                            tr("CPUs on offer"), tr("Number of tasks")};
    for (int i = 0; i < names.size(); ++i)
        m_measure->setItemText(i, names.at(i));
    m_map->setAccessibleName(tr("Map of the agents"));
    m_hint->setText(tr("One tile an agent; rest on one to light what belongs together."));
    m_map->setEmptyText(tr("No agents are registered."));
}

void MapPage::refresh()
{
    if (!isVisible())
        return;
    m_map->refresh();
    m_lens->refreshSoon();
}

void MapPage::setStale(bool stale)
{
    m_map->setEnabled(!stale);
}

void MapPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
