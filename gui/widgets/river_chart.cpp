#include "gui/widgets/river_chart.h"

#include <algorithm>

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include "gui/model/formats.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr QRgb light[] = {0xff2f6fbf, 0xff2e8b57, 0xffb8860b, 0xff9b59b6, 0xffc0504d, 0xff7f8c9b};
constexpr QRgb dark[] = {0xff6ea8fe, 0xff63c78b, 0xffe0b04a, 0xffc39be0, 0xffef8a84, 0xff9aa5b4};

QColor bandColor(int band)
{
    return QColor::fromRgb(Theme::isDark() ? dark[band % 6] : light[band % 6]);
}

} // namespace

RiverChart::RiverChart(QWidget *parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(120);
}

QString RiverChart::nameOf(Measure measure)
{
    switch (measure) {
    case Measure::Held:
        return tr("Held");
    case Measure::Made:
        return tr("Made");
    case Measure::Accepted:
        return tr("Accepted");
    case Measure::Declined:
        return tr("Declined");
    case Measure::TakenBack:
        return tr("Taken back");
    case Measure::Hoarded:
        break;
    }
    return tr("Held for over a minute");
}

const std::vector<int> &RiverChart::steps(const RiverBand &band) const
{
    switch (m_measure) {
    case Measure::Made:
        return band.made;
    case Measure::Accepted:
        return band.accepted;
    case Measure::Declined:
        return band.declined;
    case Measure::TakenBack:
        return band.takenBack;
    case Measure::Hoarded:
        return band.hoarded;
    case Measure::Held:
        break;
    }
    return band.held;
}

void RiverChart::setRiver(const OfferRiver &river)
{
    m_river = river;
    m_isReckoned = true;
    if (m_band >= river.bands.size() || m_step >= river.steps())
        m_band = m_step = -1;
    stack();
}

void RiverChart::setMeasure(Measure measure)
{
    m_measure = measure;
    stack();
}

QRect RiverChart::area() const
{
    const int line = fontMetrics().height();
    return rect().adjusted(fontMetrics().horizontalAdvance(QStringLiteral("00000")), line + 8,
                           -Theme::Small, -line - 4);
}

/// What lies below each band is summed once, not for each point that is painted.
void RiverChart::stack()
{
    const auto count = static_cast<std::size_t>(m_river.steps());
    m_below.assign(1, std::vector<int>(count, 0));
    for (const RiverBand &band : std::as_const(m_river.bands)) {
        std::vector<int> above = m_below.back();
        std::transform(above.begin(), above.end(), steps(band).begin(), above.begin(),
                       std::plus<>());
        m_below.push_back(std::move(above));
    }
    m_most = 1;
    for (const int amount : m_below.back())
        m_most = std::max(m_most, amount);
    update();
}

double RiverChart::x(int step) const
{
    return area().left() + area().width() * (step + 0.5) / std::max(1, m_river.steps());
}

double RiverChart::y(int amount) const
{
    return area().bottom() - static_cast<double>(area().height()) * amount / m_most;
}

QPoint RiverChart::placeOf(int band, int step) const
{
    return QPointF(x(step), (y(below(band, step)) + y(below(band + 1, step))) / 2).toPoint();
}

void RiverChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect room = area();
    painter.setPen(Theme::border());
    painter.drawLine(room.bottomLeft(), room.bottomRight());
    painter.setPen(Theme::muted());
    if (m_river.bands.isEmpty()) {
        if (!m_isReckoned)
            return;
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("No offers were made lately."));
        return;
    }
    painter.drawText(
        QRect(0, room.top() - fontMetrics().height() / 2, room.left() - 6, fontMetrics().height()),
        Qt::AlignRight, countText(m_most));
    const QRect under(room.left(), room.bottom() + 3, room.width(), fontMetrics().height());
    painter.drawText(under, Qt::AlignLeft, timeText(m_river.begin));
    painter.drawText(under, Qt::AlignRight, timeText(m_river.end));
    paintBands(painter);
    paintLegend(painter);
    paintFigures(painter);
}

