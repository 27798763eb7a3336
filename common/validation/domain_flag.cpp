#include "common/validation/domain_flag.h"

#include "common/codec/json.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta {

namespace {

Result<> checkDomain(const std::string &text)
{
    mesos::v1::DomainInfo domain;
    if (const Result<> parsed = codec::parseJson(text, domain); !parsed)
        return fail(parsed.error().within("it is not a DomainInfo"));
    if (!domain.has_fault_domain())
        return fail("fault_domain is missing in it; name the region and the zone");
    return {};
}

} // namespace

FlagRow domainFlagRow(const std::string &whose)
{
    return {.name = "domain",
            .type = FlagType::Json,
            .help = "The " + whose
                + "'s fault domain, as DomainInfo in JSON: "
                  "{\"fault_domain\":{\"region\":{\"name\":\"eu\"},\"zone\":{\"name\":\"eu-1\"}}}.",
            .check = checkDomain};
}

} // namespace meseta
