#pragma once

#include <QColor>

namespace meseta::console {

/// A colour as TerminalCell tells it; `own` where it tells none. The sixteen of the terminal are
/// chosen for the theme, so that each can be read on its ground.
QColor terminalColor(int color, const QColor &own);

} // namespace meseta::console
