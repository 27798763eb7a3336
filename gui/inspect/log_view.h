#pragma once

#include <QAbstractScrollArea>

#include "gui/inspect/log_source.h"

namespace meseta::console {

/// Shows a log source: lines with their colours, the match of a search, a selection of lines. The
/// scroll bar stands for the whole file, whatever part of it is held.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit LogView(LogSource &source, QWidget *parent = nullptr);

    void setFollowed(bool followed);
    bool isFollowed() const { return m_followed; }
    void setPlaceholder(const QString &sentence);
    void showMatch(qint64 offset, qsizetype length); ///< scrolls there and lights it
    qint64 matchOffset() const { return m_match; }
    qint64 topOffset() const;
    QString selectedText() const;
    QString shownText() const; ///< of the whole window that is held
    QSize minimumSizeHint() const override; ///< a few lines, in whatever size of text

Q_SIGNALS:
    void followedChanged(bool followed);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    void sourceChanged();
    void sourceRestarted();
    void scrollTo(int line);
    void scrollBy(int lines);
    void dragged(int value);
    void showBar();
    int linesShown() const;
    int lastTop() const;
    int lineAt(const QPoint &point) const;
    void paintLine(QPainter *painter, int line, int top) const;

    LogSource &m_source;
    qint64 m_topOffset = 0; // of the first line shown
    qint64 m_wanted = -1; // where to be after a jump
    int m_left = 0; // columns scrolled to the side
    bool m_followed = true;
    bool m_settingBar = false;
    qint64 m_match = -1;
    qsizetype m_matchLength = 0;
    qint64 m_selectFrom = -1; // offsets of lines
    qint64 m_selectTo = -1;
    int m_wheel = 0;
    QString m_placeholder;
};

} // namespace meseta::console
