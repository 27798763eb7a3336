#include "samples.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>

#include "mesos/v1/agent/agent.pb.h"
#include "mesos/v1/executor/executor.pb.h"
#include "mesos/v1/maintenance/maintenance.pb.h"
#include "mesos/v1/master/master.pb.h"
#include "mesos/v1/quota/quota.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::codec::samples {

namespace pb = google::protobuf;

namespace {

/// Different numbers, the same ones in every run.
class Filler
{
public:
    void fill(pb::Message &message, int depth)
    {
        const pb::Descriptor *type = message.GetDescriptor();
        for (int i = 0; i < type->field_count(); ++i) {
            const pb::FieldDescriptor *field = type->field(i);
            const bool nested = field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE;
            if (nested && depth <= 0 && !field->is_required() && !type->options().map_entry())
                continue;
            for (int n = 0; n < (field->is_repeated() ? 2 : 1); ++n)
                set(message, field, depth - 1);
        }
    }

private:
    void set(pb::Message &message, const pb::FieldDescriptor *field, int depth)
    {
        const pb::Reflection *r = message.GetReflection();
        const bool add = field->is_repeated();
        const int n = ++m_count;
        switch (field->cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_INT32:
            return add ? r->AddInt32(&message, field, -n) : r->SetInt32(&message, field, -n);
        case pb::FieldDescriptor::CPPTYPE_INT64:
            return add ? r->AddInt64(&message, field, -9000000000000000000 + n)
                       : r->SetInt64(&message, field, -9000000000000000000 + n);
        case pb::FieldDescriptor::CPPTYPE_UINT32:
            return add ? r->AddUInt32(&message, field, 4000000000U + n)
                       : r->SetUInt32(&message, field, 4000000000U + n);
        case pb::FieldDescriptor::CPPTYPE_UINT64:
            return add ? r->AddUInt64(&message, field, 18000000000000000000U + n)
                       : r->SetUInt64(&message, field, 18000000000000000000U + n);
        case pb::FieldDescriptor::CPPTYPE_FLOAT:
            return add ? r->AddFloat(&message, field, n + 0.1F)
                       : r->SetFloat(&message, field, n + 0.1F);
        case pb::FieldDescriptor::CPPTYPE_DOUBLE:
            return add ? r->AddDouble(&message, field, n + 0.1)
                       : r->SetDouble(&message, field, n + 0.1);
        case pb::FieldDescriptor::CPPTYPE_BOOL:
            return add ? r->AddBool(&message, field, n % 2) : r->SetBool(&message, field, n % 2);
        case pb::FieldDescriptor::CPPTYPE_ENUM:
            return setEnum(message, field, n);
        case pb::FieldDescriptor::CPPTYPE_STRING:
            return setText(message, field, n);
        case pb::FieldDescriptor::CPPTYPE_MESSAGE:
            return fill(
                *(add ? r->AddMessage(&message, field) : r->MutableMessage(&message, field)),
                depth);
        }
    }

    static void setEnum(pb::Message &message, const pb::FieldDescriptor *field, int n)
    {
        const pb::EnumDescriptor *type = field->enum_type();
        const pb::EnumValueDescriptor *value = type->value(n % type->value_count());
        const pb::Reflection *r = message.GetReflection();
        field->is_repeated() ? r->AddEnum(&message, field, value)
                             : r->SetEnum(&message, field, value);
    }

    static void setText(pb::Message &message, const pb::FieldDescriptor *field, int n)
    {
        std::string text = "\"välue\" \n" + std::to_string(n) + " 任务 😀";
        if (field->type() == pb::FieldDescriptor::TYPE_BYTES)
            text += std::string("\0\xFF\x80", 3);
        const pb::Reflection *r = message.GetReflection();
        field->is_repeated() ? r->AddString(&message, field, text)
                             : r->SetString(&message, field, text);
    }

    int m_count = 0;
};

void addScalar(mesos::v1::Task &task, const char *name, double value)
{
    mesos::v1::Resource *resource = task.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    resource->mutable_allocation_info()->set_role("batch/reports");
}

void addStatus(mesos::v1::Task &task, mesos::v1::TaskState state, double time)
{
    mesos::v1::TaskStatus *status = task.add_statuses();
    status->mutable_task_id()->CopyFrom(task.task_id());
    status->set_state(state);
    status->set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
    status->mutable_agent_id()->CopyFrom(task.agent_id());
    status->set_timestamp(time);
    status->set_uuid("0123456789abcdef");
    auto *container = status->mutable_container_status();
    container->mutable_container_id()->set_value("8a1f4bd0-7a52-4a2d-9d52-0b2d9a0d7c11");
    container->set_executor_pid(4711);
    container->add_network_infos()->add_ip_addresses()->set_ip_address("10.11.12.13");
}

} // namespace

void fill(pb::Message &message, int depth)
{
    Filler().fill(message, depth);
}

std::vector<const pb::Message *> apiTypes()
{
    return {
        &mesos::v1::scheduler::Call::default_instance(),
        &mesos::v1::scheduler::Event::default_instance(),
        &mesos::v1::scheduler::Response::default_instance(),
        &mesos::v1::executor::Call::default_instance(),
        &mesos::v1::executor::Event::default_instance(),
        &mesos::v1::master::Call::default_instance(),
        &mesos::v1::master::Event::default_instance(),
        &mesos::v1::master::Response::default_instance(),
        &mesos::v1::agent::Call::default_instance(),
        &mesos::v1::agent::ProcessIO::default_instance(),
        &mesos::v1::agent::Response::default_instance(),
        &mesos::v1::maintenance::Schedule::default_instance(),
        &mesos::v1::maintenance::ClusterStatus::default_instance(),
        &mesos::v1::quota::QuotaRequest::default_instance(),
        &mesos::v1::quota::QuotaStatus::default_instance(),
        &mesos::v1::MasterInfo::default_instance(),
        &mesos::v1::VersionInfo::default_instance(),
        &mesos::v1::Task::default_instance(),
    };
}

std::string typicalTask(int number)
{
    mesos::v1::Task task;
    const std::string id =
        "report-" + std::to_string(number) + ".4f1c2b6e-0c1f-4a52-8f0b-b9e6cf5bb7a1";
    task.set_name("report-" + std::to_string(number));
    task.mutable_task_id()->set_value(id);
    task.mutable_framework_id()->set_value("3b0c1a9e-5d0f-4a4b-92f0-6f2f3f0a7c55-0003");
    task.mutable_agent_id()->set_value("3b0c1a9e-5d0f-4a4b-92f0-6f2f3f0a7c55-S"
                                       + std::to_string(number % 1000));
    task.set_state(mesos::v1::TASK_RUNNING);
    addScalar(task, "cpus", 0.1 * (number % 40));
    addScalar(task, "mem", 128.0 + number % 7);
    addScalar(task, "disk", 10.0);
    addStatus(task, mesos::v1::TASK_STARTING, 1795366960.1 + number);
    addStatus(task, mesos::v1::TASK_RUNNING, 1795366961.2 + number);
    task.set_status_update_state(mesos::v1::TASK_RUNNING);
    task.set_status_update_uuid("0123456789abcdef");
    auto *label = task.mutable_labels()->add_labels();
    label->set_key("team");
    label->set_value("reporting");
    return task.SerializeAsString();
}

} // namespace meseta::codec::samples
