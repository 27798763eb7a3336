#include "daemons/agent/fetcher/fetcher.h"

#include <QThreadPool>
#include <QUrl>

#include <fcntl.h>
#include <unistd.h>

#include "daemons/agent/fetcher/cache.h"
#include "daemons/agent/fetcher/download.h"
#include "daemons/agent/fetcher/file_identity.h"
#include "daemons/agent/fetcher/sandbox_work.h"

namespace meseta::agent {

using Uri = mesos::v1::CommandInfo::URI;
using containerizer::FileDescriptor;

struct Fetcher::Private
{
    struct Job
    {
        FetchRequest request;
        Done done;
        std::optional<UserIds> user;
        int next = 0; ///< index of the URI at hand
        std::string cacheKey; ///< held for the URI at hand
        std::unique_ptr<Download, void (*)(Download *)> download{
            nullptr, [](Download *d) { d->deleteLater(); }};
    };
    using JobId = std::uint64_t;

    Private(FetcherOptions o, Fetcher *q)
        : options(std::move(o)), cache(options.cacheDirectory, options.cacheBytes), context(q)
    {
        workers.setMaxThreadCount(2);
    }

    void start(JobId id);
    void fetchNext(JobId id);
    Result<> begin(JobId id, Job &job, const Uri &uri);
    Result<> beginCached(JobId id, Job &job, const Uri &uri, const FetchSource &source,
                         SandboxWork work);
    Result<> fillCache(const std::string &key, const std::string &path, const FetchSource &source,
                       const std::optional<UserIds> &user);
    Result<> beginDownload(JobId id, Job &job, const FetchSource &source, SandboxWork work);
    SandboxWork workFor(const Job &job, const Uri &uri) const;
    void runWork(JobId id, SandboxWork work, std::string cacheKey = {});
    void onWorker(std::function<Result<std::uint64_t>()> work,
                  std::function<void(Result<std::uint64_t>)> done);
    std::unique_ptr<Download> download(const std::string &url, FileDescriptor target,
                                       Download::Done done);
    void stepDone(JobId id, Result<> result);
    void end(JobId id, Result<> result);

