#include "gui/widgets/wrap_label.h"

#include <cmath>

#include <QClipboard>
#include <QContextMenuEvent>
#include <QEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QTextLayout>

#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

WrapLabel::WrapLabel(const QString &text, QWidget *parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setText(text);
}

void WrapLabel::setText(const QString &text)
{
    m_text = text;
    setAccessibleName(text);
    measureAnew();
    update();
}

void WrapLabel::measureAnew()
{
    m_heights.clear();
    m_wide = -1;
    updateGeometry();
}

bool WrapLabel::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::FontChange:
    case QEvent::StyleChange:
    case QEvent::ContentsRectChange:
        measureAnew();
        break;
    default:
        break;
    }
    return QWidget::event(event);
}

void WrapLabel::setMuted(bool muted)
{
    m_muted = muted;
    update();
}

void WrapLabel::setSingleLine(bool single)
{
    m_single = single;
    setSizePolicy(single ? QSizePolicy::Minimum : QSizePolicy::Ignored, QSizePolicy::Preferred);
    measureAnew();
}

double WrapLabel::layOut(double width, QPainter *painter) const
{
    const QMargins margins = contentsMargins();
    double top = margins.top();
    for (QString paragraph : m_text.split(QLatin1Char('\n'))) {
        paragraph.replace(QLatin1String(" :"), QStringLiteral(" :\u2060")); // a port stays whole
        QTextLayout layout(paragraph, font());
        QTextOption option;
        option.setWrapMode(m_single ? QTextOption::NoWrap
                                    : QTextOption::WrapAtWordBoundaryOrAnywhere);
        layout.setTextOption(option);
        layout.beginLayout();
        const double start = top;
        for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
            line.setLineWidth(std::max(20.0, width - margins.left() - margins.right()));
            line.setPosition(QPointF(margins.left(), top - start));
            top += line.height();
        }
        layout.endLayout();
        if (painter)
            layout.draw(painter, QPointF(0, start));
    }
    return top + margins.bottom();
}

int WrapLabel::heightForWidth(int width) const
{
    auto known = m_heights.constFind(width);
    if (known == m_heights.cend())
        known = m_heights.insert(width, static_cast<int>(std::ceil(layOut(width, nullptr))));
    return *known;
}

QSize WrapLabel::sizeHint() const
{
    if (m_wide < 0)
        m_wide = fontMetrics().horizontalAdvance(m_text) + 2;
    const int wide = m_wide;
    return {m_single ? wide : std::min(200, wide),
            m_single ? heightForWidth(wide) : heightForWidth(200)};
}

QSize WrapLabel::minimumSizeHint() const
{
    return m_single ? sizeHint() : QSize(40, fontMetrics().height());
}

void WrapLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(m_muted ? Theme::muted() : palette().color(QPalette::WindowText));
    layOut(width(), &painter);
}

void WrapLabel::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(QStringLiteral("copy")), tr("Copy"), this,
                    [this] { QGuiApplication::clipboard()->setText(m_text); });
    menu->popup(event->globalPos());
}

} // namespace meseta::console
