#include "gui/widgets/cluster_map.h"

#include <cmath>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include "gui/model/formats.h"
#include "gui/model/look.h"
#include "gui/model/replica.h"
#include "gui/model/sources.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int smallestSide = 14;
constexpr int largestSide = 176;
constexpr int namesFrom = 84; // tiles of this side hold a name
constexpr int margin = Theme::Large;

QColor blend(const QColor &a, const QColor &b, double share)
{
    const double rest = 1 - share;
    return QColor::fromRgbF(static_cast<float>(a.redF() * rest + b.redF() * share),
                            static_cast<float>(a.greenF() * rest + b.greenF() * share),
                            static_cast<float>(a.blueF() * rest + b.blueF() * share));
}

} // namespace

ClusterMap::ClusterMap(const Replica &replica, QWidget *parent)
    : QAbstractScrollArea(parent), m_replica(replica)
{
    setObjectName(QStringLiteral("map"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Window);
    setFocusPolicy(Qt::StrongFocus);
    connect(&replica, &Replica::agentsChanged, this, [this](const RowChanges &changes) {
        if (!changes.reset && changes.added.empty() && changes.removed.empty())
            return;
        m_orderOld = true;
        if (changes.removed.empty() && !changes.reset)
            return;
        m_slots.clear(); // slots that are gone must not be looked at
        m_lit.clear();
        m_hovered = -1;
    });
}

void ClusterMap::setMeasure(Measure measure)
{
    m_measure = measure;
    m_tiles.clear();
    viewport()->update();
}

void ClusterMap::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    viewport()->update();
}

void ClusterMap::setFit(std::function<int(const AgentRow &)> fit)
{
    m_fit = std::move(fit);
    viewport()->update();
}

void ClusterMap::refresh()
{
    if (std::exchange(m_orderOld, false))
        sortAgents();
    m_mostTasks = 1;
    for (const int slot : m_slots)
        m_mostTasks = std::max(m_mostTasks, m_replica.agents().at(slot).tasks);
    viewport()->update();
}

void ClusterMap::sortAgents()
{
    const auto &agents = m_replica.agents();
    m_slots.clear();
    for (int slot = 0; slot < agents.slotCount(); ++slot) {
        if (agents.isLive(slot))
            m_slots.push_back(slot);
    }
    std::sort(m_slots.begin(), m_slots.end(), [&](int a, int b) {
        const AgentRow &x = agents.at(a), &y = agents.at(b);
        return x.name != y.name ? x.name < y.name : x.id < y.id;
    });
    if (m_hovered >= static_cast<int>(m_slots.size()))
        hover(-1);
    layOut();
}

/// The largest tiles that all fit the room; when even small ones do not, it scrolls.
void ClusterMap::layOut()
{
    m_tiles.clear();
    const int width = viewport()->width() - 2 * margin, height = viewport()->height() - margin;
    const int count = std::max(1, static_cast<int>(m_slots.size()));
    m_side = largestSide;
    while (m_side > smallestSide) {
        const int columns = std::max(1, width / m_side);
        if ((count + columns - 1) / columns * m_side <= height)
            break;
        m_side -= 2;
    }
    m_columns = std::max(1, width / m_side);
    const int rows = (count + m_columns - 1) / m_columns;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(m_side);
    verticalScrollBar()->setRange(0, std::max(0, rows * m_side + margin - viewport()->height()));
}

QRect ClusterMap::tile(int index) const
{
    const int gap = m_side > 60 ? 8 : m_side > 24 ? 4 : 2;
    return {margin + index % m_columns * m_side,
            index / m_columns * m_side + 4 - verticalScrollBar()->value(), m_side - gap,
            m_side - gap};
}

int ClusterMap::indexAt(const QPoint &point) const
{
    const int column = (point.x() - margin) / m_side;
    const int row = (point.y() - 4 + verticalScrollBar()->value()) / m_side;
    if (point.x() < margin || column >= m_columns || row < 0 || point.y() < 0)
        return -1;
    const int index = row * m_columns + column;
    return index < static_cast<int>(m_slots.size()) && tile(index).contains(point) ? index : -1;
}

QString ClusterMap::agentAt(const QPoint &point) const
{
    const int index = indexAt(point);
    return index < 0 ? QString()
                     : m_replica.agents().at(m_slots[static_cast<std::size_t>(index)]).id;
}

QRect ClusterMap::tileOf(const QString &agentId) const
{
    for (int i = 0; i < static_cast<int>(m_slots.size()); ++i) {
        if (m_replica.agents().at(m_slots[static_cast<std::size_t>(i)]).id == agentId)
            return tile(i);
    }
    return {};
}

