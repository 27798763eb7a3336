#include "daemons/master/registry/zookeeper_storage.h"

#include "common/base/clock.h"
#include "common/zookeeper/client.h"
#include "daemons/master/registry/registry_head.h"

namespace meseta::master {

using zookeeper::Answer;
using zookeeper::Code;
using zookeeper::Failure;
using zookeeper::Node;
using zookeeper::Operation;
using zookeeper::OperationResult;

namespace {
constexpr auto retryDelay = std::chrono::milliseconds(100);
/// How many nodes are asked for at a time.
constexpr std::size_t readsAtOnce = 32;
} // namespace

/// One request at a time, as the interface has it. Every call may be lost with its outcome unknown:
/// making a piece is done again, as it comes to the same; after writing the head the node is looked
/// at.
struct ZooKeeperStorage::Private : std::enable_shared_from_this<Private>
{
    Private(zookeeper::Client &theClient, Clock &theClock, std::string theRoot,
            std::string theOwner)
        : client(theClient), clock(theClock), root(std::move(theRoot)), owner(std::move(theOwner))
    { }

    zookeeper::Client &client;
    Clock &clock;
    std::string root;
    std::string owner;
    RegistryHead head;
    std::int32_t version = 0; ///< of the head as this master wrote it

    using Next = std::function<void()>;
    using Failed = std::function<void(const std::string &why)>;

    std::string path(const std::string &child) const { return root + "/" + child; }

    /// `act`, unless this is gone by then.
    template <typename Act> auto alive(Act act)
    {
        return [self = weak_from_this(), act = std::move(act)](auto &&...given) {
            if (const auto here = self.lock())
                act(std::forward<decltype(given)>(given)...);
        };
    }

    void later(Next act) { clock.after(retryDelay, alive(std::move(act))); }

    static std::string fenced() { return "another master leads and has taken the registry over"; }

    // --- Opening: read the head, write it as this master's, then read what it names.

    void takeOver(const Opened &opened)
    {
        client.createPath(root, alive([this, opened](Answer<void> made) {
                              if (made)
                                  return sync(opened);
                              retryOr(made.error(), opened, [this, opened] { takeOver(opened); });
                          }));
    }

    void retryOr(const Failure &failure, const Opened &opened, Next again)
    {
        if (failure.isPassing())
            return later(std::move(again));
        opened(fail(failure.error()));
    }

    /// The server this client talks to may be behind the others.
    void sync(const Opened &opened)
    {
        client.sync(root, alive([this, opened](Answer<void> done) {
                        if (done)
                            return readHead(opened);
                        retryOr(done.error(), opened, [this, opened] { sync(opened); });
                    }));
    }

    void readHead(const Opened &opened)
    {
        client.get(root, alive([this, opened](Answer<Node> node) {
                       if (!node)
                           return retryOr(node.error(), opened,
                                          [this, opened] { readHead(opened); });
                       const Result<RegistryHead> found = RegistryHead::parse(node->data);
                       if (!found)
                           return opened(fail(found.error().within("the node " + root)));
                       RegistryHead mine = *found;
                       ++mine.term;
                       mine.owner = owner;
                       writeHead(
                           mine, node->stat.version, [this, opened] { readShards(opened); },
                           [this, opened](const std::string &) { // it was written meanwhile
                               later([this, opened] { readHead(opened); });
                           });
                   }));
    }

    struct Reading
    {
        std::vector<std::string> paths;
        std::vector<std::string> data;
        std::size_t asked = 0;
        std::size_t answered = 0;
        bool over = false;
    };

    void readShards(const Opened &opened)
    {
        const auto reading = std::make_shared<Reading>();
        for (std::uint64_t i = 0; i < head.shards; ++i)
            reading->paths.push_back(path(head.shardName(i)));
        for (std::uint64_t i = 0; i < head.pieces; ++i)
            reading->paths.push_back(path(head.pieceName(i)));
        reading->data.resize(reading->paths.size());
        if (reading->paths.empty())
            return cleanUp(opened, {});
        readMore(reading, opened);
    }

