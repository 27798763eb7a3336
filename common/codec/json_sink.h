#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

namespace meseta::codec {

/// Where JSON text is written: a block on the stack, handed to the string when full. Writing a
/// value costs no allocation of its own. The string is complete when the sink is gone.
class JsonSink
{
public:
    explicit JsonSink(std::string &out) : m_out(out) { }
    ~JsonSink() { flush(); }
    JsonSink(const JsonSink &) = delete;
    JsonSink &operator=(const JsonSink &) = delete;

    void put(char c)
    {
        if (m_used == m_block.size())
            flush();
        m_block[m_used++] = c;
    }

    void put(std::string_view text)
    {
        if (text.size() > m_block.size() - m_used)
            return putLong(text);
        std::memcpy(m_block.data() + m_used, text.data(), text.size());
        m_used += text.size();
    }

    template <std::integral T> void integer(T value)
    {
        need(24);
        const auto end =
            std::to_chars(m_block.data() + m_used, m_block.data() + m_block.size(), value).ptr;
        m_used = static_cast<std::size_t>(end - m_block.data());
    }

    /// As Mesos writes doubles: always with a fraction or an exponent, infinities quoted.
    void number(double value);

    /// Quoted and escaped, ASCII only: other characters as \uXXXX, broken UTF-8 as U+FFFD.
    void string(std::string_view value);

    /// Base64 with padding, without quotes.
    void base64(std::string_view bytes);

private:
    void need(std::size_t bytes)
    {
        if (m_block.size() - m_used < bytes)
            flush();
    }

    void flush();
    void putLong(std::string_view text);
    void escape(unsigned char c);
    void utf16Unit(unsigned unit);
    const char *foreign(const char *p, const char *end);

    std::string &m_out;
    std::size_t m_used = 0;
    std::array<char, 4096> m_block;
};

} // namespace meseta::codec
