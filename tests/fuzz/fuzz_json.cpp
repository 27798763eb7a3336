// JSON of any kind into a scheduler call: no crash, and what is taken can be written and read
// again.

#include <cstdlib>

#include "common/codec/json.h"
#include "fuzz.h"

using namespace meseta::codec;

std::vector<std::string> fuzzSeeds()
{
    return {
        R"({"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"n","roles":["a","b"],)"
        R"("capabilities":[{"type":"MULTI_ROLE"}],"failover_timeout":1.5e3,"checkpoint":"true"}}})",
        R"({"framework_id":{"value":"f"},"type":"ACCEPT","accept":{"offer_ids":[{"value":"o"}],"operations":[{"type":"LAUNCH",)"
        R"("launch":{"task_infos":[{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},"limits":{"cpus":{"value":"Infinity"}},)"
        R"("resources":[{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":1,"end":2}]}}],"data":"AP+A"}]}}],)"
        R"("filters":{"refuse_seconds":5.0}}})",
        R"([{},[[1,-2,3.5,1e99,null,true,"\u00e4\ud83d\ude00"]],{"a":{"a":{"a":{}}}}])",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    mesos::v1::scheduler::Call call;
    if (!parseJson(text, call))
        return 0;
    mesos::v1::scheduler::Call again;
    const std::string json = toJson(call);
    if (!parseJson(json, again) || toJson(again) != json)
        std::abort();
    return 0;
}