double ClusterMap::shareOf(const AgentRow &agent) const
{
    const auto share = [](double a, double b) { return b > 0 ? std::clamp(a / b, 0.0, 1.0) : 0; };
    switch (m_measure) {
    case Measure::Cpus:
        return share(agent.allocated.cpus, agent.total.cpus);
    case Measure::Memory:
        return share(agent.allocated.memory, agent.total.memory);
    case Measure::Disk:
        return share(agent.allocated.disk, agent.total.disk);
    case Measure::Offered:
        return share(agent.offered.cpus, agent.total.cpus);
    case Measure::Tasks:
        return share(agent.tasks, m_mostTasks);
    }
    return 0;
}

/// Painted with the look of a tile whose share is one of some steps, or taken from those that were.
void ClusterMap::paintSmallTile(QPainter *painter, const QPoint &at, const AgentRow &agent) const
{
    constexpr int steps = 24;
    const Look look = agentLook(agent);
    quint32 key = static_cast<quint32>(std::lround(shareOf(agent) * steps));
    key |= (agent.active && isEnabled() ? 1U : 0U) << 8;
    key |= (m_lit.contains(agent.id) ? 1U : 0U) << 9;
    key |= static_cast<quint32>(look.sign) << 12 | static_cast<quint32>(look.tone) << 20;
    QPixmap &tile = m_tiles[key];
    if (tile.isNull()) {
        const int side = m_side > 24 ? m_side - 4 : m_side - 2;
        tile = QPixmap(QSize(side, side) * devicePixelRatioF());
        tile.setDevicePixelRatio(devicePixelRatioF());
        tile.fill(palette().color(QPalette::Window));
        QPainter onTile(&tile);
        onTile.setRenderHint(QPainter::Antialiasing, m_side > 24);
        paintTile(&onTile, QRect(0, 0, side, side), agent);
    }
    painter->drawPixmap(at, tile);
}

void ClusterMap::changeEvent(QEvent *event)
{
    m_tiles.clear(); // colours, fonts, enabled or not
    QAbstractScrollArea::changeEvent(event);
}

void ClusterMap::paintTile(QPainter *painter, const QRect &rect, const AgentRow &agent) const
{
    const double share = shareOf(agent);
    const Look look = agentLook(agent);
    const bool usable = agent.active && isEnabled();
    const QColor empty = Theme::surface();
    const QColor full = usable ? Theme::used() : Theme::muted();
    const double radius = m_side > 60 ? 8 : m_side > 24 ? 4 : 2;
    const bool lit = m_lit.contains(agent.id);
    const bool chosen = agent.id == m_selected;
    const QColor fill = blend(empty, full, 0.12 + 0.78 * share);
    painter->setBrush(m_side > namesFrom ? empty : fill);
    QColor edge = Theme::border();
    double edgeWidth = 1;
    if (lit || chosen) {
        edge = chosen ? Theme::tone(Tone::Accent) : Theme::tone(Tone::Good);
        edgeWidth = 2;
    }
    if (m_fit) {
        const int fit = m_fit(agent);
        edge = Theme::tone(fit > 0 ? Tone::Good : fit == 0 ? Tone::Busy : Tone::Bad);
        painter->setBrush(Theme::notice(fit > 0 ? Tone::Good : fit == 0 ? Tone::Busy : Tone::Bad));
        edgeWidth = 2;
    }
    painter->setPen(QPen(edge, edgeWidth));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    if (m_side > namesFrom) {
        const QRect inner = rect.adjusted(10, 8, -10, -10);
        const QFontMetrics small(Theme::smallFont());
        paintSign(painter, QRectF(inner.left(), inner.top(), 9, small.height()), look);
        painter->setFont(Theme::smallFont());
        painter->setPen(palette().color(QPalette::Text));
        painter->drawText(inner.adjusted(15, 0, 0, 0), Qt::AlignLeft | Qt::AlignTop,
                          small.elidedText(agent.hostname, Qt::ElideRight, inner.width() - 15));
        painter->setPen(Theme::muted());
        const QString port = agent.name.section(QLatin1Char(' '), -1);
        painter->drawText(inner.adjusted(15, small.height(), 0, 0), Qt::AlignLeft | Qt::AlignTop,
                          port);
        painter->setFont(Theme::titleFont());
        painter->setPen(palette().color(QPalette::Text));
        const QString value =
            m_measure == Measure::Tasks ? countText(agent.tasks) : percentText(share);
        painter->drawText(inner.adjusted(0, 0, 0, -10), Qt::AlignLeft | Qt::AlignBottom, value);
        paintShare(painter, QRectF(inner.left(), inner.bottom() - 4, inner.width(), 5),
                   m_measure == Measure::Offered ? 0 : share,
                   m_measure == Measure::Offered ? share : 0);
    } else if (look.sign != Sign::Dot) {
        paintSign(painter, QRectF(rect).adjusted(2, 2, -2, -2), look); // what is wrong stands out
    }
}

