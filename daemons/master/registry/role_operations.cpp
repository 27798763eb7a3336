#include "daemons/master/registry/operations.h"

namespace meseta::master::registry {

using mesos::internal::Registry;
namespace keys = registry_keys;

namespace {
constexpr auto QuotaV2 = "QUOTA_V2";
}

bool isEmptyQuota(const mesos::v1::quota::QuotaConfig &config)
{
    return config.guarantees().empty() && config.limits().empty();
}

RegistryOperation
updateQuota(const google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> &configs)
{
    return {"UpdateQuota", [configs](RegistryEdit &edit) -> Result<> {
                for (const mesos::v1::quota::QuotaConfig &config : configs) {
                    if (isEmptyQuota(config))
                        edit.remove(keys::Quota + config.role());
                    else
                        edit.put(keys::Quota + config.role(), config);
                }
                Registry::MinimumCapability capability;
                capability.set_capability(QuotaV2);
                if (edit.records().count(keys::Quota) > 0)
                    edit.put(keys::Capability + QuotaV2, capability);
                else
                    edit.remove(keys::Capability + QuotaV2);
                return {};
            }};
}

RegistryOperation
updateWeights(const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights)
{
    return {"UpdateWeights", [weights](RegistryEdit &edit) -> Result<> {
                for (const mesos::v1::WeightInfo &info : weights) {
                    Registry::Weight weight;
                    *weight.mutable_info() = info;
                    edit.put(keys::Weight + info.role(), weight);
                }
                return {};
            }};
}

std::vector<std::string> missingCapabilities(const RegistryRecords &records,
                                             const mesos::v1::MasterInfo &info)
{
    using Capability = mesos::v1::MasterInfo::Capability;
    std::set<std::string> able;
    for (const Capability &capability : info.capabilities())
        able.insert(Capability::Type_Name(capability.type()));
    std::vector<std::string> missing;
    records.each<Registry::MinimumCapability>(keys::Capability,
                                              [&](const std::string &name, const auto &) {
                                                  if (!able.contains(name))
                                                      missing.push_back(name);
                                              });
    return missing;
}

} // namespace meseta::master::registry
