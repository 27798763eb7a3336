#pragma once

#include <QAbstractScrollArea>
#include <QTimer>

#include "gui/terminal/terminal_screen.h"

namespace meseta::console {

/// Shows a TerminalScreen and types into it: colours, cursor, lines above by the scroll bar, a
/// selection with the mouse, copy and paste, input methods. All keys go to the program but for
/// Ctrl+Shift+C and V (copy, paste), Shift+PageUp and PageDown (scroll) and Ctrl+Shift+F6, which
/// leaves it. The mouse, too, is the program's when it asks for it; with Shift it selects all the
/// same.
class TerminalView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit TerminalView(TerminalScreen &screen, QWidget *parent = nullptr);

    QString selectedText() const;
    void copy() const;
    void paste();
    void selectAll();
    QPoint placeAt(const QPoint &point) const; ///< column and line of a place in the viewport
    QRect cellRect(const QPoint &place) const;
    void setLive(bool live); ///< an ended session has no cursor and takes no keys

Q_SIGNALS:
    void sizeChanged(int rows, int columns);
    void leaveWanted();

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool focusNextPrevChild(bool) override { return false; } // Tab is the program's

private:
    void fit();
    void refresh();
    bool ownKey(const QKeyEvent &event);
    void paintLine(QPainter &painter, int line, int y) const;
    void paintCursor(QPainter &painter, int first) const;
    bool isSelected(const QPoint &place) const;
    bool programWantsMouse(Qt::KeyboardModifiers modifiers) const;
    QPoint screenPlace(const QPointF &point) const;
    bool tellButton(const QMouseEvent &event, bool pressed);

    TerminalScreen &m_screen;
    QTimer m_repaint;
    QSize m_cell{8, 16};
    int m_ascent = 12;
    double m_spacing = 0; // between letters, so that each is as wide as a cell
    int m_seenLines = 0;
    QPoint m_seenCursor;
    QPoint m_from{-1, -1}; // of the selection; column and line
    QPoint m_to{-1, -1};
    QString m_composing; // what an input method is about to give
    bool m_selecting = false;
    int m_told = 0; // the button that the program was told is held; 0: none
    int m_wheel = 0; // of a step that is not whole yet
    bool m_live = true;
};

} // namespace meseta::console
