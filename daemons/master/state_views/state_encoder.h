#pragma once

#include <optional>
#include <string>

#include <QByteArray>

#include "common/codec/media_type.h"
#include "daemons/master/state_views/answer_buffer.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

class Cluster;

/// Writes the answers that grow with the cluster (GET_STATE, GET_TASKS, GET_EXECUTORS,
/// GET_FRAMEWORKS, GET_AGENTS and the first event of the streams) straight into their wire form:
/// tasks are copied as the bytes they are kept in, or transcoded from them, and never become
/// objects. Lists at the top are written even when empty, as Mesos does in JSON. Looks at the
/// cluster as it is during the call and keeps nothing.
class StateEncoder
{
public:
    StateEncoder(const Cluster &cluster, codec::MediaType form) : m_cluster(cluster), m_form(form)
    { }

    /// The answer to one of the calls above.
    QByteArray answer(mesos::v1::master::Response::Type type);

    /// The SUBSCRIBED event of the Mesos operator stream, framed as a RecordIO record.
    QByteArray subscribedRecord(double heartbeatSeconds);

    /// The SUBSCRIBED event of our own stream, framed as a RecordIO record. `rest` has every member
    /// but `get_state` and `offers`.
    QByteArray mesetaSubscribedRecord(double time, const ::meseta::v1::Event::Subscribed &rest);

private:
    struct Parts;

    std::string executorsMessage() const;
    std::string frameworksMessage() const;
    std::string agentsMessage() const;
    std::size_t tasksSize() const;
    Parts parts() const;

    void putTasks(AnswerBuffer &out) const;
    void putState(AnswerBuffer &out, const Parts &parts) const;

    void jsonTasks(AnswerBuffer &out) const;
    void jsonExecutors(AnswerBuffer &out) const;
    void jsonFrameworks(AnswerBuffer &out) const;
    void jsonAgents(AnswerBuffer &out) const;
    void jsonState(AnswerBuffer &out) const;

    QByteArray protobufAnswer(mesos::v1::master::Response::Type type) const;
    QByteArray jsonAnswer(mesos::v1::master::Response::Type type) const;

    const Cluster &m_cluster;
    codec::MediaType m_form;
};

/// A RecordIO record of a whole body: its length and a newline in front. The body's memory is
/// reused.
QByteArray recordOf(QByteArray body);

/// One agent as JSON, as GET_AGENTS and AGENT_ADDED write it.
void agentJson(const mesos::v1::master::Response::GetAgents::Agent &agent, std::string &out);

} // namespace meseta::master
