#pragma once

#include "gui/model/rows.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::console {

/// Rows out of the messages of the operator API. Names that other rows hold (a task's framework
/// name) are left empty. May be called on any thread.
AgentRow agentRow(const mesos::v1::master::Response::GetAgents::Agent &agent);
FrameworkRow frameworkRow(const mesos::v1::master::Response::GetFrameworks::Framework &framework);
OfferRow offerRow(const mesos::v1::Offer &offer, double time);
TaskRow taskRow(const mesos::v1::Task &task);

/// What a task is called in a cluster: its framework's id and its own.
QString taskKey(const QString &frameworkId, const QString &taskId);

/// Text of the wire for a row: at most 4,096 bytes of it, for a server may send anything.
QString fromWire(const std::string &utf8);

/// A further status of a task: its state, message and a step of its life.
void addStatus(TaskRow &row, const mesos::v1::TaskStatus &status, mesos::v1::TaskState state);

/// A further step of a task's life; the oldest goes when there are too many. How an image comes is
/// one step, however often it is told.
void addStep(TaskRow &row, TaskStep &&step);

Amounts amounts(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources);
QString amountsText(const Amounts &amounts); ///< "2 CPUs, 512 MiB"
/// What is reserved, by role: "web: 2 CPUs, 1.0 GiB".
QString reservedText(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources);
void addAmounts(Amounts &sum, const Amounts &more); ///< ports are left out

} // namespace meseta::console
