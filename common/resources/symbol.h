#pragma once

#include <string>
#include <string_view>

#include <QtCore/QSharedData>

namespace meseta {

/// A short immutable text that is copied and compared often (resource names, roles): one pointer
/// wide. The usual names
/// ("cpus", "mem", "disk", "ports", "gpus", "*") are shared by all, so that comparing them is
/// comparing pointers.
class Symbol
{
public:
    Symbol() = default;
    explicit Symbol(std::string_view text);

    bool empty() const { return !m_data; }
    const std::string &text() const;

    bool operator==(const Symbol &other) const
    {
        return m_data == other.m_data
            || (m_data && other.m_data && m_data->text == other.m_data->text);
    }
    bool operator==(std::string_view other) const { return text() == other; }

private:
    struct Data : QSharedData
    {
        explicit Data(std::string_view t) : text(t) { }
        const std::string text;
    };
    using Pointer = QExplicitlySharedDataPointer<const Data>;

    static Pointer make(std::string_view text);

    Pointer m_data;
};

} // namespace meseta
