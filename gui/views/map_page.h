#pragma once

#include <QWidget>

#include "gui/model/replica.h"

class QComboBox;
class QLabel;

namespace meseta::console {

class ClusterMap;

/// The cluster as tiles: every agent one, coloured by a measure of the person's choice.
class MapPage : public QWidget
{
    Q_OBJECT
public:
    explicit MapPage(const Replica &replica, QWidget *parent = nullptr);

    void refresh();
    void setStale(bool stale);
    ClusterMap &map() { return *m_map; }

Q_SIGNALS:
    void agentChosen(const QString &agentId);

protected:
    void changeEvent(QEvent *event) override;

private:
    void translate();

    QLabel *m_title;
    QLabel *m_hint;
    QComboBox *m_measure;
    QLabel *m_measureName;
    ClusterMap *m_map;
};

} // namespace meseta::console
