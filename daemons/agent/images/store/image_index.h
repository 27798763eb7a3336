#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// An image that was pulled.
struct ImageRecord
{
    std::string name; ///< key: the full reference, or appc's name with its labels
    std::string digest; ///< of the manifest; appc: the image id
    std::string config; ///< Docker's or OCI's config, or the appc manifest: JSON as it came
    std::vector<std::string> layers; ///< ids in the layer store, lowest first
};

/// Which layers make which image, one JSON file an image, held in memory. Source: Mesos docker
/// store (`storedImages`), in a form of our own.
class ImageIndex
{
public:
    static constexpr std::size_t maxImages = 10'000;

    /// Reads what is there; files that cannot be read are dropped.
    static Result<ImageIndex> open(const std::string &folder);

    const ImageRecord *find(const std::string &name) const;
    Result<> put(ImageRecord record);
    void forget(const std::string &name);
    const std::map<std::string, ImageRecord> &images() const { return m_images; }

private:
    std::string fileOf(const std::string &name) const;

    std::string m_folder;
    std::map<std::string, ImageRecord> m_images;
};

} // namespace meseta::agent
