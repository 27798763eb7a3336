#include "daemons/master/state_views/metric_names.h"

namespace meseta::master {

namespace {

const std::vector<std::string> operationKinds = {"create",        "create_disk", "destroy",
                                                 "destroy_disk",  "grow_volume", "reserve",
                                                 "shrink_volume", "unreserve"};

std::vector<std::string> makeMasterNames()
{
    std::vector<std::string> names = {
        "dropped_messages",
        "http_cache_hits",
        "invalid_executor_to_framework_messages",
        "invalid_framework_to_executor_messages",
        "invalid_operation_status_update_acknowledgements",
        "invalid_operation_status_updates",
        "invalid_status_update_acknowledgements",
        "invalid_status_updates",
        "messages_authenticate",
        "messages_deactivate_framework",
        "messages_decline_offers",
        "messages_executor_to_framework",
        "messages_exited_executor",
        "messages_framework_to_executor",
        "messages_kill_task",
        "messages_launch_tasks",
        "messages_operation_status_update",
        "messages_operation_status_update_acknowledgement",
        "messages_reconcile_operations",
        "messages_reconcile_tasks",
        "messages_register_framework",
        "messages_register_slave",
        "messages_reregister_framework",
        "messages_reregister_slave",
        "messages_resource_request",
        "messages_revive_offers",
        "messages_status_update",
        "messages_status_update_acknowledgement",
        "messages_suppress_offers",
        "messages_unregister_framework",
        "messages_unregister_slave",
        "messages_update_slave",
        "recovery_slave_removals",
        "slave_registrations",
        "slave_removals",
        "slave_removals/reason_registered",
        "slave_removals/reason_unhealthy",
        "slave_removals/reason_unregistered",
        "slave_reregistrations",
        "slave_shutdowns_canceled",
        "slave_shutdowns_completed",
        "slave_shutdowns_scheduled",
        "slave_unreachable_canceled",
        "slave_unreachable_completed",
        "slave_unreachable_scheduled",
        "tasks_dropped",
        "tasks_error",
        "tasks_failed",
        "tasks_finished",
        "tasks_gone",
        "tasks_gone_by_operator",
        "tasks_killed",
        "tasks_lost",
        "valid_executor_to_framework_messages",
        "valid_framework_to_executor_messages",
        "valid_operation_status_update_acknowledgements",
        "valid_operation_status_updates",
        "valid_status_update_acknowledgements",
        "valid_status_updates",
    };
    for (const char *outcome : {"dropped", "error", "failed", "finished", "gone_by_operator",
                                "pending", "recovering", "total", "unreachable"}) {
        names.push_back(std::string("operations/") + outcome);
        for (const std::string &kind : operationKinds)
            names.push_back("operations/" + kind + "/" + outcome);
    }
    return names;
}

std::vector<std::string> makeFrameworkNames()
{
    std::vector<std::string> names = {"calls",
                                      "events",
                                      "operations",
                                      "operations/launch",
                                      "operations/launch_group",
                                      "offers/accepted",
                                      "offers/declined",
                                      "offers/rescinded",
                                      "offers/sent"};
    for (const char *call :
         {"accept", "accept_inverse_offers", "acknowledge", "acknowledge_operation_status",
          "decline", "decline_inverse_offers", "kill", "message", "reconcile",
          "reconcile_operations", "request", "revive", "shutdown", "subscribe", "suppress",
          "teardown", "update_framework"})
        names.push_back(std::string("calls/") + call);
    for (const char *event :
         {"error", "failure", "heartbeat", "inverse_offers", "message", "offers", "rescind",
          "rescind_inverse_offer", "subscribed", "update", "update_operation_status"})
        names.push_back(std::string("events/") + event);
    for (const std::string &kind : operationKinds)
        names.push_back("operations/" + kind);
    return names;
}

} // namespace

const std::vector<std::string> &masterCounterNames()
{
    static const std::vector<std::string> names = makeMasterNames();
    return names;
}

const std::vector<std::string> &frameworkCounterNames()
{
    static const std::vector<std::string> names = makeFrameworkNames();
    return names;
}

} // namespace meseta::master
