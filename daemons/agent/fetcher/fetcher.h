#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <QObject>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

struct FetcherOptions
{
    std::string
        cacheDirectory; ///< --fetcher_cache_dir; emptied when the fetcher is made. Empty: no cache
    std::uint64_t cacheBytes = 2ULL * 1024 * 1024 * 1024; ///< --fetcher_cache_size
    Duration stallTimeout =
        std::chrono::minutes(1); ///< --fetcher_stall_timeout: longest silence of a download
    std::string frameworksHome; ///< --frameworks_home: what relative paths are relative to
    std::uint64_t maxUriBytes = 64ULL * 1024 * 1024
        * 1024; ///< a download or an unpacked archive larger than this is refused
};

/// What one container wants in its sandbox before it starts.
struct FetchRequest
{
    std::string containerId;
    std::string sandbox; ///< host path, exists
    std::vector<mesos::v1::CommandInfo::URI> uris;
    std::string user; ///< owns what is fetched; empty: the agent's own user
};

/// The figures behind Mesos' `containerizer/fetcher/*` metrics.
struct FetcherStatistics
{
    std::uint64_t succeeded = 0; ///< requests, not URIs
    std::uint64_t failed = 0;
    std::uint64_t cacheBytesTotal = 0;
    std::uint64_t cacheBytesUsed = 0;
};

/// Brings CommandInfo.uris into sandboxes ("Mesos fetcher": file, http, https; archives; executable
/// files; cache).
///
/// The URIs of a request are fetched one after the other, requests side by side. Downloads run on
/// the thread that made the fetcher; copying and unpacking on workers. `ftp`, `ftps`, `hdfs` and
/// others are refused by name.
class Fetcher : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(Result<>)>;

    explicit Fetcher(FetcherOptions options, QObject *parent = nullptr);
    ~Fetcher() override;

    /// Calls `done` once, later, on this thread. An error names the URI and the reason. Not called
    /// after `cancel`.
    void fetch(FetchRequest request, Done done);

    /// Drops a request: nothing more is written to its sandbox once its current worker step is
    /// over.
    void cancel(const std::string &containerId);

    FetcherStatistics statistics() const;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

/// Whether a URI may be asked for at all, told before anything is launched: the characters Mesos
/// refuses, an output_file outside the sandbox, a scheme that is not fetched.
Result<> validateUri(const mesos::v1::CommandInfo::URI &uri);

/// The name a URI gets in the sandbox: output_file, or the last component of its path.
Result<std::string> sandboxName(const mesos::v1::CommandInfo::URI &uri);

} // namespace meseta::agent
