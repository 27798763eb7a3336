#pragma once

#include <QAbstractScrollArea>
#include <QHash>
#include <QPixmap>
#include <QSet>

#include "gui/model/rows.h"

namespace meseta::console {

class Replica;

/// Tiles of agents in a grid that fills the room: large with names for few, small squares for
/// thousands. The fill tells the measure, a sign what is wrong; an agent whose tasks belong to a
/// framework that also runs on the one under the mouse is lit.
class ClusterMap : public QAbstractScrollArea
{
    Q_OBJECT
public:
    enum class Measure { Cpus, Memory, Disk, Offered, Tasks };
    static constexpr int measureCount = 5;

    explicit ClusterMap(const Replica &replica, QWidget *parent = nullptr);

    void setMeasure(Measure measure);
    void refresh();
    void setEmptyText(const QString &sentence);
    QString agentAt(const QPoint &point) const;
    void select(const QString &agentId);
    QString selected() const { return m_selected; }
    QRect tileOf(const QString &agentId) const; ///< for tests and drops

    /// A tint over each tile while something is dragged: fits, or the reason why not.
    void setFit(std::function<int(const AgentRow &)> fit);

Q_SIGNALS:
    void agentChosen(const QString &agentId);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    void sortAgents();
    void layOut();
    QRect tile(int index) const;
    int indexAt(const QPoint &point) const;
    double shareOf(const AgentRow &agent) const;
    void hover(int index);
    void paintSmallTile(QPainter *painter, const QPoint &at, const AgentRow &agent) const;
    void paintTile(QPainter *painter, const QRect &rect, const AgentRow &agent) const;
    QString tipOf(const AgentRow &agent) const;

    const Replica &m_replica;
    Measure m_measure = Measure::Cpus;
    bool m_orderOld = true; // agents came or went
    std::vector<int> m_slots; // of agents, in the order of their names
    QSet<QString> m_lit; // agents that share a framework with the hovered one
    int m_hovered = -1;
    QString m_selected;
    QString m_emptyText;
    int m_side = 96;
    int m_columns = 1;
    int m_mostTasks = 1;
    std::function<int(const AgentRow &)> m_fit;
    /// Small tiles as they were painted once: of thousands, most look alike.
    mutable QHash<quint32, QPixmap> m_tiles;
};

} // namespace meseta::console
