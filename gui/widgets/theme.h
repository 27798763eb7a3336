#pragma once

#include <QColor>
#include <QPalette>

#include "mesos/v1/ids.pb.h"

class QApplication;

namespace meseta::console {

/// The colours of the console. Every role of the palette is set, for all groups, in light and in
/// dark.
class Theme
{
public:
    enum class Kind { Light, Dark };

    static void apply(QApplication &application, Kind kind);
    static Kind systemKind(); ///< by the brightness of the platform's own palette

    static QColor stateColor(mesos::v1::TaskState state);
    static QColor used(); ///< resources in use
    static QColor offered(); ///< resources in outstanding offers
    static QColor track(); ///< the rest of a bar
    static QColor muted(); ///< secondary text, 4.5:1 on the window
    static QColor warning(); ///< background of the banner
    static QColor border();

private:
    static Kind s_kind;
};

} // namespace meseta::console
