#include "gui/terminal/terminal_screen.h"

#include <algorithm>

extern "C" {
#include <vterm.h>
}

namespace meseta::console {

namespace {

constexpr qsizetype longestTitle = 200;

int colorOf(const VTermColor &color)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return -1;
    if (VTERM_COLOR_IS_INDEXED(&color))
        return color.indexed.idx;
    return 0x1000000 + (color.rgb.red << 16) + (color.rgb.green << 8) + color.rgb.blue;
}

TerminalCell cellOf(const VTermScreenCell &cell)
{
    TerminalCell out;
    for (std::size_t i = 0; i < out.chars.size() && cell.chars[i] != 0; ++i)
        out.chars[i] = cell.chars[i] == 0xffffffffU ? U'\0' : static_cast<char32_t>(cell.chars[i]);
    out.width = static_cast<std::uint8_t>(std::clamp<int>(cell.width, 1, 2));
    out.foreground = colorOf(cell.fg);
    out.background = colorOf(cell.bg);
    out.bold = cell.attrs.bold;
    out.italic = cell.attrs.italic;
    out.underline = cell.attrs.underline != 0;
    out.strike = cell.attrs.strike;
    out.reverse = cell.attrs.reverse;
    return out;
}

VTermScreenCell cellOf(const TerminalCell &cell)
{
    VTermScreenCell out{};
    for (std::size_t i = 0; i < cell.chars.size(); ++i)
        out.chars[i] = cell.chars[i];
    out.width = static_cast<char>(cell.width);
    out.attrs.bold = cell.bold;
    out.attrs.italic = cell.italic;
    out.attrs.underline = cell.underline;
    out.attrs.strike = cell.strike;
    out.attrs.reverse = cell.reverse;
    const auto color = [](int value, std::uint8_t own) {
        VTermColor made{};
        if (value < 0) {
            vterm_color_indexed(&made, own == VTERM_COLOR_DEFAULT_FG ? 7 : 0);
            made.type |= own;
        } else if (value < 256) {
            vterm_color_indexed(&made, static_cast<std::uint8_t>(value));
        } else {
            vterm_color_rgb(&made, static_cast<std::uint8_t>(value >> 16),
                            static_cast<std::uint8_t>(value >> 8),
                            static_cast<std::uint8_t>(value));
        }
        return made;
    };
    out.fg = color(cell.foreground, VTERM_COLOR_DEFAULT_FG);
    out.bg = color(cell.background, VTERM_COLOR_DEFAULT_BG);
    return out;
}

VTermModifier modifiersOf(Qt::KeyboardModifiers modifiers)
{
    int out = VTERM_MOD_NONE;
    if (modifiers & Qt::ShiftModifier)
        out |= VTERM_MOD_SHIFT;
    if (modifiers & Qt::AltModifier)
        out |= VTERM_MOD_ALT;
    if (modifiers & Qt::ControlModifier)
        out |= VTERM_MOD_CTRL;
    return static_cast<VTermModifier>(out);
}

int keyOf(int key)
{
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return VTERM_KEY_FUNCTION(1) + key - Qt::Key_F1;
    static const std::pair<int, VTermKey> keys[] = {{Qt::Key_Return, VTERM_KEY_ENTER},
                                                    {Qt::Key_Enter, VTERM_KEY_ENTER},
                                                    {Qt::Key_Tab, VTERM_KEY_TAB},
                                                    {Qt::Key_Backtab, VTERM_KEY_TAB},
                                                    {Qt::Key_Backspace, VTERM_KEY_BACKSPACE},
                                                    {Qt::Key_Escape, VTERM_KEY_ESCAPE},
                                                    {Qt::Key_Up, VTERM_KEY_UP},
                                                    {Qt::Key_Down, VTERM_KEY_DOWN},
                                                    {Qt::Key_Left, VTERM_KEY_LEFT},
                                                    {Qt::Key_Right, VTERM_KEY_RIGHT},
                                                    {Qt::Key_Insert, VTERM_KEY_INS},
                                                    {Qt::Key_Delete, VTERM_KEY_DEL},
                                                    {Qt::Key_Home, VTERM_KEY_HOME},
                                                    {Qt::Key_End, VTERM_KEY_END},
                                                    {Qt::Key_PageUp, VTERM_KEY_PAGEUP},
                                                    {Qt::Key_PageDown, VTERM_KEY_PAGEDOWN}};
    for (const auto &[qt, vterm] : keys) {
        if (qt == key)
            return vterm;
    }
    return VTERM_KEY_NONE;
}

} // namespace

