#include "gui/widgets/cluster_switch.h"

#include <QPainter>

#include "gui/widgets/icons.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

ClusterSwitch::ClusterSwitch(QWidget *parent) : QAbstractButton(parent), m_menu(new QMenu(this))
{
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::clicked, this, [this] {
        m_menu->clear();
        if (m_fill)
            m_fill();
        m_menu->popup(mapToGlobal(QPoint(0, height() + 2)));
    });
}

void ClusterSwitch::setMenuFiller(std::function<void()> fill)
{
    m_fill = std::move(fill);
}

QColor ClusterSwitch::color(int index)
{
    static const QRgb colors[] = {0xff3f7ee8, 0xff1f9d6b, 0xffc9772b,
                                  0xff9a5fd0, 0xffc94f7c, 0xff2b9bb3};
    return QColor(colors[static_cast<std::size_t>(index) % std::size(colors)]);
}

QIcon ClusterSwitch::colorIcon(int index)
{
    QPixmap picture(32, 32);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(index));
    painter.drawRoundedRect(QRectF(6, 6, 20, 20), 6, 6);
    painter.end();
    return QIcon(picture);
}

void ClusterSwitch::setCluster(const QString &name, const QString &address, const QString &state,
                               const Look &look, int color)
{
    setText(name);
    m_address = address;
    m_state = state;
    m_look = look;
    m_color = color;
    setAccessibleName(name);
    setAccessibleDescription(state + QLatin1String(", ") + address);
    setToolTip(address.toHtmlEscaped());
    update();
}

QSize ClusterSwitch::sizeHint() const
{
    return {160,
            QFontMetrics(Theme::headingFont()).height() + QFontMetrics(Theme::smallFont()).height()
                + 22};
}

void ClusterSwitch::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -4.5);
    painter.setPen(hasFocus() ? QPen(Theme::used(), 1.5) : QPen(Theme::border()));
    painter.setBrush(underMouse() ? Theme::hover() : Theme::surface());
    painter.drawRoundedRect(frame, 7, 7);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(m_color));
    painter.drawRoundedRect(QRectF(frame.left() + 7, frame.top() + 8, 4, frame.height() - 16), 2,
                            2);
    const QRect inner = frame.toRect().adjusted(20, 7, -26, -7);
    const QFontMetrics heading(Theme::headingFont()), small(Theme::smallFont());
    painter.setFont(Theme::headingFont());
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop,
                     heading.elidedText(text(), Qt::ElideRight, inner.width()));
    const double top = inner.top() + heading.height();
    paintSign(&painter, QRectF(inner.left(), top, 9, small.height()), m_look);
    painter.setFont(Theme::smallFont());
    painter.setPen(Theme::muted());
    painter.drawText(QRectF(inner.left() + 15, top, inner.width() - 15, small.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     small.elidedText(m_state, Qt::ElideRight, inner.width() - 15));
    console::icon(QStringLiteral("choose"))
        .paint(&painter, QRect(inner.right() + 4, frame.toRect().center().y() - 7, 16, 16));
}

} // namespace meseta::console
