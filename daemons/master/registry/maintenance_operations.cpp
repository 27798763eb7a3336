#include "daemons/master/registry/operations.h"

namespace meseta::master::registry {

using mesos::internal::Registry;
using mesos::v1::MachineID;
using mesos::v1::MachineInfo;
using mesos::v1::maintenance::Schedule;
namespace keys = registry_keys;

namespace {

/// The schedule without machines; windows that have none left go.
Schedule without(const Schedule &schedule, const std::set<std::string> &machines)
{
    Schedule left;
    for (const auto &window : schedule.windows()) {
        mesos::v1::maintenance::Window rest;
        *rest.mutable_unavailability() = window.unavailability();
        for (const MachineID &id : window.machine_ids()) {
            if (!machines.contains(machineKey(id)))
                *rest.add_machine_ids() = id;
        }
        if (rest.machine_ids_size() > 0)
            *left.add_windows() = std::move(rest);
    }
    return left;
}

void putSchedule(RegistryEdit &edit, const Schedule &schedule)
{
    if (schedule.windows_size() == 0)
        edit.remove(keys::Schedule);
    else
        edit.put(keys::Schedule, schedule);
}

} // namespace

std::string machineKey(const MachineID &id)
{
    return keys::Machine + id.ip() + "/" + id.hostname();
}

RegistryOperation updateSchedule(const Schedule &schedule)
{
    return {"UpdateSchedule", [schedule](RegistryEdit &edit) -> Result<> {
                std::set<std::string> scheduled;
                for (const auto &window : schedule.windows()) {
                    for (const MachineID &id : window.machine_ids()) {
                        const std::string key = machineKey(id);
                        auto machine = edit.records().get<Registry::Machine>(key);
                        if (!machine) {
                            machine.emplace();
                            *machine->mutable_info()->mutable_id() = id;
                            machine->mutable_info()->set_mode(MachineInfo::DRAINING);
                        }
                        *machine->mutable_info()->mutable_unavailability() =
                            window.unavailability();
                        edit.put(key, *machine);
                        scheduled.insert(key);
                    }
                }
                std::vector<std::string> others;
                edit.records().each<Registry::Machine>(
                    keys::Machine, [&](const std::string &name, const auto &) {
                        if (!scheduled.contains(keys::Machine + name))
                            others.push_back(keys::Machine + name);
                    });
                for (const std::string &key : others)
                    edit.remove(key);
                putSchedule(edit, schedule);
                return {};
            }};
}

RegistryOperation startMaintenance(const google::protobuf::RepeatedPtrField<MachineID> &machines)
{
    return {"StartMaintenance", [machines](RegistryEdit &edit) -> Result<> {
                for (const MachineID &id : machines) {
                    if (!edit.records().contains(machineKey(id)))
                        return fail("machine '" + id.hostname() + "' (" + id.ip()
                                    + ") is in no maintenance schedule");
                }
                for (const MachineID &id : machines) {
                    auto machine = edit.records().get<Registry::Machine>(machineKey(id));
                    machine->mutable_info()->set_mode(MachineInfo::DOWN);
                    edit.put(machineKey(id), *machine);
                }
                return {};
            }};
}

RegistryOperation stopMaintenance(const google::protobuf::RepeatedPtrField<MachineID> &machines)
{
    return {"StopMaintenance", [machines](RegistryEdit &edit) -> Result<> {
                std::set<std::string> up;
                for (const MachineID &id : machines) {
                    edit.remove(machineKey(id));
                    up.insert(machineKey(id));
                }
                if (const auto schedule = edit.records().get<Schedule>(keys::Schedule))
                    putSchedule(edit, without(*schedule, up));
                return {};
            }};
}

} // namespace meseta::master::registry