    void readMore(const std::shared_ptr<Reading> &reading, const Opened &opened)
    {
        while (reading->asked < reading->paths.size()
               && reading->asked < reading->answered + readsAtOnce)
            readOne(reading, reading->asked++, opened);
    }

    void readOne(const std::shared_ptr<Reading> &reading, std::size_t number, const Opened &opened)
    {
        client.get(reading->paths[number], alive([=, this](Answer<Node> node) {
                       if (reading->over)
                           return;
                       if (!node && node.error().isPassing())
                           return later([=, this] { readOne(reading, number, opened); });
                       if (!node) {
                           reading->over = true;
                           return opened(fail(node.error().error()));
                       }
                       reading->data[number] = std::move(node->data);
                       if (++reading->answered == reading->paths.size())
                           return joinParts(*reading, opened);
                       readMore(reading, opened);
                   }));
    }

    void joinParts(Reading &reading, const Opened &opened)
    {
        const auto end = reading.data.begin() + static_cast<std::ptrdiff_t>(head.shards);
        const Result<std::vector<std::string>> snapshot =
            registry_pieces::join({reading.data.begin(), end});
        Result<std::vector<std::string>> batches = registry_pieces::join({end, reading.data.end()});
        if (!snapshot || !batches || snapshot->size() > 1)
            return opened(fail("the registry in " + root + " is damaged: "
                               + (!snapshot      ? snapshot.error().message
                                      : !batches ? batches.error().message
                                                 : "its snapshot is more than one")));
        cleanUp(opened,
                {snapshot->empty() ? std::string() : snapshot->front(), std::move(*batches)});
    }

    /// Removes what the head does not name. It is in nobody's way: errors are left to the next
    /// master.
    void cleanUp(const Opened &opened, store::Contents contents)
    {
        client.children(root, alive([this](Answer<std::vector<std::string>> names) {
                            for (const std::string &name :
                                 names ? *names : decltype(names)::value_type()) {
                                if (!head.names(name))
                                    client.multi({Operation::check(root, version),
                                                  Operation::remove(path(name))},
                                                 [](const auto &) {});
                            }
                        }));
        opened(std::move(contents));
    }

    // --- Writing.

    using Part = std::pair<std::string, std::string>; ///< name and bytes of a node

    /// Writes the head over the one of `expected`, together with a part that it names. `refused`:
    /// somebody else wrote it.
    void writeHead(const RegistryHead &wanted, std::int32_t expected, const Next &done,
                   const Failed &refused, std::optional<Part> with = {})
    {
        RegistryHead next = wanted;
        ++next.writes;
        std::vector<Operation> steps;
        if (with)
            steps.push_back(Operation::create(path(with->first), with->second));
        steps.push_back(Operation::set(root, next.text(), expected));
        client.multi(std::move(steps), alive([=, this](Answer<std::vector<OperationResult>> made) {
                         if (made)
                             return headWritten(next, expected + 1, done);
                         if (with && made.error().code == Code::NodeExists) // left over by another
                             return put(
                                 with->first, with->second,
                                 [=, this] { writeHead(wanted, expected, done, refused); }, refused,
                                 true);
                         lookAtHead(next, expected, made.error(), done, refused, [=, this] {
                             writeHead(wanted, expected, done, refused, with);
                         });
                     }));
    }

    void headWritten(const RegistryHead &written, std::int32_t itsVersion, const Next &done)
    {
        head = written;
        version = itsVersion;
        done();
    }

