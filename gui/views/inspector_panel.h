#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include "gui/model/inspection.h"

class QLabel;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace meseta::console {

class Replica;
class UsageCard;
class WrapLabel;

/// Everything about the selected object, beside the page: fields, links to what belongs to it, its
/// biography and its events. Back and forward go through what was looked at.
class InspectorPanel : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorPanel(const Replica &replica, QWidget *parent = nullptr);

    void show(const ObjectRef &object); ///< built in the next frame
    /// Several of one kind together, with what can be done to all; empty: the one again.
    void showSeveral(const QList<ObjectRef> &objects);
    const ObjectRef &object() const { return m_object; }
    bool isBuilt() const { return !m_drawn.isEmpty(); } ///< shows it, not one before it
    void refresh(); ///< only what differs is drawn anew
    void refreshSoon(); ///< the same, a few times a second at most
    void back();
    void forward();

    struct Action
    {
        QString id;
        QString title;
        QString icon;
        QString whyNot; ///< why it cannot be done; "" when it can
        bool danger = false;
    };
    /// What can be done with an object, shown as buttons; asked at each refresh.
    UsageCard &usage() { return *m_usage; }
    void setActionSource(std::function<QList<Action>(const QList<ObjectRef> &)> actions);

Q_SIGNALS:
    void linkChosen(const meseta::console::ObjectRef &object);
    void actionChosen(const QString &id, const QList<meseta::console::ObjectRef> &objects);
    void closed();

protected:
    void showEvent(QShowEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void remember(const ObjectRef &object);
    QList<ObjectRef> objects() const;
    void buildSoon();
    bool mustRest() const;
    void changeValues(const Inspection &shown);
    void rebuild(const Inspection &shown, const QList<EventRow> &events);
    bool haveRoomBeside(const InspectionSection &section) const;
    void addFields(QVBoxLayout *column, const InspectionSection &section);
    void addBiography(QVBoxLayout *column, const QList<BiographyStep> &steps);
    void addEvents(QVBoxLayout *column, const QList<EventRow> &events);
    void addActions(QVBoxLayout *column);
    void translate();

    const Replica &m_replica;
    std::function<QList<Action>(const QList<ObjectRef> &)> m_actions;
    ObjectRef m_object;
    QList<ObjectRef> m_several; // more than one, or none
    QList<ObjectRef> m_history;
    qsizetype m_at = -1;
    QString m_drawn; // the text of what is drawn
    QString m_frame; // the same without the values that have labels
    QList<WrapLabel *> m_values; // those labels
    QLabel *m_kind;
    QToolButton *m_back;
    QToolButton *m_forward;
    QToolButton *m_copy;
    QToolButton *m_close;
    QScrollArea *m_scroll;
    UsageCard *m_usage;
    QElapsedTimer m_sinceRebuilt;
    qint64 m_rebuilding = 0; // how long that took, in ns
    QTimer m_tick;
    QTimer m_soon;
};

} // namespace meseta::console
