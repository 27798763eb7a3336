#include "gui/widgets/sign_painter.h"

#include <QPainter>
#include <QPainterPath>

#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

void paintStroke(QPainter *painter, const QColor &color, double width)
{
    painter->setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
}

void paintFill(QPainter *painter, const QColor &color)
{
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
}

} // namespace

void paintSign(QPainter *painter, const QRectF &rect, const Look &look)
{
    if (look.sign == Sign::None)
        return;
    const double side = std::min(rect.width(), rect.height());
    const QRectF box(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side);
    const auto at = [&](double x, double y) {
        return QPointF(box.left() + x * side, box.top() + y * side);
    };
    const QColor color = Theme::tone(look.tone);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    switch (look.sign) {
    case Sign::Dot:
        paintFill(painter, color);
        painter->drawEllipse(box.adjusted(side * 0.08, side * 0.08, -side * 0.08, -side * 0.08));
        break;
    case Sign::Ring:
        paintStroke(painter, color, side * 0.17);
        painter->drawEllipse(box.adjusted(side * 0.14, side * 0.14, -side * 0.14, -side * 0.14));
        break;
    case Sign::Half:
        paintStroke(painter, color, side * 0.15);
        painter->drawEllipse(box.adjusted(side * 0.12, side * 0.12, -side * 0.12, -side * 0.12));
        paintFill(painter, color);
        painter->drawPie(box.adjusted(side * 0.12, side * 0.12, -side * 0.12, -side * 0.12),
                         -90 * 16, 180 * 16);
        break;
    case Sign::Check:
        paintStroke(painter, color, side * 0.18);
        painter->drawPolyline(QPolygonF{at(0.12, 0.55), at(0.4, 0.82), at(0.9, 0.2)});
        break;
    case Sign::Cross:
        paintStroke(painter, color, side * 0.2);
        painter->drawLine(at(0.18, 0.18), at(0.82, 0.82));
        painter->drawLine(at(0.82, 0.18), at(0.18, 0.82));
        break;
    case Sign::Square:
        paintFill(painter, color);
        painter->drawRoundedRect(box.adjusted(side * 0.14, side * 0.14, -side * 0.14, -side * 0.14),
                                 side * 0.1, side * 0.1);
        break;
    case Sign::Triangle: {
        paintFill(painter, color);
        QPainterPath path(at(0.5, 0.06));
        path.lineTo(at(0.98, 0.92));
        path.lineTo(at(0.02, 0.92));
        path.closeSubpath();
        painter->drawPath(path);
        break;
    }
    case Sign::Pause:
        paintFill(painter, color);
        painter->drawRect(QRectF(at(0.18, 0.12), at(0.42, 0.88)));
        painter->drawRect(QRectF(at(0.58, 0.12), at(0.82, 0.88)));
        break;
    case Sign::None:
        break;
    }
    painter->restore();
}

void paintShare(QPainter *painter, const QRectF &rect, double used, double offered)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    const double radius = rect.height() / 2;
    QPainterPath clip;
    clip.addRoundedRect(rect, radius, radius);
    painter->setClipPath(clip);
    painter->fillRect(rect, Theme::track());
    const double usedEnd = rect.width() * std::clamp(used, 0.0, 1.0);
    painter->fillRect(QRectF(rect.left(), rect.top(), usedEnd, rect.height()), Theme::used());
    painter->fillRect(QRectF(rect.left() + usedEnd, rect.top(),
                             rect.width() * std::clamp(offered, 0.0, 1 - std::min(1.0, used)),
                             rect.height()),
                      Theme::offered());
    painter->restore();
}

} // namespace meseta::console