QString TerminalCell::text() const
{
    QString out;
    for (const char32_t c : chars) {
        if (c != 0)
            out += QString::fromUcs4(&c, 1);
    }
    return out;
}

bool TerminalCell::looksLike(const TerminalCell &other) const
{
    return foreground == other.foreground && background == other.background && bold == other.bold
        && italic == other.italic && underline == other.underline && strike == other.strike
        && reverse == other.reverse;
}

struct TerminalScreen::Terminal
{
    Terminal(TerminalScreen &screen, int rows, int columns)
        : owner(screen), terminal(vterm_new(rows, columns)), cells(vterm_obtain_screen(terminal))
    {
        vterm_set_utf8(terminal, 1);
        vterm_output_set_callback(
            terminal,
            [](const char *bytes, std::size_t size, void *self) {
                Q_EMIT static_cast<Terminal *>(self)->owner.toProgram(
                    QByteArray(bytes, static_cast<qsizetype>(size)));
            },
            this);
        vterm_screen_set_callbacks(cells, &callbacks, this);
        vterm_screen_enable_altscreen(cells, 1);
        vterm_screen_set_damage_merge(cells, VTERM_DAMAGE_SCREEN);
        vterm_screen_reset(cells, 1);
    }
    ~Terminal() { vterm_free(terminal); }
    Terminal(const Terminal &) = delete;
    Terminal &operator=(const Terminal &) = delete;

    static int moveCursor(VTermPos at, VTermPos, int, void *self)
    {
        static_cast<Terminal *>(self)->owner.m_cursor = QPoint(at.col, at.row);
        return 1;
    }
    static int setProperty(VTermProp property, VTermValue *value, void *self)
    {
        TerminalScreen &owner = static_cast<Terminal *>(self)->owner;
        if (property == VTERM_PROP_CURSORVISIBLE)
            owner.m_cursorShown = value->boolean;
        else if (property == VTERM_PROP_TITLE)
            owner.m_title = QString::fromUtf8(value->string).left(longestTitle);
        else if (property == VTERM_PROP_ALTSCREEN)
            owner.m_alternate = value->boolean;
        else if (property == VTERM_PROP_MOUSE)
            owner.m_mouse = value->number == VTERM_PROP_MOUSE_NONE ? Mouse::None
                : value->number == VTERM_PROP_MOUSE_CLICK          ? Mouse::Click
                : value->number == VTERM_PROP_MOUSE_DRAG           ? Mouse::Drag
                                                                   : Mouse::Move;
        return 1;
    }
    static int ring(void *self)
    {
        Q_EMIT static_cast<Terminal *>(self)->owner.bell();
        return 1;
    }
    static int pushLine(int columns, const VTermScreenCell *line, void *self)
    {
        TerminalScreen &owner = static_cast<Terminal *>(self)->owner;
        std::vector<TerminalCell> kept;
        for (int i = 0; i < columns; ++i)
            kept.push_back(cellOf(line[i]));
        while (!kept.empty() && kept.back() == TerminalCell{}) // most of a line is blank
            kept.pop_back();
        kept.shrink_to_fit();
        owner.m_history.push_back(std::move(kept));
        if (owner.m_history.size() > mostLines)
            owner.m_history.pop_front();
        return 1;
    }
    static int popLine(int columns, VTermScreenCell *line, void *self)
    {
        TerminalScreen &owner = static_cast<Terminal *>(self)->owner;
        if (owner.m_history.empty())
            return 0;
        const auto kept = std::move(owner.m_history.back());
        owner.m_history.pop_back();
        for (int i = 0; i < columns; ++i) {
            const auto at = static_cast<std::size_t>(i);
            line[i] = cellOf(at < kept.size() ? kept[at] : TerminalCell{});
        }
        return 1;
    }

    static const VTermScreenCallbacks callbacks;
    TerminalScreen &owner;
    VTerm *terminal;
    VTermScreen *cells;
};

const VTermScreenCallbacks TerminalScreen::Terminal::callbacks = {
    nullptr,         nullptr, &Terminal::moveCursor, &Terminal::setProperty,
    &Terminal::ring, nullptr, &Terminal::pushLine,   &Terminal::popLine};

TerminalScreen::TerminalScreen(int rows, int columns, QObject *parent)
    : QObject(parent)
    , m_rows(std::clamp(rows, 1, mostRows))
    , m_columns(std::clamp(columns, 1, mostColumns))
{
    d = std::make_unique<Terminal>(*this, m_rows, m_columns);
}

