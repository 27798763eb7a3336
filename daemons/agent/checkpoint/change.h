#pragma once

#include <string>
#include <vector>

namespace meseta::agent {

/// One change of what a later agent will read, below `<work_dir>/meta`.
struct CheckpointChange
{
    enum class Kind {
        Record, ///< the file becomes one record of these bytes
        Text, ///< the file becomes this text
        Append, ///< the file grows by one record of these bytes
        Link, ///< the symbolic link points to `bytes`, a path below meta
        Remove ///< the file or folder goes, with all that is in it
    };

    Kind kind = Kind::Record;
    std::string path; ///< below meta, without a leading slash
    std::string bytes;
    /// Must survive a power cut before it counts as kept; else only the agent's own death. After a
    /// power cut no container runs, so that only what others were told needs it.
    bool survivesPowerCut = false;
    /// Files that mean nothing one without the other: these, too, survive a power cut when this
    /// does. Below meta; one that is not there is fine.
    std::vector<std::string> with = {};
};

} // namespace meseta::agent
