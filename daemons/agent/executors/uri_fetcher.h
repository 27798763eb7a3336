#pragma once

#include <functional>

#include "daemons/agent/fetcher/fetcher.h"

namespace meseta::agent {

/// What the core asks of a fetcher; a test may answer in its place.
class UriFetcher
{
public:
    virtual ~UriFetcher() = default;
    virtual void fetch(FetchRequest request, std::function<void(Result<>)> done) = 0;
    virtual void cancel(const std::string &containerId) = 0;
};

} // namespace meseta::agent
