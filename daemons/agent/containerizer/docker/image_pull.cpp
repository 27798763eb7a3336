#include "daemons/agent/containerizer/docker/image_pull.h"

#include <QJsonDocument>

#include "daemons/agent/containerizer/docker/engine.h"

namespace meseta::agent {

namespace {

constexpr qsizetype maxLineBytes = 1 << 20;
constexpr int maxLayers = 1000;
constexpr qint64 progressIntervalMs = 500;

std::string megabytes(std::uint64_t bytes)
{
    return QString::number(static_cast<double>(bytes) / (1 << 20), 'f', 1).toStdString() + "MB";
}

} // namespace

void PullStream::feed(const QByteArray &bytes)
{
    m_text += bytes;
    qsizetype start = 0;
    for (qsizetype end = 0; (end = m_text.indexOf('\n', start)) >= 0; start = end + 1)
        take(QJsonDocument::fromJson(m_text.mid(start, end - start)).object());
    m_text.remove(0, start);
    if (m_text.size() > maxLineBytes) {
        m_error = "a line of the engine's answer is larger than 1 MB";
        m_text.clear();
    }
}

void PullStream::take(const QJsonObject &line)
{
    if (line.contains(u"error") || line.contains(u"errorDetail")) {
        const auto detail = line.value(u"errorDetail").toObject().value(u"message").toString();
        m_error = (detail.isEmpty() ? line.value(u"error").toString() : detail).toStdString();
        return;
    }
    const QString id = line.value(u"id").toString(), status = line.value(u"status").toString();
    // "Pulling from library/redis" carries the tag as id.
    if (id.isEmpty() || status.startsWith(u"Pulling from")
        || (!m_layers.contains(id) && m_layers.size() >= maxLayers))
        return;
    Layer &layer = m_layers[id];
    const auto detail = line.value(u"progressDetail").toObject();
    if (status == u"Downloading" && detail.contains(u"total")) {
        layer.total = static_cast<std::uint64_t>(detail.value(u"total").toDouble());
        layer.done = static_cast<std::uint64_t>(detail.value(u"current").toDouble());
    } else if (status == u"Download complete" || status == u"Pull complete"
               || status == u"Already exists") {
        layer.done = layer.total;
        layer.complete = status != u"Download complete";
    }
}

PullProgress PullStream::progress() const
{
    PullProgress progress;
    int complete = 0;
    for (const Layer &layer : m_layers) {
        progress.doneBytes += std::min(layer.done, layer.total);
        progress.totalBytes += layer.total;
        complete += layer.complete ? 1 : 0;
    }
    progress.message = "Pulling " + m_image;
    if (!m_layers.isEmpty())
        progress.message +=
            ": " + std::to_string(complete) + " of " + std::to_string(m_layers.size()) + " layers";
    if (progress.totalBytes > 0)
        progress.message +=
            ", " + megabytes(progress.doneBytes) + " of " + megabytes(progress.totalBytes);
    return progress;
}

struct ImagePuller::Pull
{
    explicit Pull(const ImageReference &i) : image(i), stream(i.full()) { }

    ImageReference image;
    PullStream stream;
    std::map<Ticket, Request> waiting;
    http::Exchange *exchange = nullptr;
    int status = 0;
    QByteArray refusal;
    QElapsedTimer lastTold;
    QElapsedTimer running;
};

ImagePuller::ImagePuller(DockerEngine &engine, Duration silence, QObject *parent)
    : QObject(parent), m_engine(engine), m_silence(silence)
{ }

ImagePuller::~ImagePuller()
{
    for (const auto &[key, pull] : m_pulls)
        delete pull->exchange;
}

ImagePuller::Ticket ImagePuller::pull(Request request)
{
    const std::string key = request.image.full() + " " + request.auth.toStdString();
    if (!m_pulls.contains(key))
        begin(key, request);
    const Ticket ticket = m_nextTicket++;
    m_pulls.at(key)->waiting.emplace(ticket, std::move(request));
    return ticket;
}

void ImagePuller::cancel(Ticket ticket)
{
    for (auto entry = m_pulls.begin(); entry != m_pulls.end(); ++entry) {
        Pull &pull = *entry->second;
        if (pull.waiting.erase(ticket) == 0 || !pull.waiting.empty())
            continue;
        measured(pull);
        pull.exchange->disconnect(this);
        pull.exchange->deleteLater();
        m_pulls.erase(entry);
        return;
    }
}

void ImagePuller::begin(const std::string &key, const Request &request)
{
    auto pull = std::make_unique<Pull>(request.image);
    pull->running.start();
    http::Headers headers;
    if (!request.auth.isEmpty())
        headers.set("X-Registry-Auth", request.auth);
    const QByteArray target = "/images/create?fromImage="
        + QByteArray::fromStdString(request.image.nameWithoutTag()).toPercentEncoding()
        + "&tag=" + QByteArray::fromStdString(request.image.tagOrDigest()).toPercentEncoding();
    pull->exchange = m_engine.open("POST", target, {}, headers, m_silence).release();
    connect(pull->exchange, &http::Exchange::head, this,
            [raw = pull.get()](const http::Response &head) { raw->status = head.status; });
    connect(pull->exchange, &http::Exchange::data, this,
            [this, key](const QByteArray &bytes) { feed(key, bytes); });
    connect(pull->exchange, &http::Exchange::finished, this, [this, key] {
        const Pull &p = *m_pulls.at(key);
        if (p.status != 200)
            end(key, fail(DockerReply{p.status, p.refusal}.message()));
        else if (p.stream.error())
            end(key, fail(*p.stream.error()));
        else
            end(key, {});
    });
    connect(pull->exchange, &http::Exchange::failed, this, [this, key](const QString &reason) {
        end(key, fail(m_engine.name() + " broke off: " + reason.toStdString()));
    });
    m_pulls.emplace(key, std::move(pull));
}

void ImagePuller::feed(const std::string &key, const QByteArray &bytes)
{
    Pull &pull = *m_pulls.at(key);
    if (pull.status != 200) {
        pull.refusal += bytes.left(4096 - std::min<qsizetype>(pull.refusal.size(), 4096));
        return;
    }
    pull.stream.feed(bytes);
    if (pull.lastTold.isValid() && pull.lastTold.elapsed() < progressIntervalMs)
        return;
    pull.lastTold.start();
    const auto progress = pull.stream.progress();
    std::vector<std::function<void(const PullProgress &)>> listeners;
    for (const auto &[ticket, request] : pull.waiting)
        listeners.push_back(request.progress);
    for (const auto &tell : listeners)
        tell(progress);
}

void ImagePuller::measured(const Pull &pull) const
{
    if (onPull)
        onPull(std::chrono::nanoseconds(pull.running.nsecsElapsed()));
}

void ImagePuller::end(const std::string &key, Result<> result)
{
    const auto node = m_pulls.extract(key);
    Pull &pull = *node.mapped();
    measured(pull);
    pull.exchange->disconnect(this);
    pull.exchange->deleteLater();
    if (!result)
        result = fail(result.error().within("pulling the image " + pull.image.full()));
    for (const auto &[ticket, request] : pull.waiting) {
        if (result)
            request.progress(pull.stream.progress());
        request.done(result);
    }
}

} // namespace meseta::agent