TerminalScreen::~TerminalScreen() = default;

void TerminalScreen::write(const QByteArray &bytes)
{
    vterm_input_write(d->terminal, bytes.constData(), static_cast<std::size_t>(bytes.size()));
    vterm_screen_flush_damage(d->cells);
    Q_EMIT changed();
}

void TerminalScreen::resize(int rows, int columns)
{
    rows = std::clamp(rows, 1, mostRows);
    columns = std::clamp(columns, 1, mostColumns);
    if (rows == m_rows && columns == m_columns)
        return;
    m_rows = rows;
    m_columns = columns;
    vterm_set_size(d->terminal, rows, columns);
    vterm_screen_flush_damage(d->cells);
    Q_EMIT changed();
}

int TerminalScreen::lineCount() const
{
    return static_cast<int>(m_history.size()) + m_rows;
}

QPoint TerminalScreen::cursor() const
{
    return m_cursor + QPoint(0, static_cast<int>(m_history.size()));
}

std::vector<TerminalCell> TerminalScreen::line(int number) const
{
    const int above = static_cast<int>(m_history.size());
    if (number < 0 || number >= above + m_rows)
        return {};
    return number < above ? m_history[static_cast<std::size_t>(number)]
                          : screenLine(number - above);
}

std::vector<TerminalCell> TerminalScreen::screenLine(int row) const
{
    std::vector<TerminalCell> cells;
    for (int column = 0; column < m_columns; ++column) {
        VTermScreenCell cell{};
        vterm_screen_get_cell(d->cells, VTermPos{row, column}, &cell);
        cells.push_back(cellOf(cell));
    }
    return cells;
}

QString TerminalScreen::text(QPoint from, QPoint to) const
{
    if (std::pair(from.y(), from.x()) > std::pair(to.y(), to.x()))
        std::swap(from, to);
    QStringList lines;
    for (int number = std::max(0, from.y()); number <= std::min(to.y(), lineCount() - 1);
         ++number) {
        const auto cells = line(number);
        const int begin = number == from.y() ? std::max(0, from.x()) : 0;
        const int last = number == to.y() ? to.x() : m_columns - 1;
        QString text;
        for (int i = begin; i <= last && i < static_cast<int>(cells.size()); ++i) {
            const TerminalCell &cell = cells[static_cast<std::size_t>(i)];
            const QString letters = cell.text();
            text += letters.isEmpty() ? QStringLiteral(" ") : letters;
            i += cell.width - 1;
        }
        while (text.endsWith(QLatin1Char(' ')))
            text.chop(1);
        lines << text;
    }
    return lines.join(QLatin1Char('\n'));
}

void TerminalScreen::typeText(const QString &text)
{
    for (const char32_t c : text.toUcs4())
        vterm_keyboard_unichar(d->terminal, c, VTERM_MOD_NONE);
}

void TerminalScreen::typeChar(char32_t c, Qt::KeyboardModifiers modifiers)
{
    vterm_keyboard_unichar(d->terminal, c, modifiersOf(modifiers & ~Qt::ShiftModifier));
}

bool TerminalScreen::pressKey(int key, Qt::KeyboardModifiers modifiers)
{
    const int known = keyOf(key);
    if (known == VTERM_KEY_NONE)
        return false;
    if (key == Qt::Key_Backtab)
        modifiers |= Qt::ShiftModifier;
    vterm_keyboard_key(d->terminal, static_cast<VTermKey>(known), modifiersOf(modifiers));
    return true;
}

void TerminalScreen::moveMouse(QPoint place, Qt::KeyboardModifiers modifiers)
{
    vterm_mouse_move(d->terminal, std::clamp(place.y(), 0, m_rows - 1),
                     std::clamp(place.x(), 0, m_columns - 1), modifiersOf(modifiers));
}

void TerminalScreen::pressMouse(int button, bool pressed, Qt::KeyboardModifiers modifiers)
{
    vterm_mouse_button(d->terminal, button, pressed, modifiersOf(modifiers));
}

/// What is pasted is text and no keys: programs that ask for it are told where it begins and ends,
/// and it cannot end that by itself.
void TerminalScreen::paste(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    bytes.replace("\r\n", "\r").replace('\n', '\r').replace('\x1b', "");
    vterm_keyboard_start_paste(d->terminal);
    Q_EMIT toProgram(bytes);
    vterm_keyboard_end_paste(d->terminal);
}

} // namespace meseta::console
