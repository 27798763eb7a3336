#pragma once

#include "tests/support/oci_image.h"

namespace meseta::test {

struct DifficultParts
{
    bool firstLayerAlone = false;
    /// A folder that becomes a file: umoci writes whiteouts below that file, which a Docker engine
    /// cannot take.
    bool folderTurnsFile = true;
};

/// Fills an image with everything that tells one tree from another, over three layers: owners,
/// modes, times, extended attributes, hard links, devices, long names, whiteouts, files that become
/// folders, a user and a VOLUME.
Result<> fillDifficult(OciImage &image, DifficultParts parts = {});

/// Writes a file, with the folders on the way to it.
void writeFile(const QString &path, const QByteArray &content);

} // namespace meseta::test
