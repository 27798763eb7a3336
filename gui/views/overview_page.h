#pragma once

#include <QWidget>

#include "gui/model/replica.h"

class QLabel;

namespace meseta::console {

class Gauge;

/// The cluster at a glance: what it has, what is used and on offer, and how its tasks fare.
class OverviewPage : public QWidget
{
    Q_OBJECT
public:
    explicit OverviewPage(const Replica &replica, QWidget *parent = nullptr);
    void refresh();

protected:
    void changeEvent(QEvent *event) override;

private:
    void translate();

    const Replica &m_replica;
    Gauge *m_cpus;
    Gauge *m_memory;
    Gauge *m_disk;
    QLabel *m_counts;
    QLabel *m_legend;
};

} // namespace meseta::console
