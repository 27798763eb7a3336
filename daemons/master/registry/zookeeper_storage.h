#pragma once

#include <memory>
#include <string>

#include "daemons/master/registry/registry_storage.h"

namespace meseta {
class Clock;
namespace zookeeper {
class Client;
}
} // namespace meseta

namespace meseta::master {

/// The registry of several masters, in ZooKeeper. Under `<path>/registry`:
///
///     <path>/registry              the head: generation, number of shards and of pieces, sizes,
///                                  and who wrote last
///     …/snapshot-<generation>-<n>  the snapshot in shards of at most `shardBytes`
///     …/log-<generation>-<n>       the batches after it in pieces of at most `shardBytes`
///
/// The head alone says what counts: a batch counts when the head that names its last piece is
/// written, a snapshot when the head that names its generation is. Whatever else lies there is left
/// over from a master that died in between, and the next one removes it. Opening writes the head,
/// and every write is a transaction that asks for the version of the head as this master wrote it:
/// one that was deposed can change nothing any more, however late its calls arrive.
class ZooKeeperStorage final : public RegistryStorage
{
public:
    /// `path` is that of the masters' group ("/mesos"); `owner` tells who wrote in the head.
    ZooKeeperStorage(zookeeper::Client &client, Clock &clock, const std::string &path,
                     std::string owner);
    ~ZooKeeperStorage() override;

    void open(Opened opened) override;
    void append(std::string batch, Stored stored) override;
    void replace(std::string snapshot, Stored stored) override;

    /// A node may hold 1 MB, and so may a transaction (ZooKeeper's jute.maxbuffer).
    static constexpr std::size_t shardBytes = 512 * 1024;

private:
    struct Private;
    std::shared_ptr<Private> d; ///< what is under way keeps a weak pointer
};

} // namespace meseta::master
