#include "gui/inspect/log_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include "gui/inspect/ansi.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int margin = Theme::Large;
constexpr int fewestLines = 6;
constexpr int fetchAhead = 200; // lines from the edge of the window
constexpr qint64 barSteps = 1000000; // of the scroll bar for large files

QColor terminalColor(int color)
{
    static const QRgb onLight[] = {0xff24292f, 0xffb3261e, 0xff116329, 0xff7a5500,
                                   0xff0b57c2, 0xff8250df, 0xff0e7280, 0xff57606a,
                                   0xff57606a, 0xffcf222e, 0xff1a7f37, 0xff8f6400,
                                   0xff1f6feb, 0xff9a6bff, 0xff17808f, 0xff24292f};
    static const QRgb onDark[] = {0xff9aa4b2, 0xffff8175, 0xff6fd08c, 0xffe3b341,
                                  0xff79b0ff, 0xffd2a8ff, 0xff6fc9d6, 0xffe5e9ef,
                                  0xff9aa4b2, 0xffffa198, 0xff8ddb8c, 0xfff2cc60,
                                  0xffa5d0ff, 0xffe2c5ff, 0xff96dbe5, 0xffffffff};
    const auto index = static_cast<std::size_t>(color) % 16;
    return QColor(Theme::isDark() ? onDark[index] : onLight[index]);
}

} // namespace

LogView::LogView(LogSource &source, QWidget *parent) : QAbstractScrollArea(parent), m_source(source)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setCursor(Qt::IBeamCursor);
    connect(&source, &LogSource::changed, this, &LogView::sourceChanged);
    connect(&source, &LogSource::restarted, this, &LogView::sourceRestarted);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogView::dragged);
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        m_left = value;
        viewport()->update();
    });
}

void LogView::setPlaceholder(const QString &sentence)
{
    m_placeholder = sentence;
    viewport()->update();
}

QSize LogView::minimumSizeHint() const
{
    return {QAbstractScrollArea::minimumSizeHint().width(), // several stand side by side
            QFontMetrics(Theme::fixedFont()).height() * fewestLines + 2};
}

void LogView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

int LogView::linesShown() const
{
    return std::max(1, viewport()->height() / QFontMetrics(Theme::fixedFont()).height());
}

int LogView::lastTop() const
{
    return std::max(0, m_source.document().lineCount() - linesShown());
}

void LogView::setFollowed(bool followed)
{
    if (followed == m_followed)
        return;
    m_followed = followed;
    m_source.setFollowed(followed);
    if (followed)
        scrollTo(lastTop());
    Q_EMIT followedChanged(followed);
}

void LogView::sourceRestarted()
{
    const LogDocument &document = m_source.document();
    if (m_wanted >= 0)
        m_topOffset = document.offsetOf(document.lineAt(m_wanted));
    else
        m_topOffset = document.offsetOf(m_followed ? lastTop() : 0);
    if (document.isEmpty())
        m_match = m_selectFrom = m_selectTo = -1;
    else
        m_wanted = -1;
    showBar();
    viewport()->update();
}

void LogView::sourceChanged()
{
    const LogDocument &document = m_source.document();
    m_topOffset = m_followed
        ? document.offsetOf(lastTop())
        : std::clamp(m_topOffset, document.start(), std::max(document.start(), document.end()));
    showBar();
    viewport()->update();
}

