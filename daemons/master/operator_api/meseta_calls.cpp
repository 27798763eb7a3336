#include "daemons/master/operator_api/meseta_calls.h"

#include "common/endpoints/answers.h"
#include "common/endpoints/operator_call.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/event_streams.h"
#include "daemons/master/operator_api/leader_gate.h"
#include "daemons/master/state_views/cluster_views.h"

namespace meseta::master {

using ::meseta::v1::Call;

namespace {

constexpr std::size_t maxDecisions = 100000;

Result<> validate(const Call &call)
{
    if (!call.has_type())
        return fail("'type' is missing, one of SUBSCRIBE, GET_OFFERS, GET_OFFER_DECISIONS");
    return {};
}

const CallRules &rules()
{
    static const CallRules rules = [] {
        CallRules made;
        made.name = "meseta::v1::Call";
        made.validate = [](const google::protobuf::Message &call) {
            return validate(static_cast<const Call &>(call));
        };
        return made;
    }();
    return rules;
}

::meseta::v1::Response offers(const Cluster &cluster)
{
    ::meseta::v1::Response response;
    response.set_type(Call::GET_OFFERS);
    for (const auto &entry : cluster.offers())
        *response.add_offers() = offerView(*entry.second);
    return response;
}

::meseta::v1::Response decisions(const Allocator &allocator, const Call::GetOfferDecisions &wish)
{
    const auto given = [](bool has, const std::string &value) {
        return has ? std::optional(value) : std::nullopt;
    };
    ::meseta::v1::Response response;
    response.set_type(Call::GET_OFFER_DECISIONS);
    for (auto &decision :
         allocator.decisions(given(wish.has_framework_id(), wish.framework_id().value()),
                             given(wish.has_agent_id(), wish.agent_id().value()),
                             given(wish.has_role(), wish.role()),
                             std::min<std::size_t>(wish.limit(), maxDecisions)))
        response.add_decisions()->Swap(&decision);
    return response;
}

} // namespace

void MesetaCalls::handle(const http::Request &request,
                         const std::shared_ptr<http::Responder> &responder)
{
    if (const auto elsewhere = redirectToLeader(request, m_services.facts()))
        return responder->send(*elsewhere);
    if (!m_services.recovered())
        return responder->send(http::Response::text(
            503, "The master still reads its registry; try again in a moment."));
    Call call;
    const auto form = admitCall(request, rules(), call);
    if (!form)
        return responder->send(form.error());
    const Core &core = m_services.core;
    switch (call.type()) {
    case Call::SUBSCRIBE:
        return m_streams.subscribe(EventStreams::Kind::Meseta, form->accept, *responder);
    case Call::GET_OFFERS:
        return responder->send(messageAnswer(offers(core.cluster), form->accept));
    case Call::GET_OFFER_DECISIONS:
        return responder->send(
            messageAnswer(decisions(*core.allocator, call.get_offer_decisions()), form->accept));
    case Call::UNKNOWN:
        break;
    }
    responder->send(
        http::Response::text(501, "The type of this call is not known to this master."));
}

} // namespace meseta::master
