// The one file of an image made from scratch: says what it sees. Static, so that it needs no other.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace {

/// Size and FNV-1a hash of a file.
int sum(const char *path)
{
    std::FILE *file = std::fopen(path, "rb");
    if (file == nullptr) {
        std::printf("%s: none\n", path);
        return 1;
    }
    unsigned long long hash = 14695981039346656037ULL, size = 0;
    for (int byte = std::getc(file); byte != EOF; byte = std::getc(file), ++size)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
    std::fclose(file);
    std::printf("%s: %llu bytes, %llx\n", path, size, hash);
    return 0;
}

int write(const char *path)
{
    std::FILE *file = std::fopen(path, "wx");
    std::printf("%s: %s\n", path, file != nullptr ? "written" : std::strerror(errno));
    return file != nullptr ? std::fclose(file) : 1;
}

} // namespace

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "";
    if (std::strcmp(what, "sum") == 0 && count > 2)
        return sum(arguments[2]);
    if (std::strcmp(what, "write") == 0 && count > 2)
        return write(arguments[2]);
    if (std::strcmp(what, "wait") == 0)
        return ::pause();
    for (int i = 1; i < count; ++i)
        std::printf("%s ", arguments[i]);
    char folder[4096] = "?";
    const char *of = std::getenv("OF_IMAGE");
    std::printf("in %s as %d, %s\n", ::getcwd(folder, sizeof folder) != nullptr ? folder : "?",
                static_cast<int>(::getuid()), of != nullptr ? of : "(unset)");
    return 0;
}
