#include "daemons/agent/executors/pull_progress.h"

namespace meseta::agent {

bool PullThrottle::admits(const PullProgress &progress, Duration now, bool outstanding)
{
    if (m_any && (outstanding || progress == m_last || now - m_lastTime < interval))
        return false;
    m_any = true;
    m_last = progress;
    m_lastTime = now;
    return true;
}

void describeProgress(const PullProgress &progress, mesos::v1::TaskStatus &status)
{
    status.set_message(progress.message);
    const auto add = [&status](const char *key, std::uint64_t value) {
        mesos::v1::Label *label = status.mutable_labels()->add_labels();
        label->set_key(key);
        label->set_value(std::to_string(value));
    };
    add("meseta.pull.done", progress.doneBytes);
    add("meseta.pull.total", progress.totalBytes);
}

} // namespace meseta::agent
