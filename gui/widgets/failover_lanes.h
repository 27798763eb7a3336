#pragma once

#include <QList>
#include <QWidget>

#include "gui/model/look.h"

namespace meseta::console {

/// One lane for each time the leader was lost: how long it took until one was found, against a
/// target.
class FailoverLanes : public QWidget
{
    Q_OBJECT
public:
    explicit FailoverLanes(QWidget *parent = nullptr);

    struct Lane
    {
        double lost = 0; ///< seconds since the epoch
        double found = 0; ///< 0: not yet
        QString from;
        QString to;
        QString reason;

        struct Phase
        {
            QString name; ///< "reading the registry"
            double begin = 0; ///< seconds after the loss
            double end = 0;
            Tone tone = Tone::Neutral;
            double target = 0; ///< seconds it may take; 0: no matter

            bool isLate() const { return target > 0 && end - begin > target; }
        };
        QList<Phase> phases; ///< in order; none: only the whole is known
    };
    void setLanes(const QList<Lane> &lanes, double now); ///< oldest first
    void setEmptyText(const QString &sentence);

    static constexpr double targetSeconds = 10; ///< of a failover with default timeouts

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double lengthOf(const Lane &lane) const;
    void paintLane(QPainter *painter, const Lane &lane, const QRectF &row, double longest) const;
    void paintPhases(QPainter *painter, const Lane &lane, const QRectF &row) const;
    int laneHeight() const;
    void paintLegend(QPainter *painter) const;

    QList<Lane> m_lanes;
    double m_now = 0;
    QString m_emptyText;
};

} // namespace meseta::console
