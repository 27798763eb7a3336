// Bytes of any kind as a scheduler call: what protobuf's parser takes, the transcoder takes, and
// both give the same JSON.

#include <cstdlib>

#include "common/codec/json.h"
#include "fuzz.h"

using namespace meseta::codec;
using Call = mesos::v1::scheduler::Call;

namespace {

std::string acceptCall()
{
    Call call;
    call.set_type(Call::ACCEPT);
    call.mutable_framework_id()->set_value("f");
    auto *accept = call.mutable_accept();
    accept->add_offer_ids()->set_value("o1");
    accept->add_offer_ids()->set_value("o2");
    auto *task = accept->add_operations()->mutable_launch()->add_task_infos();
    task->set_name("t");
    task->mutable_task_id()->set_value("t");
    task->mutable_agent_id()->set_value("a");
    (*task->mutable_limits())["cpus"].set_value(2);
    task->mutable_command()->set_value("sleep 1");
    task->mutable_command()->add_uris()->set_value("http://x/y");
    return call.SerializePartialAsString();
}

std::string subscribeCall()
{
    Call call;
    call.set_type(Call::SUBSCRIBE);
    auto *info = call.mutable_subscribe()->mutable_framework_info();
    info->set_user("u");
    info->set_name("n");
    info->add_roles("r");
    info->add_capabilities()->set_type(mesos::v1::FrameworkInfo::Capability::MULTI_ROLE);
    auto *group =
        (*call.mutable_subscribe()->mutable_offer_constraints()->mutable_role_constraints())["r"]
            .add_groups();
    group->add_attribute_constraints()->mutable_selector()->set_attribute_name("rack");
    return call.SerializePartialAsString();
}

} // namespace

std::vector<std::string> fuzzSeeds()
{
    return {acceptCall(), subscribeCall()};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    std::string json;
    const bool transcoded = transcodeToJson(Call::descriptor(), bytes, json);
    if (!transcoded && !json.empty())
        std::abort();
    Call call;
    const bool parsed = call.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (parsed && (!transcoded || toJson(call) != json))
        std::abort();
    return 0;
}
