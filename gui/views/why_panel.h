#pragma once

#include <QDialog>

#include "gui/model/decisions.h"
#include "gui/model/object_ref.h"

class QLabel;
class QListWidget;
class QScrollArea;

namespace meseta::console {

class Cluster;

/// "Why is there no offer?": for a framework, a role or an agent the gates between free resources
/// and an offer, from the decisions that the master's allocator recorded.
class WhyDialog : public QDialog
{
    Q_OBJECT
public:
    WhyDialog(Cluster &cluster, const ObjectRef &object, QWidget *parent = nullptr);

    void ask();
    void show(const QList<DecisionLadder> &ladders);
    const QList<DecisionLadder> &ladders() const { return m_ladders; }

private:
    void showLadder(int row);
    void say(const QString &sentence);

    Cluster &m_cluster;
    ObjectRef m_object;
    QList<DecisionLadder> m_ladders;
    QLabel *m_summary;
    QListWidget *m_pairs;
    QScrollArea *m_ladder;
};

} // namespace meseta::console
