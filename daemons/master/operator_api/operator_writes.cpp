#include "daemons/master/operator_api/operator_writes.h"

#include "daemons/master/agents/agents.h"
#include "daemons/master/core/core.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/operator_api/role_settings.h"

namespace meseta::master {

using http::Response;
using mesos::v1::master::Call;

namespace {

Response done(const Result<> &result)
{
    return result ? Response{200, {}, {}}
                  : Response::text(400, QByteArray::fromStdString(result.error().message + "."));
}

Response teardown(Core &core, const std::string &frameworkId)
{
    Framework *framework = core.cluster.framework(frameworkId);
    if (!framework) {
        return Response::text(
            400,
            QByteArray::fromStdString("No framework found with the id '" + frameworkId
                                      + "'; GET_FRAMEWORKS lists those there are."));
    }
    removeFramework(core, *framework);
    return Response{200, {}, {}};
}

Response markAgentGone(Core &core, const std::string &agentId)
{
    if (core.cluster.gone.find(agentId))
        return Response{200, {}, {}};
    Agent *agent = core.cluster.agent(agentId);
    if (!agent)
        return Response::text(404, QByteArray::fromStdString("Agent '" + agentId + "' not found."));
    if (core.changingAgents.count(agentId)) {
        return Response::text(503,
                              QByteArray::fromStdString("Agent '" + agentId
                                                        + "' is changing its state just now; "
                                                          "try again in a moment."));
    }
    markGone(core, *agent);
    return Response{200, {}, {}};
}

Response notSupported(Call::Type type)
{
    return Response::text(501,
                          QByteArray::fromStdString("The call " + Call::Type_Name(type)
                                                    + " is not supported by this master."));
}

} // namespace

bool changesSomething(Call::Type type)
{
    switch (type) {
    case Call::RESERVE_RESOURCES:
    case Call::UNRESERVE_RESOURCES:
    case Call::CREATE_VOLUMES:
    case Call::DESTROY_VOLUMES:
    case Call::GROW_VOLUME:
    case Call::SHRINK_VOLUME:
    case Call::UPDATE_MAINTENANCE_SCHEDULE:
    case Call::START_MAINTENANCE:
    case Call::STOP_MAINTENANCE:
    case Call::DRAIN_AGENT:
    case Call::DEACTIVATE_AGENT:
    case Call::REACTIVATE_AGENT:
    case Call::UPDATE_QUOTA:
    case Call::SET_QUOTA:
    case Call::REMOVE_QUOTA:
    case Call::UPDATE_WEIGHTS:
    case Call::TEARDOWN:
    case Call::MARK_AGENT_GONE:
        return true;
    default:
        return false;
    }
}

void carryOut(const OperatorServices &services, const Call &call,
              const std::function<void(Response)> &answer)
{
    Core &core = services.core;
    switch (call.type()) {
    case Call::TEARDOWN:
        return answer(teardown(core, call.teardown().framework_id().value()));
    case Call::MARK_AGENT_GONE:
        return answer(markAgentGone(core, call.mark_agent_gone().agent_id().value()));
    case Call::UPDATE_WEIGHTS:
        return answer(done(updateWeights(core, call.update_weights().weight_infos())));
    case Call::UPDATE_QUOTA:
        return answer(done(
            updateQuota(core, call.update_quota().quota_configs(), call.update_quota().force())));
    default:
        return answer(notSupported(call.type()));
    }
}

} // namespace meseta::master
