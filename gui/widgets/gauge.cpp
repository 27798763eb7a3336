#include "gui/widgets/gauge.h"

#include <QPainter>

#include "gui/widgets/theme.h"

namespace meseta::console {

Gauge::Gauge(const QString &title, QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTitle(title);
}

void Gauge::setTitle(const QString &title)
{
    m_title = title;
    setAccessibleName(title);
    update();
}

void Gauge::setAmounts(double used, double offered, double total, const QString &text)
{
    m_used = used;
    m_offered = offered;
    m_total = total;
    m_text = text;
    setAccessibleDescription(text);
    update();
}

void Gauge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(Theme::border());
    painter.setBrush(palette().base());
    painter.drawRoundedRect(frame, 6, 6);

    const QRectF inner = frame.adjusted(14, 10, -14, -12);
    painter.setPen(Theme::muted());
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop, m_title);
    QFont large = font();
    large.setPointSizeF(font().pointSizeF() * 1.35);
    large.setWeight(QFont::DemiBold);
    painter.setFont(large);
    painter.setPen(palette().color(QPalette::Text));
    const double top = inner.top() + QFontMetricsF(font()).height() + 4;
    painter.drawText(QRectF(inner.left(), top, inner.width(), 28), Qt::AlignLeft | Qt::AlignTop,
                     QFontMetricsF(large).elidedText(m_text, Qt::ElideRight, inner.width()));

    const QRectF bar(inner.left(), inner.bottom() - 7, inner.width(), 7);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::track());
    painter.drawRoundedRect(bar, 3.5, 3.5);
    if (m_total <= 0)
        return;
    const double used = std::min(1.0, m_used / m_total),
                 offered = std::min(1.0 - used, m_offered / m_total);
    painter.setBrush(Theme::offered());
    painter.drawRoundedRect(
        QRectF(bar.left(), bar.top(), bar.width() * (used + offered), bar.height()), 3.5, 3.5);
    painter.setBrush(Theme::used());
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * used, bar.height()), 3.5,
                            3.5);
}

} // namespace meseta::console
