// Measures the HTTP server in a process of its own: requests per second of processor time, and
// memory per idle connection. Usage: bench_http [busy connections] [idle connections] [seconds]
// [pipelined requests]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/http/server.h"

using namespace meseta::http;

namespace {

constexpr const char *request =
    "GET /health HTTP/1.1\r\nHost: 127.0.0.1:5050\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";

[[noreturn]] void serve(int portPipe)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int argc = 0;
    QCoreApplication app(argc, nullptr);
    Server server;
    Limits limits;
    limits.connections = 100000;
    server.setLimits(limits);
    server.setDelegate("master");
    server.route("master", "/health", [](const Request &, auto responder) { responder->send({}); });
    if (!server.listen(QHostAddress::LocalHost, 0))
        std::_Exit(1);
    const quint16 port = server.port();
    if (write(portPipe, &port, sizeof port) != sizeof port)
        std::_Exit(1);
    std::_Exit(app.exec());
}

int open(quint16 port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

double processorSeconds(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string word;
    double ticks = 0;
    for (int i = 1; i <= 15 && file >> word; ++i) {
        if (i >= 14)
            ticks += std::stod(word);
    }
    return ticks / double(sysconf(_SC_CLK_TCK));
}

long residentKilobytes(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    long total = 0;
    long resident = 0;
    file >> total >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// One answer of the server, without its varying date, has this many bytes.
std::size_t answerSize(int fd)
{
    char answer[1024];
    (void)!write(fd, request, std::strlen(request));
    return std::size_t(read(fd, answer, sizeof answer));
}

void measureThroughput(pid_t server, quint16 port, int connections, double seconds, int pipelined)
{
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    std::string batch;
    for (int i = 0; i < pipelined; ++i)
        batch += request;
    std::vector<int> sockets;
    for (int i = 0; i < connections; ++i) {
        sockets.push_back(open(port));
        epoll_event event{EPOLLIN, {.u64 = quint64(i)}};
        epoll_ctl(epoll, EPOLL_CTL_ADD, sockets.back(), &event);
    }
    const std::size_t size = answerSize(sockets[0]) * std::size_t(pipelined);
    std::vector<std::size_t> got(sockets.size(), 0);
    for (const int fd : sockets)
        (void)!write(fd, batch.data(), batch.size());
    const double usedBefore = processorSeconds(server);
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    long done = 0;
    std::vector<char> buffer(1 << 20);
    while (elapsed() < seconds) {
        epoll_event events[256];
        const int count = epoll_wait(epoll, events, 256, 100);
        for (int i = 0; i < count; ++i) {
            const std::size_t index = events[i].data.u64;
            const ssize_t bytes = read(sockets[index], buffer.data(), buffer.size());
            got[index] += std::size_t(std::max<ssize_t>(bytes, 0));
            if (got[index] < size)
                continue;
            got[index] = 0;
            done += pipelined;
            (void)!write(sockets[index], batch.data(), batch.size());
        }
    }
    const double took = elapsed();
    const double used = processorSeconds(server) - usedBefore;
    std::printf("%d connections, %d at a time: %.0f requests/s; the server used %.0f%% of a core: "
                "%.0f per core second\n",
                connections, pipelined, double(done) / took, 100 * used / took,
                double(done) / used);
    for (const int fd : sockets)
        close(fd);
    close(epoll);
}

void measureIdleMemory(pid_t server, quint16 port, int connections)
{
    const long before = residentKilobytes(server);
    std::vector<int> sockets;
    for (int i = 0; i < connections; ++i) {
        sockets.push_back(open(port));
        answerSize(sockets.back()); // each has served once
    }
    const long after = residentKilobytes(server);
    std::printf("%d idle connections: %ld kB before, %ld kB after, %.2f kB each\n", connections,
                before, after, double(after - before) / connections);
    for (const int fd : sockets)
        close(fd);
}

} // namespace

int main(int argc, char **argv)
{
    const auto argument = [&](int at, int otherwise) {
        return argc > at ? std::atoi(argv[at]) : otherwise;
    };
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int ports[2];
    if (pipe(ports) != 0)
        return 1;
    const pid_t server = fork();
    if (server == 0)
        serve(ports[1]);
    quint16 port = 0;
    if (read(ports[0], &port, sizeof port) != sizeof port)
        return 1;
    measureIdleMemory(server, port, argument(2, 5000));
    measureThroughput(server, port, argument(1, 64), argument(3, 3), 1);
    measureThroughput(server, port, argument(1, 64), argument(3, 3), argument(4, 16));
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
    return 0;
}
