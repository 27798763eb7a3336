#include "daemons/agent/operator_api/container_streams.h"

#include <csignal>

#include "daemons/agent/core/agent.h"
#include "daemons/agent/operator_api/attached_output.h"
#include "daemons/agent/operator_api/container_ids.h"
#include "daemons/containerizer/attachment.h"

namespace meseta::agent {

using http::Response;
using mesos::v1::ContainerID;

namespace {

Response text(int status, const std::string &words)
{
    return Response::text(status, QByteArray::fromStdString(words));
}

QByteArray nameOf(codec::MediaType type)
{
    const std::string_view name = codec::mediaTypeName(type);
    return {name.data(), static_cast<qsizetype>(name.size())};
}

} // namespace

ContainerStreams::ContainerStreams(Agent &agent, Clock &clock, Duration heartbeat)
    : m_agent(agent)
    , m_clock(clock)
    , m_heartbeat(heartbeat)
    , m_writers(std::make_shared<std::set<std::string>>())
{ }

Containerizer *ContainerStreams::containerizerOf(const ContainerID &id) const
{
    if (const Executor *executor = m_agent.state().executorByContainer(id.value());
        executor && !id.has_parent())
        return executor->containerLaunched ? executor->containerizer : nullptr;
    return m_agent.nested().containerizerOf(containerKey(id));
}

ContainerStreams::Socket ContainerStreams::join(const ContainerID &id,
                                                Containerizer::Stream stream) const
{
    const std::string key = containerKey(id);
    const std::string &root = outermost(id).value();
    const Executor *executor = m_agent.state().executorByContainer(root);
    if (!executor && !m_agent.nested().running(root))
        return tl::unexpected(text(404, "Container " + key + " cannot be found"));
    Containerizer *containerizer = containerizerOf(id);
    if (!containerizer && executor && executor->isDefault && !id.has_parent()) // has no command
        return tl::unexpected(text(500, "I/O switchboard server was disabled for this container"));
    if (!containerizer)
        return tl::unexpected(text(500, "Unknown container " + key));
    auto socket = containerizer->attach(key, stream);
    if (!socket)
        return tl::unexpected(text(500, socket.error().message));
    return std::move(*socket);
}

void ContainerStreams::attachOutput(const ContainerID &id, const CallForm &form,
                                    const Responder &responder)
{
    stream(id, form, responder, nullptr);
}

void ContainerStreams::openSession(const ContainerID &id, const CallForm &form,
                                   const Responder &responder)
{
    const auto end = [this, key = containerKey(id)] { m_agent.nested().signal(key, SIGKILL); };
    if (!stream(id, form, responder, end))
        end();
}

bool ContainerStreams::isCrowded(const std::string &key) const
{
    const auto readers = m_outputs.findChildren<AttachedOutput *>(QString::fromStdString(key),
                                                                  Qt::FindDirectChildrenOnly);
    return readers.size() >= qsizetype(containerizer::maxOutputReaders);
}

bool ContainerStreams::stream(const ContainerID &id, const CallForm &form,
                              const Responder &responder, std::function<void()> clientGone)
{
    const std::string key = containerKey(id);
    if (isCrowded(key)) {
        responder->send(text(503,
                             "Container " + key + " has "
                                 + std::to_string(containerizer::maxOutputReaders)
                                 + " readers of its output already; try again when one has left"));
        return false;
    }
    auto socket = join(id, Containerizer::Stream::Output);
    if (!socket) {
        responder->send(std::move(socket.error()));
        return false;
    }
    Response head{200, {{"Content-Type", nameOf(form.accept)}}, {}};
    if (form.accept == codec::MediaType::RecordIo)
        head.headers.add("Message-Content-Type", nameOf(form.messageAccept));
    AttachedOutput::Options options;
    options.type = form.messageAccept;
    options.session = clientGone != nullptr;
    options.heartbeat = m_heartbeat;
    options.clientGone = std::move(clientGone);
    auto *output = new AttachedOutput(std::move(*socket), responder->stream(std::move(head)),
                                      std::move(options), m_clock);
    output->setObjectName(QString::fromStdString(key));
    output->setParent(&m_outputs);
    return true;
}

tl::expected<JoinedInput, Response> ContainerStreams::joinInput(const ContainerID &id)
{
    const std::string key = containerKey(id);
    if (m_writers->contains(key))
        return tl::unexpected(text(409,
                                   "Somebody writes to container " + key
                                       + " already, and one at a time may; try again when they "
                                         "have left"));
    auto socket = join(id, Containerizer::Stream::Input);
    if (!socket)
        return tl::unexpected(std::move(socket.error()));
    m_writers->insert(key);
    JoinedInput joined{std::move(*socket), nullptr};
    joined.claim =
        std::shared_ptr<void>(nullptr, [writers = m_writers, key](void *) { writers->erase(key); });
    return joined;
}

} // namespace meseta::agent
