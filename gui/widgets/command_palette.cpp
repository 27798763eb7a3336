#include "gui/widgets/command_palette.h"

#include <QEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "gui/widgets/icons.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

class EntryDelegate : public QStyledItemDelegate
{
public:
    EntryDelegate(const QList<PaletteEntry> &entries, QObject *parent)
        : QStyledItemDelegate(parent), m_entries(entries)
    { }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {100, Theme::rowHeight() + 6};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const PaletteEntry &entry = m_entries.at(index.row());
        const bool selected = option.state & QStyle::State_Selected;
        if (selected)
            painter->fillRect(option.rect, option.palette.brush(QPalette::Highlight));
        QRect inner = option.rect.adjusted(14, 0, -14, 0);
        const QRect sign(inner.left(), inner.center().y() - 7, 16, 16);
        if (entry.kind == PaletteEntry::Kind::Command)
            icon(entry.icon.isEmpty() ? QStringLiteral("action") : entry.icon)
                .paint(painter, sign, Qt::AlignCenter, selected ? QIcon::Selected : QIcon::Normal);
        else
            paintSign(painter, QRectF(sign).adjusted(3, 0, -3, 0), entry.look);
        inner.adjust(28, 0, 0, 0);
        const QColor text = !entry.enabled
            ? Theme::muted()
            : option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
        painter->setFont(Theme::smallFont());
        const int detailWidth =
            std::min(inner.width() / 2, painter->fontMetrics().horizontalAdvance(entry.detail));
        painter->setPen(selected ? text : Theme::muted());
        painter->drawText(
            inner, Qt::AlignRight | Qt::AlignVCenter,
            painter->fontMetrics().elidedText(entry.detail, Qt::ElideRight, inner.width() / 2));
        painter->setFont(option.font);
        painter->setPen(text);
        inner.adjust(0, 0, -detailWidth - 12, 0);
        painter->drawText(
            inner, Qt::AlignLeft | Qt::AlignVCenter,
            option.fontMetrics.elidedText(entry.title, Qt::ElideRight, inner.width()));
    }

private:
    const QList<PaletteEntry> &m_entries;
};

} // namespace

CommandPalette::CommandPalette(QWidget *window, Search search)
    : QWidget(window), m_search(std::move(search)), m_line(new QLineEdit), m_list(new QListWidget)
{
    setObjectName(QStringLiteral("palette"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 10);
    column->setSpacing(Theme::Small);
    column->addWidget(m_line);
    column->addWidget(m_list);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new EntryDelegate(m_entries, this));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_line->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    translate();
    hide();
}

void CommandPalette::translate()
{
    m_line->setPlaceholderText(tr("@agent   #task   %framework   >action   ?why"));
    m_line->setAccessibleName(tr("Command palette"));
    m_list->setAccessibleName(tr("What was found"));
}

void CommandPalette::open(const QString &line)
{
    if (!isVisible())
        m_focusBefore = window()->focusWidget();
    m_line->setText(line);
    search();
    place();
    show();
    raise();
    m_line->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::place()
{
    const QSize room = parentWidget()->size();
    const int width = std::min(640, room.width() - 40);
    setGeometry((room.width() - width) / 2, 48, width, std::min(460, room.height() - 96));
}

void CommandPalette::search()
{
    m_entries = m_search(m_line->text());
    m_list->clear();
    for (const PaletteEntry &entry : m_entries)
        m_list->addItem(entry.title);
    m_list->setCurrentRow(0);
}

void CommandPalette::choose()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_entries.size() || !m_entries.at(row).enabled)
        return;
    const PaletteEntry entry = m_entries.at(row);
    leave();
    Q_EMIT chosen(entry);
}

void CommandPalette::leave()
{
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus();
    m_focusBefore = nullptr;
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_line) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::FocusOut && isVisible()) {
        hide();
        m_focusBefore = nullptr;
    }
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int last = m_list->count() - 1, row = m_list->currentRow();
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Escape:
        leave();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        return true;
    case Qt::Key_Down:
        m_list->setCurrentRow(row < last ? row + 1 : 0);
        return true;
    case Qt::Key_Up:
        m_list->setCurrentRow(row > 0 ? row - 1 : last);
        return true;
    case Qt::Key_PageDown:
        m_list->setCurrentRow(std::min(last, row + 10));
        return true;
    case Qt::Key_PageUp:
        m_list->setCurrentRow(std::max(0, row - 10));
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), parentWidget()->palette().window());
    painter.setPen(QPen(Theme::tone(Tone::Muted), 1));
    painter.setBrush(Theme::surface());
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9);
}

void CommandPalette::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
