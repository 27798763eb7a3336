#pragma once

#include <memory>
#include <optional>

#include <QObject>

#include "gui/session/master_address.h"

namespace meseta::console {

/// Finds the leading master of a cluster in ZooKeeper and follows it, until it is deleted.
class LeaderFinder : public QObject
{
    Q_OBJECT
public:
    /// `ensemble` is a zk:// URL that `MasterAddress::parse` took.
    explicit LeaderFinder(const QString &ensemble, QObject *parent = nullptr);
    ~LeaderFinder() override;

    /// The master that leads; nothing while none does or ZooKeeper is not reached.
    std::optional<MasterAddress> leader() const;
    /// How many masters stand for election, the leader included.
    int contenders() const;

Q_SIGNALS:
    void leaderChanged();
    void trouble(const QString &sentence); ///< for the person; the search goes on

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::console
