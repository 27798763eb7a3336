#include "common/zookeeper/pending_call.h"

#include <zookeeper/zookeeper.h>

#include "common/zookeeper/stat.h"

namespace meseta::zookeeper {

namespace {

Code codeOf(int code)
{
    switch (code) {
    case ZCONNECTIONLOSS:
    case ZOPERATIONTIMEOUT:
    case ZSESSIONMOVED:
        return Code::ConnectionLoss;
    case ZTHROTTLEDOP:
        return Code::Overloaded;
    case ZSESSIONEXPIRED:
    case ZINVALIDSTATE:
    case ZCLOSING:
        return Code::SessionExpired;
    case ZNONODE:
        return Code::NoNode;
    case ZNODEEXISTS:
        return Code::NodeExists;
    case ZNOTEMPTY:
        return Code::NotEmpty;
    case ZBADVERSION:
        return Code::BadVersion;
    case ZNOAUTH:
        return Code::NoAuth;
    case ZAUTHFAILED:
        return Code::AuthFailed;
    case ZRUNTIMEINCONSISTENCY:
        return Code::RolledBack;
    default:
        return Code::Other;
    }
}

} // namespace

Failure failureOf(int code, const std::string &doing)
{
    Failure failure{codeOf(code), "cannot " + doing + ": "};
    failure.message += codeText(failure.code);
    if (failure.code == Code::Other)
        failure.message += std::string(": ") + zerror(code) + " (" + std::to_string(code) + ")";
    return failure;
}

Stat statOf(const ::Stat &given)
{
    return {given.czxid,          given.mzxid,       given.version, given.cversion,
            given.ephemeralOwner, given.numChildren, given.ctime};
}

struct MultiSteps::Private
{
    std::vector<Operation> operations;
    std::vector<zoo_op_t> steps;
    std::vector<zoo_op_result_t> results;
    std::vector<std::vector<char>> paths; ///< where the library writes those of created nodes
    std::vector<::Stat> stats;
};

MultiSteps::MultiSteps(std::vector<Operation> operations, const ACL_vector *acl)
    : d(std::make_unique<Private>())
{
    constexpr std::size_t numberDigits = 16; // that a sequential node may get
    const std::size_t count = operations.size();
    d->operations = std::move(operations);
    d->steps.resize(count);
    d->results.resize(count);
    d->paths.resize(count);
    d->stats.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Operation &one = d->operations[i];
        const char *path = one.path.c_str();
        const int size = static_cast<int>(one.data.size());
        switch (one.kind) {
        case Operation::Kind::Create:
            d->paths[i].resize(one.path.size() + numberDigits);
            zoo_create_op_init(&d->steps[i], path, one.data.data(), size, acl, modeOf(one.mode),
                               d->paths[i].data(), static_cast<int>(d->paths[i].size()));
            break;
        case Operation::Kind::Set:
            zoo_set_op_init(&d->steps[i], path, one.data.data(), size, one.version, &d->stats[i]);
            break;
        case Operation::Kind::Remove:
            zoo_delete_op_init(&d->steps[i], path, one.version);
            break;
        case Operation::Kind::Check:
            zoo_check_op_init(&d->steps[i], path, one.version);
            break;
        }
    }
}

MultiSteps::~MultiSteps() = default;

int MultiSteps::count() const
{
    return static_cast<int>(d->steps.size());
}

const zoo_op *MultiSteps::steps() const
{
    return d->steps.data();
}

zoo_op_result *MultiSteps::results()
{
    return d->results.data();
}

Answer<std::vector<OperationResult>> MultiSteps::answer(int code) const
{
    if (code != ZOK) {
        for (std::size_t i = 0; i < d->results.size(); ++i) {
            const int own = d->results[i].err;
            if (own != ZOK && own != ZRUNTIMEINCONSISTENCY)
                return tl::unexpected(failureOf(own, "change " + d->operations[i].path));
        }
        return tl::unexpected(failureOf(code, "change " + d->operations.front().path));
    }
    std::vector<OperationResult> results(d->operations.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].path = d->paths[i].empty() ? d->operations[i].path : d->paths[i].data();
        results[i].stat = statOf(d->stats[i]);
    }
    return results;
}

} // namespace meseta::zookeeper
