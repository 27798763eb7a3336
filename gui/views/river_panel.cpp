#include "gui/views/river_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/model/replica.h"
#include "gui/session/background.h"
#include "gui/widgets/river_chart.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int steps = 120;
constexpr int everyMs = 2000;
constexpr int spans[] = {120, 600, 3600};

} // namespace

RiverPanel::RiverPanel(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_title(new QLabel)
    , m_measure(new QComboBox(this))
    , m_by(new QComboBox(this))
    , m_span(new QComboBox(this))
    , m_chart(new RiverChart(this))
{
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(Theme::headingFont());
    auto *row = new QHBoxLayout;
    row->addWidget(m_title, 1);
    for (QComboBox *box : {m_measure, m_by, m_span})
        row->addWidget(box);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Medium, Theme::Large, Theme::Small);
    column->setSpacing(Theme::Small);
    column->addLayout(row);
    column->addWidget(m_chart, 1);
    for (int i = 0; i < RiverChart::measureCount; ++i)
        m_measure->addItem(QString());
    for (int i = 0; i < 2; ++i)
        m_by->addItem(QString());
    for (const int span : spans)
        m_span->addItem(QString(), span);
    m_span->setCurrentIndex(1);
    translate();
    connect(m_measure, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_chart->setMeasure(static_cast<RiverChart::Measure>(index)); });
    connect(m_by, &QComboBox::currentIndexChanged, this, &RiverPanel::refresh);
    connect(m_span, &QComboBox::currentIndexChanged, this, &RiverPanel::refresh);
    connect(m_chart, &RiverChart::chosen, this, &RiverPanel::choose);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (!isVisible())
            return m_tick.stop();
        refresh();
    });
    m_tick.setInterval(everyMs);
}

void RiverPanel::refresh()
{
    const RiverBy by = m_by->currentIndex() == 0 ? RiverBy::Framework : RiverBy::Role;
    const int seconds = m_span->currentData().toInt();
    inBackground(
        this,
        [log = offerLog(m_replica), by, seconds] { return offerRiver(log, by, seconds, steps); },
        [this, asked = ++m_asked](const OfferRiver &river) {
            if (asked == m_asked)
                m_chart->setRiver(river);
        });
}

void RiverPanel::choose(const QString &key)
{
    if (key.isEmpty())
        return Q_EMIT filterWanted({});
    QString name = key;
    if (const FrameworkRow *framework =
            m_by->currentIndex() == 0 ? m_replica.frameworks().find(key) : nullptr)
        name = framework->name;
    name.remove(QLatin1Char('"'));
    Q_EMIT filterWanted(
        QStringLiteral("%1:\"%2\"")
            .arg(m_by->currentIndex() == 0 ? QStringLiteral("framework") : QStringLiteral("role"),
                 name));
}

void RiverPanel::translate()
{
    m_title->setText(tr("The river of offers"));
    for (int i = 0; i < RiverChart::measureCount; ++i)
        m_measure->setItemText(i, RiverChart::nameOf(static_cast<RiverChart::Measure>(i)));
    m_by->setItemText(0, tr("by framework"));
    m_by->setItemText(1, tr("by role"));
    m_span->setItemText(0, tr("2 minutes"));
    m_span->setItemText(1, tr("10 minutes"));
    m_span->setItemText(2, tr("1 hour"));
    m_measure->setAccessibleName(tr("Which offers"));
    m_by->setAccessibleName(tr("Whose"));
    m_span->setAccessibleName(tr("How long back"));
    m_chart->setAccessibleName(tr("The river of offers"));
}

void RiverPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
    m_tick.start();
}

void RiverPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        translate();
        refresh();
    }
}

} // namespace meseta::console
