#include "common/resources/symbol.h"

#include <array>

namespace meseta {

Symbol::Symbol(std::string_view text) : m_data(make(text)) { }

const std::string &Symbol::text() const
{
    static const std::string none;
    return m_data ? m_data->text : none;
}

Symbol::Pointer Symbol::make(std::string_view text)
{
    if (text.empty())
        return {};
    static const std::array<Pointer, 6> usual{Pointer(new Data("cpus")), Pointer(new Data("mem")),
                                              Pointer(new Data("disk")), Pointer(new Data("ports")),
                                              Pointer(new Data("gpus")), Pointer(new Data("*"))};
    for (const Pointer &known : usual)
        if (known->text == text)
            return known;
    return Pointer(new Data(text));
}

} // namespace meseta
