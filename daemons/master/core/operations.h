#pragma once

#include "daemons/master/core/core.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/core/stake.h"

namespace meseta::master {

/// Operations on resources. RESERVE, UNRESERVE, CREATE and DESTROY are taken for granted as soon as
/// they are sent; of the others only the agent knows the outcome. Source: Mesos scheduler API,
/// ACCEPT; operation feedback.

/// One operation of an ACCEPT on what is left of its offers. The error says why it is refused.
Result<> performOperation(Core &core, Stake &stake, mesos::v1::Offer::Operation &operation);

/// An operation of an operator: offers of the agent are taken back until what it needs is free. Any
/// kind is taken for granted.
tl::expected<void, Refusal> performForOperator(Core &core, Agent &agent,
                                               mesos::v1::Offer::Operation operation);

void acknowledgeOperation(Core &core, Framework &framework,
                          const mesos::v1::scheduler::Call::AcknowledgeOperationStatus &call);

/// Counts an operation that has come to this state, which it stays in ("operations/finished",
/// "operations/reserve/finished"). Source: Mesos monitoring documentation, master/operations.
void countOperation(Figures &figures, mesos::v1::Offer::Operation::Type type,
                    mesos::v1::OperationState state);

/// The agent told of an operation: what it held is free, or is what it was turned into.
void settleOperation(Core &core, Agent &agent, AgentOperation &operation);
/// A status reached whom it was for.
void sendAcknowledgement(Core &core, const Agent &agent, const AgentOperation &operation,
                         const std::string &statusUuid);

/// The framework goes; its operations are nobody's from now on.
void abandonOperationsOf(Core &core, Framework &framework);
/// The agent goes: frameworks that want to know are told what becomes of their operations.
void endOperations(Core &core, Agent &agent, AgentRemoved::Why why);

} // namespace meseta::master
