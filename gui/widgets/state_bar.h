#pragma once

#include <QList>
#include <QWidget>

#include "mesos/v1/ids.pb.h"

namespace meseta::console {

/// How many tasks are in which state: a bar of shares, and below it each state with its sign and
/// number, which can be chosen.
class StateBar : public QWidget
{
    Q_OBJECT
public:
    explicit StateBar(QWidget *parent = nullptr);

    struct Count
    {
        mesos::v1::TaskState state;
        int tasks;

        bool operator==(const Count &) const = default;
    };
    void setCounts(const QList<Count> &counts);

    QSize sizeHint() const override;

Q_SIGNALS:
    void stateChosen(const QString &word); ///< for a filter: "failed"

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void arrange();
    QRect place(int index) const;
    int indexAt(const QPoint &point) const;
    void choose(int index);

    QList<Count> m_counts;
    QList<Count> m_shown; ///< below the bar
    int m_hovered = -1;
    int m_focused = 0;
    bool m_byKeyboard = false;
};

} // namespace meseta::console
