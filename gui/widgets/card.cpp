#include "gui/widgets/card.h"

#include <QPainter>
#include <QVBoxLayout>

#include "gui/widgets/theme.h"

namespace meseta::console {

void paintCard(QPainter *painter, const QRectF &rect)
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Theme::border());
    painter->setBrush(Theme::surface());
    painter->drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

Card::Card(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(Theme::Large, Theme::Medium, Theme::Large, Theme::Medium);
    m_column->setSpacing(Theme::Small);
}

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintCard(&painter, rect());
}

} // namespace meseta::console
