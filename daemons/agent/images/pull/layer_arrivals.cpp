#include "daemons/agent/images/pull/layer_arrivals.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <QThread>

#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/checkpoint/crash_point.h"
#include "daemons/agent/images/registry/registry_fetch.h"
#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/agent/images/unpack/unpack_layer.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr int downloadsAtOnce = 4;

/// What a worker needs to make a layer of an archive.
struct UnpackWork
{
    LayerStore *store;
    std::string staged;
    std::shared_ptr<FileDescriptor> file;
    PackedLayer packed;
    Digest diffId;
    bool isAci = false;
    ImageLimits limits;
    std::stop_token stop;

    Result<> run() const
    {
        auto done = unpackAndInstall();
        if (!done)
            static_cast<void>(removeTree(staged)); // or at the next start
        return done;
    }

private:
    Result<> unpackAndInstall() const
    {
        const std::string target = staged + (isAci ? "/aci" : "/rootfs");
        if (::mkdir(target.c_str(), 0755) != 0 || ::chmod(target.c_str(), 0755) != 0)
            return fail("cannot make the folder " + target + ": " + std::strerror(errno));
        auto unpacked = unpackLayer(packed, target, limits, stop, diffId.algorithm);
        if (!unpacked)
            return fail(unpacked.error().within("unpacking the layer " + diffId.text()));
        if (unpacked->diffId != diffId)
            return fail("the layer is not what the image's config says: its digest is "
                        + unpacked->diffId.text() + " instead of " + diffId.text());
        if (auto sorted = isAci ? sortAci() : Result<>(); !sorted)
            return sorted;
        ::unlink((staged + "/blob").c_str());
        return store->install(
            staged, diffId.fileName(),
            {unpacked->bytes, unpacked->describesRoot || isAci, unpacked->hasWhiteouts,
             isAci ? std::vector<std::string>() : std::move(unpacked->impliedFolders)});
    }

    /// Takes from an appc image what belongs in the store, and nothing that only looks like it.
    Result<> sortAci() const
    {
        const auto take = [this](const char *name, mode_t kind) {
            struct stat status
            { };
            const std::string path = staged + "/aci/" + name;
            return ::lstat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == kind
                && ::rename(path.c_str(), (staged + "/" + name).c_str()) == 0;
        };
        if (!take("rootfs", S_IFDIR))
            return fail("the appc image has no folder rootfs");
        if (!take("manifest", S_IFREG))
            return fail("the appc image has no file manifest");
        return removeTree(staged + "/aci");
    }
};

} // namespace

struct LayerArrivals::Job
{
    enum class State { Waiting, Downloading, Unpacking };
    struct Waiting
    {
        LayerOrder order;
        Listener listener;
    };

    State state = State::Waiting;
    std::map<Ticket, Waiting> waiting;
    LayerOrder order; ///< the one that is followed
    std::string staged;
    std::unique_ptr<BlobSink> sink;
    FetchHandle fetch;
    std::stop_source stop;
};

LayerArrivals::LayerArrivals(LayerStore &store, ImageLimits limits, QObject *parent)
    : QObject(parent), m_store(store), m_limits(limits)
{
    m_workers.setMaxThreadCount(std::max(2, QThread::idealThreadCount()));
    m_workers.setExpiryTimeout(5000);
}

LayerArrivals::~LayerArrivals()
{
    for (auto &[id, job] : m_jobs)
        job->stop.request_stop();
    m_workers.waitForDone();
}

LayerArrivals::Ticket LayerArrivals::order(LayerOrder order, Listener listener)
{
    const Ticket ticket = m_nextTicket++;
    const std::string id = order.id();
    auto &job = m_jobs[id];
    if (!job) {
        job = std::make_unique<Job>();
        m_queue.push_back(id);
        QMetaObject::invokeMethod(this, &LayerArrivals::startNext, Qt::QueuedConnection);
    }
    job->waiting.emplace(ticket, Job::Waiting{std::move(order), std::move(listener)});
    return ticket;
}

void LayerArrivals::startNext()
{
    while (!m_queue.empty() && m_downloads < downloadsAtOnce) {
        const std::string id = std::move(m_queue.front());
        m_queue.pop_front();
        const auto job = m_jobs.find(id);
        if (job != m_jobs.end() && job->second->state == Job::State::Waiting)
            start(id, *job->second);
    }
}

