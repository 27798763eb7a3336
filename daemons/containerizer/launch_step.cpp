#include "daemons/containerizer/launch_step.h"

namespace meseta::containerizer {

const char *describe(Step step)
{
    switch (step) {
    case Step::Directory:
        return "opening the sandbox";
    case Step::Logs:
        return "creating stdout and stderr in the sandbox";
    case Step::Runtime:
        return "writing to the runtime directory";
    case Step::Streams:
        return "making the standard streams";
    case Step::Fork:
        return "creating a process";
    case Step::Isolation:
        return "waiting for the agent's isolators";
    case Step::JoinNamespace:
        return "joining a namespace";
    case Step::Cgroup:
        return "joining a cgroup";
    case Step::RootMount:
        return "mounting the root file system";
    case Step::Mount:
        return "mounting";
    case Step::Node:
        return "creating a device or link";
    case Step::MaskPath:
        return "masking a path";
    case Step::ReadOnlyPath:
        return "making a path read-only";
    case Step::Hostname:
        return "setting the hostname";
    case Step::PreExec:
        return "running a preparing command";
    case Step::PivotRoot:
        return "changing the root";
    case Step::LookUpUser:
        return "looking up the user";
    case Step::Limit:
        return "setting a resource limit";
    case Step::OomScore:
        return "setting oom_score_adj";
    case Step::EnterDirectory:
        return "entering the working directory";
    case Step::Groups:
        return "taking on the groups of the user";
    case Step::User:
        return "becoming the user";
    case Step::Capabilities:
        return "setting the capabilities";
    case Step::NoNewPrivileges:
        return "setting no_new_privs";
    case Step::Seccomp:
        return "loading the seccomp filter";
    }
    return "starting";
}

} // namespace meseta::containerizer
