#pragma once

#include <memory>
#include <vector>

#include "common/http/server.h"

namespace meseta::http {

class ServerConnection;
class StreamHandle;

/// One request's place in the order of a connection's answers. Shared by the connection and by
/// whoever answers; whichever goes first leaves the other harmless.
struct Place
{
    /// Packing: answered, but a worker thread still compresses the body.
    enum class State { Waiting, Packing, Streaming, Complete };

    ServerConnection *connection = nullptr; ///< nothing once the connection is gone
    State state = State::Waiting;
    bool keepAlive = true;
    bool headOnly = false;
    bool http10 = false;
    bool saidKeepAlive = false;
    bool gzipAdmitted = false;
    bool wantsContinue = false;
    bool chunked = true;
    bool refused = false; ///< ours, and the connection closes after it
    std::vector<QByteArray> held; ///< bytes of the answer while earlier answers are still due
    qint64 heldBytes = 0;
    std::weak_ptr<StreamHandle> stream;
};

/// What a handler gets to answer with.
class PlaceResponder final : public Responder
{
public:
    explicit PlaceResponder(std::shared_ptr<Place> place) : m_place(std::move(place)) { }
    ~PlaceResponder() override;
    void send(Response response) override;
    std::shared_ptr<ResponseStream> stream(Response head) override;

private:
    std::shared_ptr<Place> m_place;
};

class StreamHandle final : public ResponseStream
{
public:
    explicit StreamHandle(std::shared_ptr<Place> place) : m_place(std::move(place)) { }
    ~StreamHandle() override;
    bool write(const QByteArray &chunk) override;
    void end() override;
    void abort() override;
    bool isOpen() const override;
    qint64 backlog() const override;

private:
    std::shared_ptr<Place> m_place;
};

/// A stream for those who answer HEAD or come too late: closed from the start.
class ClosedStream final : public ResponseStream
{
public:
    bool write(const QByteArray &) override { return false; }
    void end() override { }
    void abort() override { }
    bool isOpen() const override { return false; }
    qint64 backlog() const override { return 0; }
};

} // namespace meseta::http