void RiverChart::paintBands(QPainter &painter) const
{
    const QRectF room = area();
    const int count = m_river.steps();
    const auto at = [&](int band, int step) {
        return QPointF(room.left() + room.width() * (step + 0.5) / count,
                       room.bottom() - room.height() * below(band, step) / m_most);
    };
    for (int band = 0; band < m_river.bands.size(); ++band) {
        QPainterPath path(at(band, 0));
        for (int step = 0; step < count; ++step)
            path.lineTo(at(band + 1, step));
        for (int step = count - 1; step >= 0; --step)
            path.lineTo(at(band, step));
        path.closeSubpath();
        QColor color = bandColor(band);
        painter.setPen(QPen(Theme::surface(), 1));
        color.setAlphaF(band == m_band ? 1.0F : 0.8F);
        painter.fillPath(path, color);
        painter.drawPath(path);
    }
}

void RiverChart::paintLegend(QPainter &painter) const
{
    const int count = static_cast<int>(m_river.bands.size());
    const int most = area().width() / std::max(1, count);
    int left = area().left();
    for (int band = 0; band < count; ++band) {
        const QString &name = m_river.bands[band].name;
        const int natural = fontMetrics().horizontalAdvance(name) + 13 + 20;
        // The last may have what the others leave.
        const int room = area().right() - left - (count - 1 - band) * std::min(most, 60);
        const int width = std::min(natural, std::max(most, room / std::max(1, count - band)));
        const QRect place(left, 0, width, fontMetrics().height());
        left += width;
        painter.fillRect(QRect(place.left(), place.center().y() - 4, 8, 8), bandColor(band));
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(place.adjusted(13, 0, -6, 0), Qt::AlignVCenter,
                         fontMetrics().elidedText(name, Qt::ElideRight, width - 18));
    }
}

QString RiverChart::figures() const
{
    if (m_band < 0 || m_step < 0)
        return {};
    const RiverBand &band = m_river.bands[m_band];
    const auto at = static_cast<std::size_t>(m_step);
    return tr("%1, %2: held %3 (over a minute: %4), made %5, accepted %6, declined %7, taken back "
              "%8")
        .arg(band.name, timeText(m_river.timeOf(m_step)))
        .arg(band.held[at])
        .arg(band.hoarded[at])
        .arg(band.made[at])
        .arg(band.accepted[at])
        .arg(band.declined[at])
        .arg(band.takenBack[at]);
}

void RiverChart::paintFigures(QPainter &painter) const
{
    if (figures().isEmpty())
        return;
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawLine(QPointF(x(m_step), area().top()), QPointF(x(m_step), area().bottom()));
    QRect box = fontMetrics().boundingRect(QRect(0, 0, area().width() - 16, 1000), Qt::TextWordWrap,
                                           figures());
    box.moveTopLeft(area().topLeft() + QPoint(8, 4));
    painter.fillRect(box.adjusted(-5, -3, 5, 3), Theme::surface());
    painter.setPen(Theme::border());
    painter.drawRect(box.adjusted(-5, -3, 5, 3));
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(box, Qt::TextWordWrap, figures());
}

void RiverChart::point(int band, int step)
{
    if (m_river.bands.isEmpty())
        return;
    m_band = std::clamp(band, 0, static_cast<int>(m_river.bands.size()) - 1);
    m_step = std::clamp(step, 0, m_river.steps() - 1);
    setAccessibleDescription(figures());
    update();
}

void RiverChart::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    const int step =
        static_cast<int>((at.x() - area().left()) * m_river.steps() / std::max(1, area().width()));
    if (m_river.bands.isEmpty() || step < 0 || step >= m_river.steps())
        return leaveEvent(event);
    int band = 0;
    while (band + 1 < m_river.bands.size() && at.y() < y(below(band + 1, step)))
        ++band;
    point(band, step);
}

void RiverChart::mousePressEvent(QMouseEvent *event)
{
    mouseMoveEvent(event);
    if (event->button() == Qt::LeftButton && m_band >= 0)
        Q_EMIT chosen(m_river.bands[m_band].key);
}

void RiverChart::leaveEvent(QEvent *)
{
    m_band = m_step = -1;
    update();
}

void RiverChart::keyPressEvent(QKeyEvent *event)
{
    const int step = m_step < 0 ? m_river.steps() - 1 : m_step;
    switch (event->key()) {
    case Qt::Key_Left:
        return point(m_band, step - 1);
    case Qt::Key_Right:
        return point(m_band, step + 1);
    case Qt::Key_Up:
        return point(m_band + 1, step);
    case Qt::Key_Down:
        return point(m_band - 1, step);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_band >= 0)
            Q_EMIT chosen(m_river.bands[m_band].key);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace meseta::console
