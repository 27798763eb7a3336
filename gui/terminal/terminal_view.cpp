#include "gui/terminal/terminal_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include "gui/terminal/terminal_colors.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int margin = 6;
constexpr int repaintMs = 16; // a program that writes without an end costs one painting a frame

/// As wide as any other in a font of fixed width: ASCII, or blank.
bool isPlain(const TerminalCell &cell)
{
    return cell.width == 1 && cell.chars[0] < 0x7f && cell.chars[1] == 0;
}

} // namespace

TerminalView::TerminalView(TerminalScreen &screen, QWidget *parent)
    : QAbstractScrollArea(parent), m_screen(screen)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_InputMethodEnabled);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setCursor(Qt::IBeamCursor);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(repaintMs);
    connect(&m_repaint, &QTimer::timeout, this, &TerminalView::refresh);
    connect(&screen, &TerminalScreen::changed, this, [this] {
        if (!m_repaint.isActive())
            m_repaint.start();
    });
    fit();
}

void TerminalView::fit()
{
    const QFontMetrics metrics(Theme::fixedFont());
    m_cell = QSize(std::max(1, metrics.horizontalAdvance(QLatin1Char('M'))),
                   std::max(1, metrics.height()));
    m_ascent = metrics.ascent();
    // Letters of parts of a pixel's width would leave their columns, the further the later.
    m_spacing =
        m_cell.width() - QFontMetricsF(Theme::fixedFont()).horizontalAdvance(QLatin1Char('M'));
    const QSize room = viewport()->size() - QSize(2 * margin, 2 * margin);
    const int rows = std::max(1, room.height() / m_cell.height());
    const int columns = std::max(2, room.width() / m_cell.width());
    m_screen.resize(rows, columns);
    Q_EMIT sizeChanged(m_screen.rows(), m_screen.columns());
    refresh();
}

/// Who looks at the newest lines goes on looking at them; who has scrolled up stays.
void TerminalView::refresh()
{
    QScrollBar *bar = verticalScrollBar();
    const bool atEnd = bar->value() == bar->maximum();
    const auto mouse = m_screen.mouse();
    viewport()->setMouseTracking(mouse == TerminalScreen::Mouse::Move);
    viewport()->setCursor(mouse == TerminalScreen::Mouse::None ? Qt::IBeamCursor : Qt::ArrowCursor);
    bar->setPageStep(m_screen.rows());
    bar->setRange(0, m_screen.lineCount() - m_screen.rows());
    if (atEnd)
        bar->setValue(bar->maximum());
    viewport()->update();
    if (m_screen.cursor() != std::exchange(m_seenCursor, m_screen.cursor()))
        updateMicroFocus(); // what an input method shows stays beside it
    if (m_screen.lineCount() != std::exchange(m_seenLines, m_screen.lineCount())) {
        QAccessibleEvent told(this, QAccessible::VisibleDataChanged);
        QAccessible::updateAccessibility(&told);
    }
}

void TerminalView::setLive(bool live)
{
    m_live = live;
    if (!live)
        m_composing.clear();
    updateMicroFocus();
    viewport()->update();
}

QPoint TerminalView::placeAt(const QPoint &point) const
{
    const int column = std::clamp((point.x() - margin) / m_cell.width(), 0, m_screen.columns() - 1);
    const int row = std::clamp((point.y() - margin) / m_cell.height(), 0, m_screen.rows() - 1);
    return {column, row + verticalScrollBar()->value()};
}

QRect TerminalView::cellRect(const QPoint &place) const
{
    return {QPoint(margin + place.x() * m_cell.width(),
                   margin + (place.y() - verticalScrollBar()->value()) * m_cell.height()),
            m_cell};
}

bool TerminalView::isSelected(const QPoint &place) const
{
    if (m_from.y() < 0 || m_from == m_to)
        return false;
    const auto order = [](const QPoint &p) { return std::pair(p.y(), p.x()); };
    return order(place) >= std::min(order(m_from), order(m_to))
        && order(place) <= std::max(order(m_from), order(m_to));
}

QString TerminalView::selectedText() const
{
    return m_from.y() < 0 || m_from == m_to ? QString() : m_screen.text(m_from, m_to);
}

void TerminalView::selectAll()
{
    m_from = {0, 0};
    m_to = {m_screen.columns() - 1, m_screen.lineCount() - 1};
    viewport()->update();
}

void TerminalView::copy() const
{
    if (const QString text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    if (m_live)
        m_screen.paste(QGuiApplication::clipboard()->text());
}

void TerminalView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    const int first = verticalScrollBar()->value();
    for (int row = 0; row < m_screen.rows(); ++row)
        paintLine(painter, first + row, margin + row * m_cell.height());
    paintCursor(painter, first);
}

