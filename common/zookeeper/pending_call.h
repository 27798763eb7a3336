#pragma once

#include <memory>
#include <string>

#include <QPointer>

#include "common/zookeeper/client.h"
#include "common/zookeeper/connection.h"

struct ACL_vector;
struct zoo_op;
struct zoo_op_result;

namespace meseta::zookeeper {

/// The failure for a code of the C library, told of what was being done: "set /mesos/a".
Failure failureOf(int code, const std::string &doing);

/// A call that waits for its answer. The library keeps a pointer to it and hands it back exactly
/// once; the answer is told when the library has returned, unless the client is gone by then.
template <typename T> struct PendingCall
{
    QPointer<Connection> connection;
    std::weak_ptr<std::size_t> waiting; ///< how many calls wait; gone with the client
    std::string doing;
    Done<T> done;
    Connection::WatchId watch = 0;

    /// Takes back what was handed to the library.
    static std::unique_ptr<PendingCall> from(const void *data)
    {
        return std::unique_ptr<PendingCall>(static_cast<PendingCall *>(const_cast<void *>(data)));
    }

    void fail(int code)
    {
        if (connection)
            connection->forgetWatch(watch);
        finish(tl::unexpected(failureOf(code, doing)));
    }

    void finish(Answer<T> answer)
    {
        const auto count = waiting.lock();
        if (!count || !connection)
            return;
        --*count;
        connection->tell([alive = waiting, done = std::move(done), answer = std::move(answer)] {
            if (!alive.expired())
                done(answer);
        });
    }
};

/// The steps of a `multi` in the library's form; lives until the answer.
class MultiSteps
{
public:
    MultiSteps(std::vector<Operation> operations, const ACL_vector *acl);
    ~MultiSteps();
    MultiSteps(const MultiSteps &) = delete;
    MultiSteps &operator=(const MultiSteps &) = delete;

    int count() const;
    const zoo_op *steps() const;
    zoo_op_result *results();
    Answer<std::vector<OperationResult>> answer(int code) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::zookeeper
