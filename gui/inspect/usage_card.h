#pragma once

#include <QWidget>

#include "gui/inspect/usage_probe.h"
#include "gui/model/object_ref.h"

class QLabel;

namespace meseta::console {

class Replica;
class TrendChart;

/// What a task or an agent uses over the last minutes, beside what it may: CPUs and memory, as its
/// agent measures them. Hidden while nothing is measured.
class UsageCard : public QWidget
{
    Q_OBJECT
public:
    explicit UsageCard(const Replica &replica, QWidget *parent = nullptr);

    void show(const ObjectRef &object); ///< of another kind: nothing
    void setLive(bool live); ///< false for recordings: nobody is asked

protected:
    void changeEvent(QEvent *event) override;

private:
    void take(const Usage &usage);
    void translate();

    const Replica &m_replica;
    ObjectRef m_object;
    bool m_live = true;
    UsageProbe m_probe;
    QLabel *m_title;
    TrendChart *m_cpus;
    TrendChart *m_memory;
};

} // namespace meseta::console
