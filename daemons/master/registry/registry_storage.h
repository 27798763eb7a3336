#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/store/log_store.h"

namespace meseta::master {

/// Where the bytes of a registry are kept: a snapshot, and the batches of changes after it.
/// Requests are made one at a time, each after the answer to the one before; answers may come from
/// inside the call or later, on the same thread, and never after this is gone.
class RegistryStorage
{
public:
    using Opened = std::function<void(Result<store::Contents>)>;
    using Stored = std::function<void(Result<>)>;

    virtual ~RegistryStorage() = default;

    /// Reads what is kept and takes it over: whoever opened it before can write no more.
    virtual void open(Opened opened) = 0;
    /// Adds a batch. Well only if it will outlast this process and its machine, and if nobody has
    /// taken over. After an error nothing more is asked.
    virtual void append(std::string batch, Stored stored) = 0;
    /// Replaces everything by a snapshot, as safely as `append`.
    virtual void replace(std::string snapshot, Stored stored) = 0;
};

} // namespace meseta::master
