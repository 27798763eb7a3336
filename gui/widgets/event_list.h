#pragma once

#include <QAbstractScrollArea>

#include "gui/model/object_ref.h"
#include "gui/model/rows.h"

namespace meseta::console {

class Replica;

/// The newest events, one a line, newest first. A click leads to what an event is about.
class EventList : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit EventList(const Replica &replica, QWidget *parent = nullptr);

    void refresh();
    void setEmptyText(const QString &sentence);
    int count() const
    {
        return static_cast<int>(m_events.size());
    } ///< as many as there is room for

Q_SIGNALS:
    void linkChosen(const meseta::console::ObjectRef &object);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int lineAt(const QPoint &point) const;

    const Replica &m_replica;
    QList<EventRow> m_events;
    QString m_emptyText;
    int m_hovered = -1;
};

/// What an event is about: its task, else its framework, else its agent.
ObjectRef objectOf(const EventRow &event);

} // namespace meseta::console
