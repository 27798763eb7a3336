#pragma once

#include "daemons/master/registry/registrar.h"
#include "tests/daemons/master/registry/scripted_storage.h"
#include "tests/daemons/master/support/test_master.h"

namespace meseta::master::test {

/// Registries on bytes that outlive each master, stored at once.
inline TestMaster::MakeRegistry on(KeptBytes &kept)
{
    return [&kept](Clock &clock) -> std::unique_ptr<Registry> {
        auto storage = std::make_unique<ScriptedStorage>(kept);
        storage->answerAtOnce();
        return std::make_unique<Registrar>(
            std::move(storage), clock, RegistrarOptions{},
            [](const std::string &why) { qFatal("the registry is lost: %s", why.c_str()); });
    };
}

/// Options of a master of this id.
inline MasterOptions named(const std::string &id)
{
    MasterOptions options;
    options.id = id;
    return options;
}

} // namespace meseta::master::test
