#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemons/master/core/master_outbox.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master::test {

/// Writes down what a master wants done, one line each, so that a test reads like a transcript:
///     stream 1: OFFERS M-O0 of M-S0 cpus:4; mem:4096
///     M-S0's pid: RunTaskMessage t1 launch_executor
/// and keeps the messages themselves for a closer look.
class RecordingOutbox : public MasterOutbox
{
public:
    void send(const std::string &from, const messages::Pid &to, const std::string &name,
              std::string body) override;
    void link(const messages::Pid &peer) override { note("link " + peer.text()); }
    void unlink(const messages::Pid &peer) override { note("unlink " + peer.text()); }
    void cut(const messages::Pid &peer) override { cuts.push_back(peer.text()); }
    void attach(const std::string &id) override { m_attached.insert(id); }
    void detach(const std::string &id) override { m_attached.erase(id); }
    void sendEvent(StreamHandle stream, const mesos::v1::scheduler::Event &event) override;
    void endStream(StreamHandle stream) override
    {
        note("stream " + std::to_string(stream) + ": end");
    }

    /// The lines since the last call. Links are left out.
    std::vector<std::string> take();

    struct Post
    {
        std::string from;
        messages::Pid to;
        std::string name;
        std::string body;
    };
    std::vector<Post> posts;
    std::vector<std::string> cuts; ///< peers to which what is under way was taken back
    std::map<StreamHandle, std::vector<mesos::v1::scheduler::Event>> events;
    const std::set<std::string> &attached() const { return m_attached; }

    /// The newest message of this type.
    template <typename Message> Message last() const
    {
        Message message;
        for (const Post &post : posts) {
            if (post.name == message.GetTypeName())
                message.ParseFromString(post.body);
        }
        return message;
    }

private:
    void note(const std::string &line) { m_lines.push_back(line); }

    std::vector<std::string> m_lines;
    std::set<std::string> m_attached;
};

} // namespace meseta::master::test