void LogView::showBar()
{
    const LogDocument &document = m_source.document();
    const qint64 size = std::max<qint64>(1, m_source.fileSize());
    const qint64 scale = std::max<qint64>(1, size / barSteps);
    const int last = document.isEmpty() ? 0 : lastTop();
    const qint64 page = document.isEmpty() ? 1 : document.end() - document.offsetOf(last);
    m_settingBar = true;
    verticalScrollBar()->setPageStep(static_cast<int>(std::max<qint64>(1, page / scale)));
    verticalScrollBar()->setRange(0, static_cast<int>(std::max<qint64>(0, size - page) / scale));
    verticalScrollBar()->setValue(static_cast<int>(m_topOffset / scale));
    const int columns =
        std::max(1,
                 (viewport()->width() - 2 * margin)
                     / QFontMetrics(Theme::fixedFont()).horizontalAdvance(QLatin1Char('0')));
    qsizetype longest = 0;
    const int first = document.isEmpty() ? 0 : document.lineAt(m_topOffset);
    for (int line = first; line < std::min(document.lineCount(), first + linesShown()); ++line)
        longest = std::max(longest, document.line(line).size());
    horizontalScrollBar()->setRange(0, std::max(m_left, static_cast<int>(longest) - columns));
    horizontalScrollBar()->setPageStep(columns);
    m_settingBar = false;
}

void LogView::dragged(int value)
{
    if (m_settingBar)
        return;
    const LogDocument &document = m_source.document();
    const qint64 scale = std::max<qint64>(1, m_source.fileSize() / barSteps);
    const qint64 offset = static_cast<qint64>(value) * scale;
    const bool atEnd = value >= verticalScrollBar()->maximum();
    if (atEnd)
        return setFollowed(true);
    if (m_followed)
        setFollowed(false);
    if (offset >= document.start() && offset <= document.offsetOf(lastTop()))
        return scrollTo(document.lineAt(offset));
    m_wanted = offset;
    m_source.jumpTo(offset);
}

void LogView::scrollTo(int line)
{
    const LogDocument &document = m_source.document();
    if (document.isEmpty())
        return;
    line = std::clamp(line, 0, lastTop());
    m_topOffset = document.offsetOf(line);
    if (line < fetchAhead)
        m_source.fetchBefore();
    if (line > lastTop() - fetchAhead)
        m_source.fetchAfter();
    showBar();
    viewport()->update();
}

void LogView::scrollBy(int lines)
{
    const LogDocument &document = m_source.document();
    const int to = document.lineAt(m_topOffset) + lines;
    if (lines < 0 && m_followed)
        setFollowed(false);
    scrollTo(to);
    if (lines > 0 && to >= lastTop() && m_source.isAtEnd())
        setFollowed(true);
}

qint64 LogView::topOffset() const
{
    return m_topOffset;
}

void LogView::showMatch(qint64 offset, qsizetype length)
{
    m_match = offset;
    m_matchLength = length;
    if (m_followed)
        setFollowed(false);
    const LogDocument &document = m_source.document();
    if (offset >= document.start() && offset < document.end())
        return scrollTo(document.lineAt(offset) - linesShown() / 3);
    m_wanted = offset;
    m_source.jumpTo(offset);
}

QString LogView::shownText() const
{
    return QString::fromUtf8(m_source.document().bytes());
}

QString LogView::selectedText() const
{
    const LogDocument &document = m_source.document();
    if (m_selectFrom < 0 || document.isEmpty())
        return {};
    const auto [first, last] = std::minmax(m_selectFrom, m_selectTo);
    QStringList lines;
    for (int line = document.lineAt(first); line <= document.lineAt(last); ++line)
        lines << readAnsi(document.line(line)).text;
    return lines.join(QLatin1Char('\n'));
}

