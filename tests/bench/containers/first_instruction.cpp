// What the containers of bench_containers run: writes when its first instruction came.
#include <ctime>

#include <unistd.h>

int main(int argc, char **)
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const long long nanoseconds = now.tv_sec * 1'000'000'000LL + now.tv_nsec;
    if (write(STDOUT_FILENO, &nanoseconds, sizeof nanoseconds) != sizeof nanoseconds)
        return 1;
    if (argc > 1)
        pause();
    return 0;
}
