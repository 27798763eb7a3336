#pragma once

#include <QList>

#include "gui/model/look.h"
#include "gui/model/object_ref.h"

namespace meseta::console {

class Replica;

/// Something the command palette can do that is no object: an action of the window, or a page.
struct PaletteCommand
{
    QString id; ///< for whoever runs it
    QString title;
    QString shortcut;
    QString icon;
    bool enabled = true;
};

/// One line of the palette.
struct PaletteEntry
{
    enum class Kind { Command, Object, Why };

    Kind kind = Kind::Command;
    QString title;
    QString detail;
    QString icon;
    Look look;
    ObjectRef ref; ///< Object, Why
    QString command; ///< Command
    bool enabled = true;
};

/// What fits a line typed into the palette, best first. Its first sign narrows it: "@" agents, "#"
/// tasks, "%" frameworks, ">" actions, "?" why something waits or got no offer.
QList<PaletteEntry> searchPalette(const QString &typed, const Replica &replica,
                                  const QList<PaletteCommand> &commands, int limit = 40);

/// How well letters fit a text, higher is better; 0: not at all. A beginning beats the beginning of
/// a word, which beats the middle of one, which beats letters in order with gaps.
int fitScore(QStringView text, QStringView letters);

} // namespace meseta::console