    FetcherOptions options;
    FetchCache cache;
    Fetcher *context;
    std::unique_ptr<QNetworkAccessManager> network; ///< made when first needed
    std::map<JobId, Job> jobs;
    std::map<std::string, std::unique_ptr<Download>> cacheDownloads;
    JobId nextJob = 1;
    FetcherStatistics statistics;
    QThreadPool workers;
};

void Fetcher::Private::start(JobId id)
{
    Job &job = jobs.at(id);
    if (!job.request.user.empty()) {
        auto user = lookUpUser(job.request.user);
        if (!user) {
            end(id, fail(user.error()));
            return;
        }
        job.user = std::move(*user);
    }
    fetchNext(id);
}

void Fetcher::Private::fetchNext(JobId id)
{
    Job &job = jobs.at(id);
    if (job.next >= static_cast<int>(job.request.uris.size())) {
        end(id, {});
        return;
    }
    const Uri &uri = job.request.uris[static_cast<std::size_t>(job.next)];
    auto begun = begin(id, job, uri);
    if (!begun)
        stepDone(id, std::move(begun));
}

Result<> Fetcher::Private::begin(JobId id, Job &job, const Uri &uri)
{
    if (auto valid = validateUri(uri); !valid)
        return valid;
    const auto source = sourceOf(uri, options.frameworksHome);
    if (!source)
        return fail(source.error());
    SandboxWork work = workFor(job, uri);
    if (uri.cache() && cache.isEnabled())
        return beginCached(id, job, uri, *source, std::move(work));
    if (source->isRemote)
        return beginDownload(id, job, *source, std::move(work));
    work.localSource = source->location;
    runWork(id, std::move(work));
    return {};
}

SandboxWork Fetcher::Private::workFor(const Job &job, const Uri &uri) const
{
    SandboxWork work;
    work.sandbox = job.request.sandbox;
    work.name = *sandboxName(uri);
    work.user = job.user;
    work.executable = uri.executable();
    work.extract = uri.extract();
    work.maxBytes = options.maxUriBytes;
    return work;
}

Result<> Fetcher::Private::beginCached(JobId id, Job &job, const Uri &uri,
                                       const FetchSource &source, SandboxWork work)
{
    const std::string key = job.request.user + " " + uri.value();
    job.cacheKey = key;
    const auto user = job.user;
    auto path = cache.acquire(key, job.request.user, work.name,
                              [this, id, key, work](Result<std::string> file) mutable {
                                  const bool wanted = jobs.contains(id);
                                  if (!file) {
                                      if (wanted) {
                                          jobs.at(id).cacheKey.clear();
                                          stepDone(id, fail(file.error()));
                                      }
                                      return;
                                  }
                                  if (!wanted) {
                                      cache.release(key);
                                      return;
                                  }
                                  work.cachedFile = *file;
                                  runWork(id, std::move(work), key);
                              });
    if (!path) {
        job.cacheKey.clear();
        return fail(path.error());
    }
    if (!*path)
        return {};
    if (auto filling = fillCache(key, **path, source, user); !filling)
        cache.fetched(key, fail(filling.error())); // tells this job, too
    return {};
}

Result<> Fetcher::Private::fillCache(const std::string &key, const std::string &path,
                                     const FetchSource &source, const std::optional<UserIds> &user)
{
    auto target = createFile(AT_FDCWD, path, 0600);
    if (!target)
        return fail(target.error());
    if (source.isRemote) {
        cacheDownloads[key] =
            download(source.location, std::move(*target), [this, key](Result<std::uint64_t> bytes) {
                cacheDownloads.extract(key).mapped().release()->deleteLater();
                cache.fetched(key, std::move(bytes));
            });
        return {};
    }
    const auto file = std::make_shared<FileDescriptor>(std::move(*target));
    onWorker(
        [file, user, location = source.location,
         limit = options.maxUriBytes]() -> Result<std::uint64_t> {
            const FileIdentity identity(user);
            const FileDescriptor from(::open(location.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
            if (!from.valid())
                return fail("cannot read " + location + ": " + std::strerror(errno));
            if (auto copied = copyAll(from.get(), file->get(), limit); !copied)
                return fail(copied.error());
            return static_cast<std::uint64_t>(::lseek(file->get(), 0, SEEK_CUR));
        },
        [this, key](Result<std::uint64_t> bytes) { cache.fetched(key, std::move(bytes)); });
    return {};
}

Result<> Fetcher::Private::beginDownload(JobId id, Job &job, const FetchSource &source,
                                         SandboxWork work)
{
    work.temporary = ".fetching-" + std::to_string(job.next);
    const FileIdentity identity(job.user);
    const FileDescriptor sandbox(
        ::open(job.request.sandbox.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto target = createFile(sandbox.get(), work.temporary, 0600);
    if (!target)
        return fail(target.error().within("in the sandbox " + job.request.sandbox));
    job.download.reset(download(source.location, std::move(*target),
                                [this, id, work](Result<std::uint64_t> bytes) {
                                    jobs.at(id).download.reset();
                                    if (bytes) {
                                        runWork(id, work);
                                        return;
                                    }
                                    ::unlink((work.sandbox + "/" + work.temporary).c_str());
                                    stepDone(id, fail(bytes.error()));
                                })
                           .release());
    return {};
}

std::unique_ptr<Download> Fetcher::Private::download(const std::string &url, FileDescriptor target,
                                                     Download::Done done)
{
    if (!network)
        network = std::make_unique<QNetworkAccessManager>();
    return std::make_unique<Download>(
        *network, QUrl(QString::fromStdString(url)), std::move(target),
        Download::Limits{options.maxUriBytes, options.stallTimeout}, std::move(done));
}

void Fetcher::Private::runWork(JobId id, SandboxWork work, std::string cacheKey)
{
    onWorker(
        [work = std::move(work)]() -> Result<std::uint64_t> {
            auto ran = work.run();
            if (!ran)
                return fail(ran.error());
            return 0;
        },
        [this, id, cacheKey = std::move(cacheKey)](Result<std::uint64_t> result) {
            if (jobs.contains(id))
                stepDone(id, result ? Result<>() : fail(result.error()));
            else if (!cacheKey.empty())
                cache.release(cacheKey); // cancelled meanwhile
        });
}

void Fetcher::Private::onWorker(std::function<Result<std::uint64_t>()> work,
                                std::function<void(Result<std::uint64_t>)> done)
{
    workers.start([this, work = std::move(work), done = std::move(done)] {
        QMetaObject::invokeMethod(
            context, [done, result = work()] { done(result); }, Qt::QueuedConnection);
    });
}

void Fetcher::Private::stepDone(JobId id, Result<> result)
{
    Job &job = jobs.at(id);
    if (!job.cacheKey.empty())
        cache.release(std::exchange(job.cacheKey, {}));
    if (!result) {
        const auto &uri = job.request.uris[static_cast<std::size_t>(job.next)].value();
        const auto &message = result.error().message;
        end(id,
            fail(message.find("'" + uri + "'") != std::string::npos
                     ? message
                     : "fetching '" + uri + "': " + message));
        return;
    }
    ++job.next;
    fetchNext(id);
}

void Fetcher::Private::end(JobId id, Result<> result)
{
    const auto node = jobs.extract(id);
    ++(result ? statistics.succeeded : statistics.failed);
    node.mapped().done(std::move(result));
}

Fetcher::Fetcher(FetcherOptions options, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(std::move(options), this))
{ }

Fetcher::~Fetcher()
{
    d->jobs.clear();
    d->workers.waitForDone();
}

void Fetcher::fetch(FetchRequest request, Done done)
{
    const auto id = d->nextJob++;
    Private::Job job;
    job.request = std::move(request);
    job.done = std::move(done);
    d->jobs.emplace(id, std::move(job));
    QMetaObject::invokeMethod(
        this,
        [this, id] {
            if (d->jobs.contains(id))
                d->start(id);
        },
        Qt::QueuedConnection);
}

void Fetcher::cancel(const std::string &containerId)
{
    for (auto job = d->jobs.begin(); job != d->jobs.end();) {
        if (job->second.request.containerId != containerId) {
            ++job;
            continue;
        }
        job = d->jobs.erase(job);
    }
}

FetcherStatistics Fetcher::statistics() const
{
    FetcherStatistics statistics = d->statistics;
    statistics.cacheBytesTotal = d->cache.isEnabled() ? d->cache.capacity() : 0;
    statistics.cacheBytesUsed = d->cache.used();
    return statistics;
}

} // namespace meseta::agent
