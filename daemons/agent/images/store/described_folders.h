#pragma once

#include <optional>

#include "daemons/agent/images/store/layer_store.h"

namespace meseta::agent {

/// Layers often hold a file without an entry for its folder. Overlayfs takes the attributes of a
/// folder from the uppermost layer that has it, so that one would lose its owner, mode and times.
///
/// Makes one more layer for such an image: nothing but these folders (and those on the way to them)
/// with the attributes of the uppermost layer that describes them. It is made once for a list of
/// layers. Gives its id with a pin, or nothing when the image needs none.
struct FolderLayer
{
    std::string id;
    LayerPin pin;
};
Result<std::optional<FolderLayer>> describeFolders(LayerStore &store,
                                                   const std::vector<std::string> &layers);

} // namespace meseta::agent
