#include "gui/widgets/fit_lens.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/model/row_builders.h"
#include "gui/model/sentences.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/wrap_label.h"

namespace meseta::console {

FitLens::FitLens(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_name(new QLabel)
    , m_cpus(new QDoubleSpinBox)
    , m_memory(new QSpinBox)
    , m_tint(new QCheckBox)
    , m_text(new WrapLabel(QString()))
{
    setObjectName(QStringLiteral("fitLens"));
    m_name->setTextFormat(Qt::PlainText);
    m_cpus->setRange(0.01, 10000);
    m_cpus->setDecimals(2);
    m_cpus->setSingleStep(0.5);
    m_cpus->setValue(1);
    m_memory->setRange(1, 100000000);
    m_memory->setSingleStep(256);
    m_memory->setValue(1024);
    m_memory->setSuffix(QStringLiteral(" MiB"));
    m_text->setMuted(true);
    m_name->setBuddy(m_cpus);
    auto *row = new QHBoxLayout;
    row->setSpacing(Theme::Medium);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_name, m_cpus, m_memory, m_tint})
        row->addWidget(widget);
    row->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, 0, Theme::Large, Theme::Small);
    column->setSpacing(Theme::Tight);
    column->addLayout(row);
    column->addWidget(m_text);
    m_soon.setSingleShot(true);
    m_soon.setInterval(500); // it goes through all agents
    connect(&m_soon, &QTimer::timeout, this, &FitLens::refresh);
    const auto tell = [this] {
        refresh();
        Q_EMIT changed();
    };
    connect(m_cpus, &QDoubleSpinBox::valueChanged, this, tell);
    connect(m_memory, &QSpinBox::valueChanged, this, tell);
    connect(m_tint, &QCheckBox::toggled, this, tell);
    translate();
}

TaskShape FitLens::shape() const
{
    return {m_cpus->value(), static_cast<double>(m_memory->value())};
}

void FitLens::setShape(const TaskShape &shape)
{
    m_cpus->setValue(shape.cpus);
    m_memory->setValue(static_cast<int>(shape.memory));
}

bool FitLens::isTinting() const
{
    return m_tint->isChecked();
}

void FitLens::setTinting(bool on)
{
    m_tint->setChecked(on);
}

QString FitLens::text() const
{
    return m_text->text();
}

void FitLens::refreshSoon()
{
    if (!m_soon.isActive())
        m_soon.start();
}

void FitLens::refresh()
{
    const Fragmentation now = fragmentationFor(shape(), m_replica);
    QStringList lines;
    QString fits = now.fits == 0 ? tr("It fits nowhere now.")
                                 : tr("It fits %n time(s) now.", nullptr, now.fits);
    if (now.ideal > now.fits)
        fits += betweenSentences()
            + tr("What is free would hold %1 on one machine: %2 is lost to fragmentation.")
                  .arg(countText(now.ideal), percentText(now.lost()));
    lines << fits;
    if (now.mostCpus.amounts.cpus > 0) {
        lines << tr("Largest tasks now: %1 on %2")
                     .arg(amountsText(now.mostCpus.amounts), now.mostCpus.name);
        if (now.mostMemory.agentId != now.mostCpus.agentId)
            lines.last() +=
                tr(", or %1 on %2").arg(amountsText(now.mostMemory.amounts), now.mostMemory.name);
        lines.last() += QLatin1Char('.');
    }
    QStringList places;
    for (const Fragmentation::Place &place : now.worst.mid(0, 3))
        places << tr("%1 on %2").arg(amountsText(place.amounts), place.name);
    if (!places.isEmpty())
        lines << tr("Stranded: %1 in all, most of it %2.")
                     .arg(amountsText(now.stranded),
                          places.join(tr("; ", "between the parts of a list")));
    m_text->setText(lines.join(QLatin1Char('\n')));
}

/// Nothing is reckoned while nobody looks.
void FitLens::showEvent(QShowEvent *event)
{
    refresh();
    QWidget::showEvent(event);
}

void FitLens::translate()
{
    m_name->setText(tr("A &task of"));
    m_cpus->setSuffix(QLatin1Char(' ') + tr("CPUs"));
    m_cpus->setAccessibleName(tr("CPUs of the task"));
    m_memory->setAccessibleName(tr("Memory of the task"));
    m_tint->setText(tr("Show where it fits"));
    refresh();
}

void FitLens::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