/// Stretches of one look are painted at once. Letters that the font may not have, or not at its
/// width, are painted each by themselves, so that what follows stays in its column.
void TerminalView::paintLine(QPainter &painter, int line, int y) const
{
    const auto cells = m_screen.line(line);
    const int count = static_cast<int>(cells.size());
    const auto cellAt = [&cells](int i) -> const TerminalCell & {
        return cells[static_cast<std::size_t>(i)];
    };
    QFont font = Theme::fixedFont();
    if (m_spacing != 0)
        font.setLetterSpacing(QFont::AbsoluteSpacing, m_spacing);
    for (int i = 0; i < count;) {
        const TerminalCell &look = cellAt(i);
        const bool selected = isSelected({i, line});
        const int begin = i;
        QString text;
        do {
            const QString letters = cellAt(i).text();
            text += letters.isEmpty() ? QStringLiteral(" ") : letters;
            i += cellAt(i).width;
        } while (i < count && isPlain(look) && isPlain(cellAt(i)) && cellAt(i).looksLike(look)
                 && isSelected({i, line}) == selected);
        QColor front = terminalColor(look.foreground, palette().color(QPalette::Text));
        QColor back = terminalColor(look.background, palette().color(QPalette::Base));
        if (look.reverse)
            std::swap(front, back);
        if (selected) {
            front = palette().color(QPalette::HighlightedText);
            back = palette().color(QPalette::Highlight);
        }
        const QRect area(margin + begin * m_cell.width(), y, (i - begin) * m_cell.width(),
                         m_cell.height());
        if (back != palette().color(QPalette::Base))
            painter.fillRect(area, back);
        if (text.trimmed().isEmpty() && !look.underline)
            continue;
        font.setBold(look.bold);
        font.setItalic(look.italic);
        font.setUnderline(look.underline);
        font.setStrikeOut(look.strike);
        painter.setFont(font);
        painter.setPen(front);
        painter.setClipRect(area);
        painter.setClipping(!isPlain(look));
        painter.drawText(area.x(), y + m_ascent, text);
        painter.setClipping(false);
    }
}

void TerminalView::paintCursor(QPainter &painter, int first) const
{
    const QPoint at = m_screen.cursor();
    if (!m_live || !m_screen.isCursorShown() || at.y() < first || at.y() >= first + m_screen.rows())
        return;
    QRect area = cellRect(at);
    painter.setFont(Theme::fixedFont());
    if (!m_composing.isEmpty()) {
        area.setWidth(painter.fontMetrics().horizontalAdvance(m_composing));
        area.moveRight(std::min(area.right(), viewport()->width() - margin)); // all of it is seen
        painter.fillRect(area, palette().color(QPalette::AlternateBase));
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(area.x(), area.y() + m_ascent, m_composing);
        painter.drawLine(area.bottomLeft(), area.bottomRight());
        return;
    }
    const auto cells = m_screen.line(at.y());
    const bool isOnACell = at.x() < static_cast<int>(cells.size());
    if (isOnACell)
        area.setWidth(m_cell.width() * cells[static_cast<std::size_t>(at.x())].width);
    painter.setPen(palette().color(QPalette::Text));
    if (!hasFocus())
        return painter.drawRect(area.adjusted(0, 0, -1, -1));
    painter.fillRect(area, palette().color(QPalette::Text));
    if (isOnACell) {
        painter.setPen(palette().color(QPalette::Base));
        painter.drawText(area.x(), area.y() + m_ascent,
                         cells[static_cast<std::size_t>(at.x())].text());
    }
}

void TerminalView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    fit();
}

/// The window's shortcuts are keys of the program here.
bool TerminalView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && m_live) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

bool TerminalView::ownKey(const QKeyEvent &event)
{
    const auto shifted = Qt::ControlModifier | Qt::ShiftModifier;
    if ((event.modifiers() & shifted) == shifted) {
        switch (event.key()) {
        case Qt::Key_C:
            return copy(), true;
        case Qt::Key_V:
            return paste(), true;
        case Qt::Key_A:
            return selectAll(), true;
        case Qt::Key_F6:
            Q_EMIT leaveWanted();
            return true;
        default:
            break;
        }
    }
    if ((event.modifiers() & shifted) == Qt::ShiftModifier
        && (event.key() == Qt::Key_PageUp || event.key() == Qt::Key_PageDown)) {
        const int step = event.key() == Qt::Key_PageUp ? -m_screen.rows() : m_screen.rows();
        verticalScrollBar()->setValue(verticalScrollBar()->value() + step);
        return true;
    }
    return false;
}

void TerminalView::keyPressEvent(QKeyEvent *event)
{
    event->accept();
    if (ownKey(*event) || !m_live)
        return;
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    if (m_screen.pressKey(event->key(), event->modifiers()))
        return;
    const auto special = event->modifiers() & (Qt::ControlModifier | Qt::AltModifier);
    if (special && event->key() >= Qt::Key_Space && event->key() <= Qt::Key_AsciiTilde) {
        const QChar c(static_cast<char16_t>(event->key()));
        m_screen.typeChar(c.toLower().unicode(), event->modifiers());
    } else if (!event->text().isEmpty()) {
        m_screen.typeText(event->text());
    }
}

