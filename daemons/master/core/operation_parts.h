#pragma once

#include "common/resources/resources.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

/// Calls `change` with each list of resources of an operation other than a launch; single ones are
/// lists of one.
template <typename Change>
void changeResources(mesos::v1::Offer::Operation &operation, Change change)
{
    using Operation = mesos::v1::Offer::Operation;
    const auto changeOne = [&change](mesos::v1::Resource *resource) {
        Resources::Proto list;
        *list.Add() = *resource;
        change(list);
        if (list.size() == 1)
            *resource = list.Get(0);
    };
    switch (operation.type()) {
    case Operation::RESERVE:
        change(*operation.mutable_reserve()->mutable_resources());
        change(*operation.mutable_reserve()->mutable_source());
        break;
    case Operation::UNRESERVE:
        change(*operation.mutable_unreserve()->mutable_resources());
        break;
    case Operation::CREATE:
        change(*operation.mutable_create()->mutable_volumes());
        break;
    case Operation::DESTROY:
        change(*operation.mutable_destroy()->mutable_volumes());
        break;
    case Operation::GROW_VOLUME:
        changeOne(operation.mutable_grow_volume()->mutable_volume());
        changeOne(operation.mutable_grow_volume()->mutable_addition());
        break;
    case Operation::SHRINK_VOLUME:
        changeOne(operation.mutable_shrink_volume()->mutable_volume());
        break;
    case Operation::CREATE_DISK:
        changeOne(operation.mutable_create_disk()->mutable_source());
        break;
    case Operation::DESTROY_DISK:
        changeOne(operation.mutable_destroy_disk()->mutable_source());
        break;
    default:
        break;
    }
}

/// Whether master and agent take the outcome for granted.
inline bool isSpeculative(mesos::v1::Offer::Operation::Type type)
{
    using Operation = mesos::v1::Offer::Operation;
    return type == Operation::RESERVE || type == Operation::UNRESERVE || type == Operation::CREATE
        || type == Operation::DESTROY;
}

} // namespace meseta::master
