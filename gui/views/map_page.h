#pragma once

#include <functional>

#include <QWidget>

#include "gui/model/replica.h"

class QComboBox;
class QLabel;

namespace meseta::console {

class ClusterMap;
class ElidedLabel;
class FitLens;

/// The cluster as tiles: every agent one, coloured by a measure of the person's choice.
class MapPage : public QWidget
{
    Q_OBJECT
public:
    explicit MapPage(const Replica &replica, QWidget *parent = nullptr);

    void refresh();
    void setStale(bool stale);
    ClusterMap &map() { return *m_map; }
    FitLens &lens() { return *m_lens; }
    /// A tint over the tiles while something is dragged; nothing: what the lens shows again.
    void setFit(std::function<int(const AgentRow &)> fit);

Q_SIGNALS:
    void agentChosen(const QString &agentId);

protected:
    void changeEvent(QEvent *event) override;

private:
    void translate();
    void tint();

    QLabel *m_title;
    ElidedLabel *m_hint;
    QComboBox *m_measure;
    QLabel *m_measureName;
    FitLens *m_lens;
    ClusterMap *m_map;
    bool m_dragging = false;
};

} // namespace meseta::console
