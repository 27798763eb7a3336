#pragma once

#include <memory>
#include <string>

#include "daemons/master/registry/registry_storage.h"

namespace meseta::master {

/// The registry of a single master, in a folder of its work_dir. Files are written by a thread of
/// its own, so that a slow disk holds up no call; answers come on the thread that made this, which
/// must run an event loop. A lock keeps a second master out of the same folder.
class LocalStorage final : public RegistryStorage
{
public:
    /// `disk` must be there until the end of the process.
    LocalStorage(store::Disk &disk, std::string folder);
    ~LocalStorage() override;

    void open(Opened opened) override;
    void append(std::string batch, Stored stored) override;
    void replace(std::string snapshot, Stored stored) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
