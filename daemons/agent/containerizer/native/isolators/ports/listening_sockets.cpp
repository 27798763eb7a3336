#include "daemons/agent/containerizer/native/isolators/ports/listening_sockets.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

struct Request
{
    nlmsghdr header;
    inet_diag_req_v2 body;
};

/// True when the last message has been read.
Result<bool> readMessages(const char *block, std::size_t size,
                          std::map<std::uint64_t, std::uint16_t> &sockets)
{
    auto left = static_cast<unsigned>(size);
    for (const auto *header = reinterpret_cast<const nlmsghdr *>(block); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
        if (header->nlmsg_type == NLMSG_DONE)
            return true;
        if (header->nlmsg_type == NLMSG_ERROR)
            return fail("the kernel does not tell which sockets listen (CONFIG_INET_DIAG)");
        const auto *message = static_cast<const inet_diag_msg *>(NLMSG_DATA(header));
        if (message->idiag_inode != 0)
            sockets[message->idiag_inode] = ntohs(message->id.idiag_sport);
    }
    return false;
}

Result<> query(int netlink, std::uint8_t family, std::map<std::uint64_t, std::uint16_t> &sockets)
{
    Request request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.sdiag_family = family;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = 1u << TCP_LISTEN;
    if (::send(netlink, &request, sizeof request, 0) != sizeof request)
        return fail(std::string("cannot ask which sockets listen: ") + std::strerror(errno));
    alignas(nlmsghdr) char block[32 * 1024];
    for (;;) {
        const ssize_t size = ::recv(netlink, block, sizeof block, 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return fail(std::string("cannot read which sockets listen: ") + std::strerror(errno));
        const auto last = readMessages(block, static_cast<std::size_t>(size), sockets);
        if (!last)
            return fail(last.error());
        if (*last)
            return {};
    }
}

} // namespace

Result<std::map<std::uint64_t, std::uint16_t>> listeningSockets()
{
    const FileDescriptor netlink(
        ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!netlink.valid())
        return fail(std::string("cannot ask which sockets listen: ") + std::strerror(errno));
    std::map<std::uint64_t, std::uint16_t> sockets;
    for (const std::uint8_t family : {AF_INET, AF_INET6})
        if (const Result<> done = query(netlink.get(), family, sockets); !done)
            return fail(done.error());
    return sockets;
}

std::set<std::uint16_t> listeningPorts(const std::map<std::uint64_t, std::uint16_t> &sockets,
                                       const std::vector<pid_t> &processes)
{
    std::set<std::uint16_t> ports;
    for (const pid_t pid : processes) {
        const std::string path = "/proc/" + std::to_string(pid) + "/fd";
        const std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir(path.c_str()), ::closedir);
        while (const dirent *entry = folder ? ::readdir(folder.get()) : nullptr) {
            char target[64];
            const ssize_t size =
                ::readlinkat(::dirfd(folder.get()), entry->d_name, target, sizeof target - 1);
            const std::string_view text(target, size > 0 ? static_cast<std::size_t>(size) : 0);
            if (!text.starts_with("socket:["))
                continue;
            target[size] = '\0';
            const auto found = sockets.find(std::strtoull(target + 8, nullptr, 10));
            if (found != sockets.end())
                ports.insert(found->second);
        }
    }
    return ports;
}

} // namespace meseta::agent