void ClusterMap::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().window());
    if (m_slots.empty()) {
        painter.setPen(Theme::muted());
        painter.drawText(viewport()->rect(), Qt::AlignCenter, m_emptyText);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, m_side > 24);
    if (!m_tiles.isEmpty() && m_tiles.cbegin()->devicePixelRatio() != devicePixelRatioF())
        m_tiles.clear(); // another screen
    const int firstRow = std::max(0, verticalScrollBar()->value() / m_side);
    const int lastRow = (verticalScrollBar()->value() + viewport()->height()) / m_side;
    const int end = std::min(static_cast<int>(m_slots.size()), (lastRow + 1) * m_columns);
    for (int index = firstRow * m_columns; index < end; ++index) {
        const AgentRow &agent = m_replica.agents().at(m_slots[static_cast<std::size_t>(index)]);
        if (m_side > namesFrom || m_fit || agent.id == m_selected)
            paintTile(&painter, tile(index), agent);
        else
            paintSmallTile(&painter, tile(index).topLeft(), agent);
    }
    if (hasFocus() && m_hovered >= 0 && m_hovered < static_cast<int>(m_slots.size())) {
        painter.setPen(QPen(Theme::tone(Tone::Accent), 2, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(tile(m_hovered).adjusted(-2, -2, 2, 2));
    }
}

void ClusterMap::hover(int index)
{
    if (index == m_hovered)
        return;
    m_hovered = index;
    m_lit.clear();
    if (index >= 0) {
        const QString id = m_replica.agents().at(m_slots[static_cast<std::size_t>(index)]).id;
        QSet<QString> frameworks;
        m_replica.tasks().forEach([&](const TaskRow &task) {
            if (task.agentId == id && !isTerminal(task.state))
                frameworks.insert(task.frameworkId);
        });
        if (!frameworks.isEmpty())
            m_replica.tasks().forEach([&](const TaskRow &task) {
                if (!isTerminal(task.state) && frameworks.contains(task.frameworkId))
                    m_lit.insert(task.agentId);
            });
        m_lit.remove(id);
    }
    viewport()->update();
}

QString ClusterMap::tipOf(const AgentRow &agent) const
{
    const QStringList lines{
        agent.name + QLatin1String("  ") + agentState(agent),
        tr("CPUs: %1 of %2").arg(amountText(agent.allocated.cpus), amountText(agent.total.cpus)),
        tr("Memory: %1 of %2")
            .arg(memoryText(agent.allocated.memory), memoryText(agent.total.memory)),
        tr("%n task(s)", nullptr, agent.tasks)};
    return lines.join(QLatin1Char('\n'))
        .toHtmlEscaped()
        .replace(QLatin1Char('\n'), QLatin1String("<br>"));
}

bool ClusterMap::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int index = indexAt(help->pos());
        if (index >= 0)
            QToolTip::showText(
                help->globalPos(),
                tipOf(m_replica.agents().at(m_slots[static_cast<std::size_t>(index)])), viewport(),
                tile(index));
        else
            QToolTip::hideText();
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void ClusterMap::select(const QString &agentId)
{
    m_selected = agentId;
    viewport()->update();
}

void ClusterMap::resizeEvent(QResizeEvent *)
{
    layOut();
}

void ClusterMap::mouseMoveEvent(QMouseEvent *event)
{
    hover(indexAt(event->pos()));
}

void ClusterMap::mousePressEvent(QMouseEvent *event)
{
    const QString agent = agentAt(event->pos());
    if (agent.isEmpty())
        return;
    select(agent);
    Q_EMIT agentChosen(agent);
}

void ClusterMap::leaveEvent(QEvent *)
{
    hover(-1);
}

void ClusterMap::keyPressEvent(QKeyEvent *event)
{
    const int last = static_cast<int>(m_slots.size()) - 1;
    if (last < 0)
        return QAbstractScrollArea::keyPressEvent(event);
    const int at = std::max(0, m_hovered);
    switch (event->key()) {
    case Qt::Key_Left:
        return hover(std::max(0, at - 1));
    case Qt::Key_Right:
        return hover(std::min(last, at + 1));
    case Qt::Key_Up:
        return hover(std::max(0, at - m_columns));
    case Qt::Key_Down:
        return hover(std::min(last, at + m_columns));
    case Qt::Key_Return:
    case Qt::Key_Space:
        select(m_replica.agents().at(m_slots[static_cast<std::size_t>(at)]).id);
        Q_EMIT agentChosen(m_selected);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace meseta::console