void TerminalView::inputMethodEvent(QInputMethodEvent *event)
{
    m_composing = m_live ? event->preeditString() : QString();
    if (m_live && !event->commitString().isEmpty())
        m_screen.typeText(event->commitString());
    event->accept();
    viewport()->update();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const
{
    if (query == Qt::ImEnabled)
        return m_live;
    if (query == Qt::ImCursorRectangle)
        return cellRect(m_screen.cursor());
    return QAbstractScrollArea::inputMethodQuery(query);
}

/// Not of lines above the screen: the program knows nothing of them.
bool TerminalView::programWantsMouse(Qt::KeyboardModifiers modifiers) const
{
    return m_live && m_screen.mouse() != TerminalScreen::Mouse::None
        && !(modifiers & Qt::ShiftModifier)
        && verticalScrollBar()->value() == verticalScrollBar()->maximum();
}

QPoint TerminalView::screenPlace(const QPointF &point) const
{
    const QPoint place = placeAt(point.toPoint());
    return {place.x(), place.y() - (m_screen.lineCount() - m_screen.rows())};
}

bool TerminalView::tellButton(const QMouseEvent &event, bool pressed)
{
    const int button = event.button() == Qt::LeftButton ? 1
        : event.button() == Qt::MiddleButton            ? 2
        : event.button() == Qt::RightButton             ? 3
                                                        : 0;
    if (button == 0 || (pressed ? !programWantsMouse(event.modifiers()) : m_told != button))
        return false;
    m_told = pressed ? button : 0;
    m_screen.moveMouse(screenPlace(event.position()), event.modifiers());
    m_screen.pressMouse(button, pressed, event.modifiers());
    return true;
}

/// A program that wants the wheel gets it; one with the other screen moves by it; else the lines
/// above are scrolled to.
void TerminalView::wheelEvent(QWheelEvent *event)
{
    constexpr int aLine = 40; // of the 120 of a step
    const bool wanted = programWantsMouse(event->modifiers());
    if (!wanted && !(m_screen.isAlternate() && m_live))
        return QAbstractScrollArea::wheelEvent(event);
    event->accept();
    m_wheel += event->angleDelta().y();
    const int unit = wanted ? 3 * aLine : aLine;
    const int steps = m_wheel / unit;
    m_wheel -= steps * unit;
    for (int i = 0; i < std::abs(steps); ++i) {
        if (wanted) {
            m_screen.moveMouse(screenPlace(event->position()), event->modifiers());
            m_screen.pressMouse(steps > 0 ? 4 : 5, true, event->modifiers());
        } else {
            m_screen.pressKey(steps > 0 ? Qt::Key_Up : Qt::Key_Down, {});
        }
    }
}

void TerminalView::mousePressEvent(QMouseEvent *event)
{
    if (tellButton(*event, true))
        return;
    if (event->button() == Qt::MiddleButton && QGuiApplication::clipboard()->supportsSelection()
        && m_live)
        m_screen.paste(QGuiApplication::clipboard()->text(QClipboard::Selection));
    if (event->button() != Qt::LeftButton)
        return;
    m_selecting = true;
    m_from = m_to = placeAt(event->pos());
    viewport()->update();
}

void TerminalView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_told != 0 || (!m_selecting && programWantsMouse(event->modifiers())))
        return m_screen.moveMouse(screenPlace(event->position()), event->modifiers());
    if (!m_selecting)
        return;
    QScrollBar *bar = verticalScrollBar();
    if (event->pos().y() < 0)
        bar->setValue(bar->value() - 1);
    else if (event->pos().y() > viewport()->height())
        bar->setValue(bar->value() + 1);
    m_to = placeAt(event->pos());
    viewport()->update();
}

void TerminalView::mouseReleaseEvent(QMouseEvent *event)
{
    if (tellButton(*event, false))
        return;
    m_selecting = false;
    if (QGuiApplication::clipboard()->supportsSelection() && !selectedText().isEmpty())
        QGuiApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
}

/// The word under the mouse: what stands between blanks.
void TerminalView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (tellButton(*event, true))
        return;
    const QPoint at = placeAt(event->pos());
    const auto cells = m_screen.line(at.y());
    const auto isLetter = [&cells](int i) {
        return i >= 0 && i < static_cast<int>(cells.size())
            && !cells[static_cast<std::size_t>(i)].text().trimmed().isEmpty();
    };
    if (!isLetter(at.x()))
        return;
    m_from = m_to = at;
    while (isLetter(m_from.x() - 1))
        m_from.rx()--;
    while (isLetter(m_to.x() + 1))
        m_to.rx()++;
    viewport()->update();
}

void TerminalView::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() == QContextMenuEvent::Mouse && programWantsMouse(event->modifiers()))
        return; // the right button is the program's
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copied =
        menu->addAction(tr("Copy") + QStringLiteral("\tCtrl+Shift+C"), this, &TerminalView::copy);
    copied->setEnabled(!selectedText().isEmpty());
    QAction *pasted =
        menu->addAction(tr("Paste") + QStringLiteral("\tCtrl+Shift+V"), this, &TerminalView::paste);
    pasted->setEnabled(m_live);
    menu->addAction(tr("Select all") + QStringLiteral("\tCtrl+Shift+A"), this,
                    &TerminalView::selectAll);
    menu->popup(event->globalPos());
}

void TerminalView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void TerminalView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange)
        fit();
}

} // namespace meseta::console
