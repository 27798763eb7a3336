#include "daemons/master/operator_api/operator_writes.h"

#include "daemons/master/core/core.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/operator_api/agent_writes.h"
#include "daemons/master/operator_api/role_settings.h"

namespace meseta::master {

using http::Response;
using mesos::v1::master::Call;

namespace {

Written answering(int status, const std::function<void(Response)> &answer)
{
    return [status, answer](const tl::expected<void, Refusal> &done) {
        if (done)
            answer(Response{status, {}, {}});
        else
            answer(Response::text(done.error().status,
                                  QByteArray::fromStdString(done.error().text + ".")));
    };
}

void teardown(Core &core, const std::string &frameworkId, const Written &written)
{
    Framework *framework = core.cluster.framework(frameworkId);
    if (!framework)
        return written(refused(400,
                               "No framework found with the id '" + frameworkId
                                   + "'; GET_FRAMEWORKS lists those there are"));
    removeFramework(core, *framework);
    written({});
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
    const Written done = answering(200, answer);
    switch (call.type()) {
    case Call::TEARDOWN:
        return teardown(core, call.teardown().framework_id().value(), done);
    case Call::MARK_AGENT_GONE:
        return markAgentGone(core, call.mark_agent_gone(), done);
    case Call::DRAIN_AGENT:
        return drainAgent(core, call.drain_agent(), done);
    case Call::DEACTIVATE_AGENT:
        return deactivateAgent(core, call.deactivate_agent(), done);
    case Call::REACTIVATE_AGENT:
        return reactivateAgent(core, call.reactivate_agent(), done);
    case Call::UPDATE_MAINTENANCE_SCHEDULE:
        return updateSchedule(core, call.update_maintenance_schedule(), done);
    case Call::START_MAINTENANCE:
        return startMaintenance(core, call.start_maintenance(), done);
    case Call::STOP_MAINTENANCE:
        return stopMaintenance(core, call.stop_maintenance(), done);
    case Call::RESERVE_RESOURCES:
    case Call::UNRESERVE_RESOURCES:
    case Call::CREATE_VOLUMES:
    case Call::DESTROY_VOLUMES:
    case Call::GROW_VOLUME:
    case Call::SHRINK_VOLUME:
        return changeResources(core, call, answering(202, answer));
    case Call::UPDATE_WEIGHTS:
        return updateWeights(core, call.update_weights().weight_infos(), done);
    case Call::UPDATE_QUOTA:
        return updateQuota(core, call.update_quota().quota_configs(), call.update_quota().force(),
                           done);
    case Call::SET_QUOTA:
        return setQuota(core, call.set_quota().quota_request(), done);
    case Call::REMOVE_QUOTA:
        return removeQuota(core, call.remove_quota().role(), done);
    default:
        return done(refused(501,
                            "The call " + Call::Type_Name(call.type())
                                + " is a call that this master does not offer"));
    }
}

} // namespace meseta::master
