#include "samples.h"

namespace meseta::master::samples {

using namespace mesos::v1;

FrameworkInfo framework()
{
    return read<FrameworkInfo>(R"({"user":"u","name":"n","id":{"value":"M1-0000"},"roles":["*"],
        "capabilities":[{"type":"MULTI_ROLE"},{"type":"RESERVATION_REFINEMENT"}]})");
}

AgentInfo agent()
{
    return read<AgentInfo>(R"({"hostname":"h","id":{"value":"M1-S0"}})");
}

Resources::Proto resources(const std::string &text)
{
    return Resources::parse(text).value().allocated("*").proto();
}

TaskInfo task(const std::string &id)
{
    TaskInfo task;
    task.set_name(id);
    task.mutable_task_id()->set_value(id);
    task.mutable_agent_id()->set_value("M1-S0");
    *task.mutable_resources() = resources("cpus:0.1;mem:32");
    task.mutable_command()->set_value("sleep 1000");
    return task;
}

ExecutorInfo customExecutor(const std::string &id)
{
    ExecutorInfo executor;
    executor.mutable_executor_id()->set_value(id);
    executor.mutable_framework_id()->set_value("M1-0000");
    executor.mutable_command()->set_value("./executor");
    *executor.mutable_resources() = resources("cpus:0.1;mem:32");
    return executor;
}

ExecutorInfo defaultExecutor(const std::string &id)
{
    ExecutorInfo executor;
    executor.set_type(ExecutorInfo::DEFAULT);
    executor.mutable_executor_id()->set_value(id);
    executor.mutable_framework_id()->set_value("M1-0000");
    *executor.mutable_resources() = resources("cpus:0.1;mem:32;disk:10");
    return executor;
}

TaskContext Bench::context() const
{
    TaskContext context{info,
                        onAgent,
                        agentCapabilities,
                        resources("cpus:4;mem:2048;disk:4096;ports:[31000-32000]"),
                        {},
                        {},
                        {},
                        {}};
    context.isActiveTask = [this](const std::string &id) { return active.contains(id); };
    context.isUnreachableTask = [this](const std::string &id) { return unreachable.contains(id); };
    context.runningExecutor = [this](const std::string &id) {
        const auto found = running.find(id);
        return found == running.end() ? nullptr : &found->second;
    };
    return context;
}

std::string Bench::refusal(const TaskInfo &task) const
{
    const auto valid = validateTask(task, context());
    return valid ? std::string() : valid.error().message;
}

std::string Bench::refusal(const TaskGroupInfo &group, const ExecutorInfo &executor) const
{
    const auto valid = validateTaskGroup(group, executor, context());
    return valid ? std::string() : valid.error().message;
}

} // namespace meseta::master::samples
