#pragma once

#include <QColor>
#include <QPalette>

#include "gui/model/look.h"

class QApplication;

namespace meseta::console {

/// The look of the console: colours, spacing and type. Every role of the palette is set, for all
/// groups, in light and in dark; text keeps a contrast of 4.5:1 on what it stands on.
class Theme
{
public:
    enum class Mode { System, Light, Dark };

    /// Distances, in device-independent pixels.
    enum Space { Tight = 4, Small = 8, Medium = 12, Large = 16, Wide = 24 };

    static void apply(QApplication &application, Mode mode, double fontScale = 1);
    static Mode mode(); ///< as it was asked for
    static double fontScale();
    static bool isDark();
    static Mode modeOf(const QString &name); ///< "light", "dark", else System
    static QString nameOf(Mode mode);

    static QColor tone(Tone tone);
    static QColor used(); ///< resources in use
    static QColor offered(); ///< resources in outstanding offers
    static QColor track(); ///< the rest of a bar
    static QColor muted(); ///< secondary text
    static QColor border();
    static QColor surface(); ///< cards and tables
    static QColor rail(); ///< the navigation
    static QColor hover(); ///< under the mouse
    static QColor notice(Tone tone); ///< background of a message

    static QFont titleFont();
    static QFont headingFont();
    static QFont smallFont();
    static QFont fixedFont();
    static int rowHeight(); ///< of tables
};

} // namespace meseta::console
