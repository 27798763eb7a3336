#pragma once

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include <QObject>
#include <QPoint>
#include <QString>

namespace meseta::console {

/// One place of a terminal. Colours: -1 the terminal's own, 0 to 255 of the usual table, else
/// 0x1000000 + RGB.
struct TerminalCell
{
    std::array<char32_t, 3> chars{}; ///< the letter and marks on it; none: blank
    int foreground = -1;
    int background = -1;
    std::uint8_t width = 1; ///< 2: as wide as two, the next place is its other half
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool strike = false;
    bool reverse = false;

    QString text() const; ///< "" when blank
    bool looksLike(const TerminalCell &other) const; ///< apart from the letter
    bool operator==(const TerminalCell &) const = default;
};

/// A terminal without a window: takes what a program writes, holds what is to be seen and the lines
/// that went out at the top, and tells which bytes a key makes. Lines count from the oldest kept;
/// at most `mostLines` of them are kept above the screen. Control sequences are those of libvterm
/// (xterm's, ECMA-48).
class TerminalScreen : public QObject
{
    Q_OBJECT
public:
    TerminalScreen(int rows, int columns, QObject *parent = nullptr);
    ~TerminalScreen() override;

    static constexpr int mostLines = 10000;
    static constexpr int mostColumns = 500;
    static constexpr int mostRows = 300;

    void write(const QByteArray &bytes);
    void resize(int rows, int columns);
    int rows() const { return m_rows; }
    int columns() const { return m_columns; }

    int lineCount() const; ///< kept and on the screen
    std::vector<TerminalCell> line(int number) const;
    QPoint cursor() const; ///< column, and line
    bool isCursorShown() const { return m_cursorShown; }
    QString title() const { return m_title; } ///< what the program calls its window
    bool isAlternate() const { return m_alternate; } ///< the other screen, of editors and pagers

    /// What of the mouse the program wants to be told: nothing, buttons, also moves with a button
    /// held, all moves.
    enum class Mouse { None, Click, Drag, Move };
    Mouse mouse() const { return m_mouse; }

    /// Text from one place to another (column, line), both within; lines end as they do on screen.
    QString text(QPoint from, QPoint to) const;

    // Keys: the bytes come by `toProgram`.
    void typeText(const QString &text);
    void typeChar(char32_t c, Qt::KeyboardModifiers modifiers);
    bool pressKey(int key, Qt::KeyboardModifiers modifiers); ///< false: not a key of terminals
    void paste(const QString &text);

    // The mouse, as far as the program wants it. A place is column and row of the screen; buttons
    // are 1 left, 2 middle, 3 right, 4 and 5 the wheel up and down.
    void moveMouse(QPoint place, Qt::KeyboardModifiers modifiers);
    void pressMouse(int button, bool pressed, Qt::KeyboardModifiers modifiers);

Q_SIGNALS:
    void changed();
    void toProgram(const QByteArray &bytes);
    void bell();

private:
    struct Terminal; // of libvterm, and what it calls

    std::vector<TerminalCell> screenLine(int row) const;

    std::unique_ptr<Terminal> d;
    std::deque<std::vector<TerminalCell>> m_history;
    int m_rows;
    int m_columns;
    QPoint m_cursor; // on the screen
    bool m_cursorShown = true;
    bool m_alternate = false;
    Mouse m_mouse = Mouse::None;
    QString m_title;
};

} // namespace meseta::console
