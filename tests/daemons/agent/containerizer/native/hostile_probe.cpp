// What a hostile program in a container tries; each line tells what came of it. Nothing here does
// harm where it succeeds.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace {

void tell(const char *what, long result)
{
    std::printf("%s: %s\n", what, result >= 0 ? "done" : std::strerror(errno));
}

void tryToWrite(const char *path, const char *text)
{
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    tell(path, file < 0 ? -1 : ::write(file, text, std::strlen(text)));
}

} // namespace

int main()
{
    tell("mount", ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
    tell("umount", ::umount2("/proc/sys", MNT_DETACH));
    tell("ptrace", ::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr));
    tell("add_key", ::syscall(SYS_add_key, "user", "probe", "x", 1, -5));
    tell("keyctl", ::syscall(SYS_keyctl, 0, -4, 0));
    tell("unshare", ::unshare(CLONE_NEWNS));
    tell("user namespace", ::unshare(CLONE_NEWUSER));
    bpf_attr attributes{};
    tell("bpf", ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes));
    tell("init_module", ::syscall(SYS_init_module, "", 0, ""));
    tell("open_by_handle_at", ::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, 0));
    tell("io_uring", ::syscall(SYS_io_uring_setup, 1, nullptr));
    tell("sethostname", ::sethostname("probe", 5));
    for (const char *place : {"/tmp/log", "/dev/log", "/mnt/mesos/sandbox/log"}) {
        ::mknod(place, S_IFCHR | 0666, makedev(1, 11)); // the kernel's
        tryToWrite(place, "");
    }
    tryToWrite("/device", "");
    tryToWrite("/proc/sys/kernel/hostname", "probe");
    tryToWrite("/proc/sysrq-trigger", "h");
    tryToWrite("/proc/1/exe", "x");
    tryToWrite("/proc/self/exe", "x");
    tryToWrite("/sys/kernel/mm/transparent_hugepage/enabled", "never");
    return 0;
}
