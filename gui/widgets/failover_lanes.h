#pragma once

#include <QList>
#include <QWidget>

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
    };
    void setLanes(const QList<Lane> &lanes, double now); ///< oldest first
    void setEmptyText(const QString &sentence);

    static constexpr double targetSeconds = 10; ///< of a failover with default timeouts

    QSize sizeHint() const override { return {400, 160}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QList<Lane> m_lanes;
    double m_now = 0;
    QString m_emptyText;
};

} // namespace meseta::console
