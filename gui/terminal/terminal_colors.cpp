#include "gui/terminal/terminal_colors.h"

#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr QRgb light[16] = {0xff1f2430, 0xffb3261e, 0xff1b6e2e, 0xff7a5900, 0xff1f4fb2, 0xff8a2a8f,
                            0xff006a72, 0xff5b6270, 0xff5b6270, 0xffc4302b, 0xff23782f, 0xff806000,
                            0xff2a5fd0, 0xff9c35a0, 0xff00727a, 0xff3a4150};
constexpr QRgb dark[16] = {0xff8b93a3, 0xffff7b72, 0xff6cd07f, 0xffe3b341, 0xff79b0ff, 0xffe08af0,
                           0xff56d4dd, 0xffd5dae3, 0xff9aa2b1, 0xffff9d96, 0xff8ae29a, 0xfff0c75e,
                           0xff9cc5ff, 0xffeaa6f5, 0xff7ee3ea, 0xffffffff};

int level(int step)
{
    return step == 0 ? 0 : 55 + 40 * step;
}

} // namespace

QColor terminalColor(int color, const QColor &own)
{
    if (color < 0)
        return own;
    if (color >= 0x1000000)
        return QColor::fromRgb(static_cast<QRgb>(color) | 0xff000000U);
    if (color < 16)
        return QColor::fromRgb(Theme::isDark() ? dark[color] : light[color]);
    if (color < 232) { // a cube of 6 x 6 x 6
        const int place = color - 16;
        return {level(place / 36), level(place / 6 % 6), level(place % 6)};
    }
    const int gray = 8 + 10 * (std::min(color, 255) - 232);
    return {gray, gray, gray};
}

} // namespace meseta::console
