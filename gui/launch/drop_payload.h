#pragma once

#include <variant>

#include <QList>
#include <QString>

#include "gui/launch/docker_run.h"

class QMimeData;

namespace meseta::console {

/// The type under which the console's own image shelf drags an image's name.
inline constexpr char imageMimeType[] = "application/x-meseta-image";

/// What somebody dropped, understood: launches to propose. Never fetched, never run: it only fills
/// the form.
struct DropPayload
{
    enum class Kind { Image, DockerRun, Compose, Dockerfile, Nothing };
    Kind kind = Kind::Nothing;
    QList<ImportedLaunch> launches;
    QString problem; ///< why nothing can be made of it, for the person
};

/// Reads dropped data: the shelf's image, text (a name such as "redis:7", a `docker run` line, a
/// Compose file, a Dockerfile) or one local file of those. Texts and files are read up to 1 MiB.
DropPayload readDrop(const QMimeData &data);

/// The same for a text that was pasted.
DropPayload readDropText(const QString &text);

} // namespace meseta::console
