#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/model/fragmentation.h"

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace meseta::console {

class Replica;
class WrapLabel;

/// Asks how often a task of a size fits now, and tells what of the free resources is stranded where
/// it does not, and the largest task that would fit.
class FitLens : public QWidget
{
    Q_OBJECT
public:
    explicit FitLens(const Replica &replica, QWidget *parent = nullptr);

    TaskShape shape() const;
    void setShape(const TaskShape &shape);
    bool isTinting() const; ///< the agents are to show where it fits
    void setTinting(bool on);
    void refresh();
    void refreshSoon(); ///< the same, twice a second at most
    QString text() const;

Q_SIGNALS:
    void changed(); ///< the shape, or whether to tint

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void translate();

    const Replica &m_replica;
    QTimer m_soon;
    QLabel *m_name;
    QDoubleSpinBox *m_cpus;
    QSpinBox *m_memory;
    QCheckBox *m_tint;
    WrapLabel *m_text;
};

} // namespace meseta::console