void LogView::paintLine(QPainter *painter, int line, int top) const
{
    const LogDocument &document = m_source.document();
    const QFontMetrics metrics = painter->fontMetrics();
    const int height = metrics.height(), advance = metrics.horizontalAdvance(QLatin1Char('0'));
    const qint64 offset = document.offsetOf(line);
    const auto [first, last] = std::minmax(m_selectFrom, m_selectTo);
    const bool selected = m_selectFrom >= 0 && offset >= first && offset <= last;
    if (selected)
        painter->fillRect(QRect(0, top, viewport()->width(), height),
                          palette().brush(QPalette::Highlight));
    const AnsiLine shown = readAnsi(document.line(line));
    const int left = margin - m_left * advance;
    const QColor plain = palette().color(selected ? QPalette::HighlightedText : QPalette::Text);
    const bool matched = m_match >= offset && m_match < document.offsetOf(line + 1);
    if (matched) {
        const QString before =
            readAnsi(document.bytes().mid(offset - document.start(), m_match - offset)).text;
        const QString hit =
            QString::fromUtf8(document.bytes().mid(m_match - document.start(), m_matchLength));
        painter->fillRect(QRect(left + metrics.horizontalAdvance(before), top,
                                metrics.horizontalAdvance(hit), height),
                          Theme::notice(Tone::Busy));
        painter->fillRect(QRect(0, top, 3, height), Theme::tone(Tone::Busy));
    }
    qsizetype at = 0;
    int x = left;
    const auto draw = [&](qsizetype end, const QColor &color, bool bold) {
        if (end <= at)
            return;
        const QString text = shown.text.mid(at, end - at);
        QFont font = painter->font();
        font.setBold(bold);
        painter->setFont(font);
        painter->setPen(color);
        painter->drawText(x, top + metrics.ascent(), text);
        x += metrics.horizontalAdvance(text);
        at = end;
    };
    for (const AnsiSpan &span : shown.spans) {
        draw(span.start, plain, false);
        draw(span.start + span.length,
             span.color >= 0 && !selected ? terminalColor(span.color) : plain, span.bold);
    }
    draw(shown.text.size(), plain, false);
    QFont font = painter->font();
    font.setBold(false);
    painter->setFont(font);
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().brush(QPalette::Base));
    const LogDocument &document = m_source.document();
    if (document.isEmpty()) {
        painter.setPen(Theme::muted());
        painter.drawText(viewport()->rect().adjusted(40, 0, -40, 0),
                         static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_placeholder);
        return;
    }
    painter.setFont(Theme::fixedFont());
    const int height = painter.fontMetrics().height();
    int top = 2;
    for (int line = document.lineAt(m_topOffset);
         line < document.lineCount() && top < viewport()->height(); ++line, top += height)
        paintLine(&painter, line, top);
}

void LogView::resizeEvent(QResizeEvent *)
{
    if (m_followed && !m_source.document().isEmpty())
        m_topOffset = m_source.document().offsetOf(lastTop());
    showBar();
}

void LogView::wheelEvent(QWheelEvent *event)
{
    m_wheel += event->angleDelta().y();
    const int lines = m_wheel / 40;
    m_wheel -= lines * 40;
    scrollBy(-lines);
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(selectedText());
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        return scrollBy(-1);
    case Qt::Key_Down:
        return scrollBy(1);
    case Qt::Key_PageUp:
        return scrollBy(1 - linesShown());
    case Qt::Key_PageDown:
        return scrollBy(linesShown() - 1);
    case Qt::Key_Home:
        setFollowed(false);
        m_wanted = 0;
        return m_source.document().start() == 0 ? scrollTo(0) : m_source.jumpTo(0);
    case Qt::Key_End:
        return setFollowed(true);
    case Qt::Key_Left:
        return horizontalScrollBar()->setValue(m_left - 8);
    case Qt::Key_Right:
        return horizontalScrollBar()->setValue(m_left + 8);
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

int LogView::lineAt(const QPoint &point) const
{
    const LogDocument &document = m_source.document();
    const int line =
        document.lineAt(m_topOffset) + (point.y() - 2) / QFontMetrics(Theme::fixedFont()).height();
    return std::clamp(line, 0, std::max(0, document.lineCount() - 1));
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_source.document().isEmpty())
        return;
    m_selectFrom = m_selectTo = m_source.document().offsetOf(lineAt(event->pos()));
    viewport()->update();
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & Qt::LeftButton) || m_selectFrom < 0)
        return;
    m_selectTo = m_source.document().offsetOf(lineAt(event->pos()));
    if (event->pos().y() < 0)
        scrollBy(-1);
    else if (event->pos().y() > viewport()->height())
        scrollBy(1);
    viewport()->update();
}

} // namespace meseta::console
