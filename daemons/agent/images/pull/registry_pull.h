#pragma once

#include "daemons/agent/images/pull/image_arrival.h"
#include "daemons/agent/images/registry/registry_fetch.h"

namespace meseta::agent {

/// An image that comes from a registry: manifest (through an index), config, layers. Source: OCI
/// distribution specification, pulling manifests and blobs.
class RegistryPull final : public ImageArrival
{
    Q_OBJECT
public:
    struct Settings
    {
        ImageLimits limits;
        std::string architecture;
    };

    RegistryPull(std::string name, LayerStore &store, LayerArrivals &layers,
                 std::shared_ptr<RegistrySession> session, Settings settings);
    ~RegistryPull() override;

private:
    using Taken = void (RegistryPull::*)(const http::Headers &headers);

    void findContents() override;
    void halt() override { m_fetch.reset(); }
    void fetch(const QString &path, RegistryFetch::What what, std::uint64_t limit, Taken taken);
    void fetchManifest(const std::string &reference);
    void manifestCame(const http::Headers &headers);
    void fetchConfig();
    void configCame(const http::Headers &headers);
    std::string imageName() const;

    std::shared_ptr<RegistrySession> m_session;
    Settings m_settings;
    std::unique_ptr<TextSink> m_text;
    FetchHandle m_fetch;
    std::optional<Digest> m_expected; ///< of the manifest, when the name or an index says it
    std::string m_digest; ///< of the first manifest: what the name stands for
    Manifest m_manifest;
    int m_depth = 0;
};

} // namespace meseta::agent