    /// Whether the head was written after all.
    void lookAtHead(const RegistryHead &wanted, std::int32_t expected, const Failure &why,
                    const Next &done, const Failed &refused, const Next &again)
    {
        client.get(root, alive([=, this](Answer<Node> node) {
                       if (!node && node.error().isPassing())
                           return later([=, this] {
                               lookAtHead(wanted, expected, why, done, refused, again);
                           });
                       if (!node)
                           return refused(node.error().message);
                       if (node->stat.version == expected + 1 && node->data == wanted.text())
                           return headWritten(wanted, expected + 1, done);
                       if (node->stat.version != expected)
                           return refused(fenced() + " (" + node->data + ")");
                       if (why.isPassing())
                           return later(again);
                       refused(why.message);
                   }));
    }

    /// Makes a node that no head names yet, or gives it these bytes when it is there.
    void put(const std::string &name, const std::string &bytes, const Next &done,
             const Failed &refused, bool exists = false)
    {
        std::vector<Operation> steps{Operation::check(root, version)};
        steps.push_back(exists ? Operation::set(path(name), bytes)
                               : Operation::create(path(name), bytes));
        client.multi(std::move(steps), alive([=, this](Answer<std::vector<OperationResult>> made) {
                         if (made)
                             return done();
                         const Failure &why = made.error();
                         if (why.isPassing())
                             return later([=, this] { put(name, bytes, done, refused, exists); });
                         if (why.code == Code::NodeExists && !exists)
                             return put(name, bytes, done, refused, true);
                         if (why.code == Code::NoNode && exists)
                             return put(name, bytes, done, refused, false);
                         refused(why.code == Code::BadVersion ? fenced() : why.message);
                     }));
    }

    using Parts = std::shared_ptr<std::vector<Part>>;

    /// Makes all parts but the last, which goes with the head.
    void putFrom(const Parts &parts, std::size_t number, const Next &done, const Failed &refused)
    {
        if (number + 1 == parts->size())
            return done();
        put((*parts)[number].first, (*parts)[number].second,
            [=, this] { putFrom(parts, number + 1, done, refused); }, refused);
    }

    void write(const RegistryHead &next, const Parts &parts, const Stored &stored,
               const Next &after)
    {
        const Failed refused = [stored](const std::string &why) { stored(fail(why)); };
        const Next done = [stored, after] {
            after();
            stored({});
        };
        putFrom(
            parts, 0, [=, this] { writeHead(next, version, done, refused, parts->back()); },
            refused);
    }
};

ZooKeeperStorage::ZooKeeperStorage(zookeeper::Client &client, Clock &clock, const std::string &path,
                                   std::string owner)
    : d(std::make_shared<Private>(client, clock, path + "/registry", std::move(owner)))
{ }

ZooKeeperStorage::~ZooKeeperStorage() = default;

void ZooKeeperStorage::open(Opened opened)
{
    d->takeOver(opened);
}

void ZooKeeperStorage::append(std::string batch, Stored stored)
{
    RegistryHead next = d->head;
    const auto parts = std::make_shared<Private::Parts::element_type>();
    for (std::string &piece : registry_pieces::cut(batch, shardBytes))
        parts->emplace_back(next.pieceName(next.pieces++), std::move(piece));
    d->write(next, parts, stored, [] {});
}

void ZooKeeperStorage::replace(std::string snapshot, Stored stored)
{
    const RegistryHead old = d->head;
    RegistryHead next = old;
    ++next.generation;
    next.shards = next.pieces = 0;
    const auto parts = std::make_shared<Private::Parts::element_type>();
    for (std::string &shard : registry_pieces::cut(snapshot, shardBytes))
        parts->emplace_back(next.shardName(next.shards++), std::move(shard));
    d->write(next, parts, stored, [this, old] {
        // From here on nobody reads them; what stays behind the next master removes.
        for (std::uint64_t i = 0; i < old.shards; ++i)
            d->client.remove(d->path(old.shardName(i)), zookeeper::anyVersion, [](const auto &) {});
        for (std::uint64_t i = 0; i < old.pieces; ++i)
            d->client.remove(d->path(old.pieceName(i)), zookeeper::anyVersion, [](const auto &) {});
    });
}

} // namespace meseta::master
