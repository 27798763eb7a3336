#include "gui/widgets/table_delegate.h"

#include <QPainter>

#include "gui/model/table_model.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/table_header.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int margin = TableHeader::margin;
constexpr int keptTexts = 8000;
constexpr qsizetype longestText = 300; // more of a cell is never seen

} // namespace

TableDelegate::TableDelegate(QObject *parent) : QStyledItemDelegate(parent), m_texts(keptTexts) { }

const QStaticText &TableDelegate::laidOut(const QString &text, const QFont &font) const
{
    if (QStaticText *kept = m_texts.object(text))
        return *kept;
    auto *made = new QStaticText(text);
    made->setTextFormat(Qt::PlainText);
    made->setPerformanceHint(QStaticText::AggressiveCaching);
    made->prepare({}, font);
    m_texts.insert(text, made);
    return *made;
}

void TableDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    const auto *model = static_cast<const TableModel *>(index.model());
    const TableSource &source = model->source();
    const int slot = model->slotOfRow(index.row()), column = index.column();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected)
        painter->fillRect(option.rect, option.palette.brush(QPalette::Highlight));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, Theme::hover());
    if (m_fit) {
        const int fit = m_fit(slot);
        painter->fillRect(option.rect,
                          Theme::notice(fit > 0        ? Tone::Good
                                            : fit == 0 ? Tone::Busy
                                                       : Tone::Bad));
    }
    if (index.column() == 0 && (option.state & QStyle::State_HasFocus))
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                          Theme::used());

    const Look look = source.look(slot, column);
    QRect inner = option.rect.adjusted(margin, 0, -margin, 0);
    if (look.used >= 0) {
        paintShare(painter, QRectF(inner.left(), option.rect.bottom() - 5, inner.width(), 3),
                   look.used, look.offered);
        inner.adjust(0, 0, 0, -4);
    }
    if (look.sign != Sign::None) {
        const int signSide = option.fontMetrics.height() * 9 / 17;
        paintSign(painter, QRectF(inner.left(), inner.top(), signSide, inner.height()), look);
        inner.adjust(signSide + 7, 0, 0, 0);
    }
    QString text = source.text(slot, column);
    if (text.isEmpty())
        return;
    if (text.size() > longestText)
        text.truncate(longestText);
    if (text.contains(QLatin1Char('\n')))
        text.replace(QLatin1Char('\n'), QLatin1Char(' '));
    const QColor color = selected ? option.palette.color(QPalette::HighlightedText)
        : m_stale                 ? Theme::muted()
                                  : option.palette.color(QPalette::Text);
    painter->setPen(color);
    painter->setFont(option.font);
    const QStaticText *shown = &laidOut(text, option.font);
    if (shown->size().width() > inner.width())
        shown = &laidOut(option.fontMetrics.elidedText(text, Qt::ElideRight, inner.width()),
                         option.font);
    const QSizeF size = shown->size();
    const bool right = isNumber(source.kind(column));
    const double x = right ? inner.right() + 1 - size.width() : inner.left();
    painter->drawStaticText(QPointF(std::max<double>(x, inner.left()),
                                    inner.top() + (inner.height() - size.height()) / 2),
                            *shown);
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {100, Theme::rowHeight()};
}

} // namespace meseta::console
