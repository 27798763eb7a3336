#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <QElapsedTimer>
#include <QHash>
#include <QObject>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/agent/images/reference/image_reference.h"

namespace meseta::http {
class Exchange;
}

namespace meseta::agent {

class DockerEngine;

/// How far a pull is, over all layers.
struct PullProgress
{
    std::string message; ///< "Pulling redis:latest: 2 of 5 layers, 12MB of 40MB"
    std::uint64_t doneBytes = 0;
    std::uint64_t totalBytes = 0;
};

/// Adds up what the engine tells of the layers of one image (the JSON lines of POST
/// /images/create).
class PullStream
{
public:
    explicit PullStream(std::string image) : m_image(std::move(image)) { }

    /// Takes a piece of the stream, of any size.
    void feed(const QByteArray &bytes);

    PullProgress progress() const;
    /// The engine's words when the pull failed.
    const std::optional<std::string> &error() const { return m_error; }

private:
    struct Layer
    {
        std::uint64_t done = 0;
        std::uint64_t total = 0;
        bool complete = false;
    };
    void take(const QJsonObject &line);

    std::string m_image;
    QByteArray m_text;
    QHash<QString, Layer> m_layers;
    std::optional<std::string> m_error;
};

/// Pulls images; those who want the same image at the same time share one pull.
class ImagePuller : public QObject
{
    Q_OBJECT
public:
    struct Request
    {
        ImageReference image;
        QByteArray auth; ///< X-Registry-Auth, may be empty
        std::function<void(const PullProgress &)> progress;
        std::function<void(Result<>)> done;
    };
    using Ticket = std::uint64_t;

    /// `silence`: a pull that tells nothing for so long has failed.
    ImagePuller(DockerEngine &engine, Duration silence, QObject *parent = nullptr);
    ~ImagePuller() override;

    Ticket pull(Request request);
    /// Leaves a pull; the last one to leave stops it. `done` is not called any more.
    void cancel(Ticket ticket);

    /// Told how long each pull took, however it ended.
    std::function<void(Duration)> onPull = {};

private:
    struct Pull;
    void measured(const Pull &pull) const;
    void begin(const std::string &key, const Request &request);
    void feed(const std::string &key, const QByteArray &bytes);
    void end(const std::string &key, Result<> result);

    DockerEngine &m_engine;
    Duration m_silence;
    Ticket m_nextTicket = 1;
    std::map<std::string, std::unique_ptr<Pull>> m_pulls;
};

} // namespace meseta::agent
