#include "tests/daemons/master/support/recording_outbox.h"

#include "common/resources/resources.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::master::test {

namespace {

using mesos::v1::scheduler::Event;

std::string describe(const mesos::v1::TaskStatus &status)
{
    std::string text = status.task_id().value() + " " + mesos::v1::TaskState_Name(status.state());
    if (status.has_reason())
        text += " " + mesos::v1::TaskStatus::Reason_Name(status.reason());
    if (status.has_source())
        text += " by " + mesos::v1::TaskStatus::Source_Name(status.source()).substr(7);
    return text + (status.has_uuid() ? " to acknowledge" : "");
}

std::string describe(const mesos::v1::Offer &offer)
{
    return offer.id().value() + " of " + offer.agent_id().value() + " "
        + Resources(offer.resources()).unallocated().text();
}

std::string describe(const Event &event)
{
    std::string text = Event::Type_Name(event.type());
    switch (event.type()) {
    case Event::SUBSCRIBED:
        return text + " " + event.subscribed().framework_id().value();
    case Event::OFFERS:
        for (const auto &offer : event.offers().offers())
            text += " " + describe(offer);
        return text;
    case Event::RESCIND:
        return text + " " + event.rescind().offer_id().value();
    case Event::UPDATE:
        return text + " " + describe(event.update().status());
    case Event::UPDATE_OPERATION_STATUS:
        return text + " " + event.update_operation_status().status().operation_id().value() + " "
            + mesos::v1::OperationState_Name(event.update_operation_status().status().state());
    case Event::MESSAGE:
        return text + " " + event.message().data();
    case Event::FAILURE:
        text += " " + event.failure().agent_id().value();
        return event.failure().has_executor_id()
            ? text + " " + event.failure().executor_id().value() + " "
                + std::to_string(event.failure().status())
            : text;
    case Event::ERROR:
        return text + " " + event.error().message();
    default:
        return text;
    }
}

template <typename Message> Message parsed(const std::string &body)
{
    Message message;
    message.ParseFromString(body);
    return message;
}

/// What matters of a message, after its name.
std::string details(const std::string &name, const std::string &body)
{
    using namespace mesos::internal;
    if (name == "RunTaskMessage") {
        const auto message = parsed<RunTaskMessage>(body);
        return " " + message.task().task_id().value()
            + (message.launch_executor() ? " launch_executor" : "");
    }
    if (name == "RunTaskGroupMessage")
        return " " + std::to_string(parsed<RunTaskGroupMessage>(body).task_group().tasks_size())
            + " tasks";
    if (name == "KillTaskMessage")
        return " " + parsed<KillTaskMessage>(body).task_id().value();
    if (name == "SlaveRegisteredMessage")
        return " " + parsed<SlaveRegisteredMessage>(body).slave_id().value();
    if (name == "SlaveReregisteredMessage")
        return " " + parsed<SlaveReregisteredMessage>(body).slave_id().value();
    if (name == "PingSlaveMessage")
        return parsed<PingSlaveMessage>(body).connected() ? " connected" : " disconnected";
    if (name == "StatusUpdateAcknowledgementMessage")
        return " " + parsed<StatusUpdateAcknowledgementMessage>(body).task_id().value();
    if (name == "StatusUpdateMessage")
        return " " + describe(parsed<StatusUpdateMessage>(body).update().status());
    if (name == "ShutdownMessage")
        return " " + parsed<ShutdownMessage>(body).message();
    if (name == "FrameworkErrorMessage")
        return " " + parsed<FrameworkErrorMessage>(body).message();
    if (name == "FrameworkRegisteredMessage")
        return " " + parsed<FrameworkRegisteredMessage>(body).framework_id().value();
    if (name == "FrameworkReregisteredMessage")
        return " " + parsed<FrameworkReregisteredMessage>(body).framework_id().value();
    if (name == "ResourceOffersMessage") {
        std::string text;
        const auto message = parsed<ResourceOffersMessage>(body);
        for (const auto &offer : message.offers())
            text += " " + describe(offer);
        return text;
    }
    return {};
}

} // namespace

void RecordingOutbox::send(const std::string &from, const messages::Pid &to,
                           const std::string &name, std::string body)
{
    const std::string shortName = name.substr(name.rfind('.') + 1);
    note(to.text() + ": " + shortName + details(shortName, body));
    posts.push_back({from, to, name, std::move(body)});
}

void RecordingOutbox::sendEvent(StreamHandle stream, const Event &event)
{
    note("stream " + std::to_string(stream) + ": " + describe(event));
    events[stream].push_back(event);
}

std::vector<std::string> RecordingOutbox::take()
{
    std::vector<std::string> lines;
    for (std::string &line : m_lines) {
        if (!line.starts_with("link ") && !line.starts_with("unlink "))
            lines.push_back(std::move(line));
    }
    m_lines.clear();
    return lines;
}

} // namespace meseta::master::test
