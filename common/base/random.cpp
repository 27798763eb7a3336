#include "common/base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace meseta {

namespace {

constexpr std::size_t uuidSize = 16;

bool isDashPosition(std::size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

int hexValue(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

} // namespace

std::string Random::uuidBytes()
{
    const std::uint64_t halves[2] = {next(), next()};
    std::string bytes(uuidSize, '\0');
    std::memcpy(bytes.data(), halves, uuidSize);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40); // version 4
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80); // variant 1
    return bytes;
}

std::string Random::uuid()
{
    return uuidText(uuidBytes());
}

std::uint64_t KernelRandom::next()
{
    if (m_left == 0) {
        ssize_t drawn = 0;
        // Reads of up to 256 bytes are never cut short once the kernel's pool is ready; a signal
        // may come before that.
        do
            drawn = ::getrandom(m_drawn.data(), sizeof(m_drawn), 0);
        while (drawn < 0 && errno == EINTR);
        if (drawn != static_cast<ssize_t>(sizeof(m_drawn)))
            std::abort(); // without chance there are no safe ids
        m_left = m_drawn.size();
    }
    return m_drawn[--m_left];
}

std::uint64_t SeededRandom::next()
{
    m_state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = m_state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
}

std::string uuidText(const std::string &bytes)
{
    if (bytes.size() != uuidSize)
        return {};
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (const char byte : bytes) {
        if (isDashPosition(text.size()))
            text += '-';
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 0x0f];
    }
    return text;
}

std::string uuidBytes(const std::string &text)
{
    if (text.size() != 36)
        return {};
    std::string bytes;
    bytes.reserve(uuidSize);
    for (std::size_t at = 0; at < text.size();) {
        if (isDashPosition(at)) {
            if (text[at++] != '-')
                return {};
            continue;
        }
        const int high = hexValue(text[at]);
        const int low = hexValue(text[at + 1]);
        if (high < 0 || low < 0)
            return {};
        bytes += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return bytes;
}

bool isUuid(const std::string &bytes)
{
    if (bytes.size() != uuidSize)
        return false;
    const int version = static_cast<unsigned char>(bytes[6]) >> 4;
    return version >= 1 && version <= 5;
}

} // namespace meseta
