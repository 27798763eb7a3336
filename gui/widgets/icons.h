#pragma once

#include <QIcon>

namespace meseta::console {

/// The console's own icons: single-coloured drawings under :/icons/actions, painted in the colour
/// of the text beside them, so that they follow the theme. Names are those of the files.
QIcon icon(const QString &name);

} // namespace meseta::console
