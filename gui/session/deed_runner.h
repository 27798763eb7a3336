#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QSet>

#include "gui/model/blast_radius.h"
#include "gui/model/look.h"

namespace meseta::console {

class Cluster;

/// Does what a person has agreed to, to one object or to many, and tells how it went, with the way
/// back where there is one. Asks nothing itself and shows nothing.
class DeedRunner : public QObject
{
    Q_OBJECT
public:
    explicit DeedRunner(Cluster &cluster, QObject *parent = nullptr);

    /// Why nothing at all can be done over this connection now; "" when it can.
    QString closed() const;
    QString whyNot(Deed deed, const ObjectRef &object) const;
    /// Why it can be done to none of them.
    QString whyNot(Deed deed, const QList<ObjectRef> &objects) const;
    BlastRadius radius(Deed deed, const QList<ObjectRef> &objects) const;
    void run(Deed deed, const QList<ObjectRef> &objects);
    /// Launches what that task was, once more. False: it is not remembered.
    bool launchAgain(const ObjectRef &task);

    using Undo = std::function<void()>;

Q_SIGNALS:
    void told(meseta::console::Tone tone, const QString &text, const QString &undoTitle,
              const meseta::console::DeedRunner::Undo &undo);

private:
    struct Batch;

    OwnTasks ownTasks() const;
    void runTasks(Deed deed, const BlastRadius &radius);
    void sendNext(const std::shared_ptr<Batch> &batch);
    void finish(const Batch &batch);
    Undo wayBack(const Batch &batch);
    void reserveAgain(const Batch &batch);
    void watchDrains();

    Cluster &m_cluster;
    QSet<QString> m_draining; ///< agents whose draining was begun here
};

} // namespace meseta::console