void LayerArrivals::start(const std::string &id, Job &job)
{
    if (m_store.holds(id))
        return ended(id, {});
    job.order = job.waiting.begin()->second.order;
    auto staged = m_store.stage();
    if (!staged)
        return ended(id, fail(staged.error()));
    job.staged = std::move(*staged);
    if (!job.order.session)
        return unpack(id, job);
    if (auto started = startDownload(id, job); !started)
        ended(id, std::move(started));
}

Result<> LayerArrivals::startDownload(const std::string &id, Job &job)
{
    const Descriptor &blob = job.order.blob;
    auto sink = BlobSink::create(job.staged + "/blob", blob.size, blob.digest);
    if (!sink)
        return fail(sink.error());
    job.sink = std::move(*sink);
    job.state = Job::State::Downloading;
    ++m_downloads;
    const auto &location = job.order.session->location();
    RegistryFetch::What what;
    what.url = location.registry.url(QStringLiteral("/v2/") + location.repository
                                     + QStringLiteral("/blobs/")
                                     + QString::fromStdString(blob.digest.text()));
    if (!blob.urls.empty()) {
        what.url = QUrl(blob.urls.front());
        what.withCredentials = false;
    }
    what.name = "the layer " + blob.digest.text();
    job.fetch.reset(new RegistryFetch(
        *job.order.session, std::move(what), *job.sink,
        [this, id](const Result<http::Headers> &result) { downloaded(id, result); }));
    connect(job.fetch.get(), &RegistryFetch::progressed, this, [this, id] {
        const Job &current = *m_jobs.at(id);
        const auto taken = current.sink->taken();
        crashPoint("during", "layer-download");
        std::vector<std::function<void(std::uint64_t)>> listeners; // who may cancel when told
        for (const auto &[ticket, waiting] : current.waiting)
            listeners.push_back(waiting.listener.progress);
        for (const auto &listener : listeners)
            listener(taken);
    });
    return {};
}

void LayerArrivals::downloaded(const std::string &id, const Result<http::Headers> &result)
{
    Job &job = *m_jobs.at(id);
    --m_downloads;
    job.fetch.reset();
    auto verified = result ? job.sink->verify() : fail(result.error());
    if (verified) {
        job.order.file = std::make_shared<FileDescriptor>(job.sink->releaseFile());
        unpack(id, job);
    } else {
        job.state = Job::State::Waiting;
        ended(id, std::move(verified));
    }
    startNext();
}

void LayerArrivals::unpack(const std::string &id, Job &job)
{
    job.state = Job::State::Unpacking;
    const UnpackWork work{
        &m_store,         job.staged,
        job.order.file,   {job.order.file->get(), job.order.offset, job.order.size},
        job.order.diffId, job.order.isAci,
        m_limits,         job.stop.get_token()};
    m_workers.start([this, id, work, stop = job.stop.get_token()] {
        auto result = work.run();
        QMetaObject::invokeMethod(
            this,
            [this, id, stop, result = std::move(result)] {
                if (!stop.stop_requested()) // cancelled ones are out of the list
                    ended(id, result);
            },
            Qt::QueuedConnection);
    });
}

/// Tells those who ordered from where it was tried; others get their own source tried.
void LayerArrivals::ended(const std::string &id, Result<> result)
{
    const auto node = m_jobs.extract(id);
    Job &job = *node.mapped();
    std::vector<Job::Waiting> told;
    auto again = std::make_unique<Job>();
    for (auto &[ticket, waiting] : job.waiting) {
        const bool same = waiting.order.session == job.order.session;
        if (result || same || job.staged.empty())
            told.push_back(std::move(waiting));
        else
            again->waiting.emplace(ticket, std::move(waiting));
    }
    if (!result)
        drop(job);
    if (!again->waiting.empty()) {
        m_jobs.emplace(id, std::move(again));
        m_queue.push_back(id);
        startNext();
    }
    for (const auto &waiting : told)
        waiting.listener.done(result);
}

void LayerArrivals::cancel(Ticket ticket)
{
    for (auto entry = m_jobs.begin(); entry != m_jobs.end(); ++entry) {
        Job &job = *entry->second;
        if (job.waiting.erase(ticket) == 0)
            continue;
        if (job.waiting.empty()) {
            job.stop.request_stop();
            drop(job);
            m_jobs.erase(entry);
            startNext();
        }
        return;
    }
}

/// Takes away what an unfinished job has on disk.
void LayerArrivals::drop(Job &job)
{
    if (job.state == Job::State::Downloading)
        --m_downloads;
    job.fetch.reset();
    if (job.state != Job::State::Unpacking && !job.staged.empty())
        m_workers.start([staged = job.staged] { static_cast<void>(removeTree(staged)); });
}

} // namespace meseta::agent
