#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/model/offer_river.h"

class QComboBox;
class QLabel;

namespace meseta::console {

class Replica;
class RiverChart;

/// What becomes of the offers, as a river: which measure, of frameworks or of roles, over how long.
/// Reckoned anew every two seconds while it is seen.
class RiverPanel : public QWidget
{
    Q_OBJECT
public:
    explicit RiverPanel(const Replica &replica, QWidget *parent = nullptr);

    void refresh(); ///< reckoned on another thread, and shown when it is there
    RiverChart &chart() { return *m_chart; }

Q_SIGNALS:
    void filterWanted(const QString &filter); ///< of the table of offers

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void choose(const QString &key);
    void translate();

    const Replica &m_replica;
    QLabel *m_title;
    QComboBox *m_measure;
    QComboBox *m_by;
    QComboBox *m_span;
    RiverChart *m_chart;
    QTimer m_tick;
    int m_asked = 0; // how often another river was asked for
};

} // namespace meseta::console
