#pragma once

#include <deque>

#include "daemons/agent/images/appc/aci_file.h"
#include "daemons/agent/images/appc/appc_manifest.h"
#include "daemons/agent/images/pull/image_arrival.h"
#include "daemons/agent/images/registry/registry_fetch.h"

namespace meseta::agent {

/// An appc image with all it depends on, found by simple discovery: a file or URL made of the
/// prefix, the name and the labels. Dependencies lie below the image; the runtime is the image's
/// own. Source: Mesos containerizer, appc support.
class AppcPull final : public ImageArrival
{
    Q_OBJECT
public:
    struct Settings
    {
        std::string prefix; ///< --appc_simple_discovery_uri_prefix
        ImageLimits limits;
        RegistryPatience patience;
    };

    AppcPull(AppcName wanted, LayerStore &store, LayerArrivals &layers, http::Client &client,
             Settings settings);
    ~AppcPull() override;

private:
    struct Found
    {
        AppcName name;
        AciFile aci;
        std::shared_ptr<containerizer::FileDescriptor> file; ///< nothing when the store has it
        AppcManifest manifest;
        LayerPin pin; ///< it is not fetched again, and others are still to be found
    };

    void findContents() override;
    void halt() override { m_fetch.reset(); }
    void next();
    Result<> takeFromStore(const AppcName &name);
    Result<> openLocal(const std::string &path);
    void download(const QUrl &url);
    void inspect(std::shared_ptr<containerizer::FileDescriptor> file);
    void inspected(const Result<AciFile> &aci,
                   const std::shared_ptr<containerizer::FileDescriptor> &file);
    Result<> found(Found image);
    void allFound();
    void collect(const std::string &name, std::set<std::string> &entered,
                 std::vector<std::string> &order) const;
    void giveUp(const Error &error);

    LayerStore &m_store;
    LayerArrivals &m_arrivals;
    http::Client &m_client;
    Settings m_settings;
    AppcName m_wanted;
    std::deque<AppcName> m_toFind;
    std::map<std::string, Found> m_found; // by the text of the name
    std::shared_ptr<RegistrySession> m_session;
    std::unique_ptr<BlobSink> m_sink;
    FetchHandle m_fetch;
};

} // namespace meseta::agent
