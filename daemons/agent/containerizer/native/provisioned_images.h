#pragma once

#include <memory>

#include "common/base/flags.h"
#include "daemons/agent/containerizer/native/image_source.h"

namespace meseta::agent {

class ImageProvisioner;

/// Root file systems from the agent's provisioner of images.
class ProvisionedImages final : public ImageSource
{
public:
    /// By --image_providers and the flags that go with it.
    static Result<std::unique_ptr<ImageSource>> create(const FlagValues &flags);
    ~ProvisionedImages() override;

    void provision(const std::string &containerId, const mesos::v1::Image &image,
                   Events events) override;
    void cancel(const std::string &containerId) override;
    void destroy(const std::string &containerId, std::function<void(Result<>)> done) override;
    void prune(const std::vector<mesos::v1::Image> &excluded,
               std::function<void(Result<>)> done) override;
    void addMetrics(MetricsRegistry &metrics) override;
    void recover(const std::vector<std::string> &known,
                 std::function<void(Result<>)> done) override;

private:
    explicit ProvisionedImages(std::unique_ptr<ImageProvisioner> provisioner);

    std::unique_ptr<ImageProvisioner> m_provisioner;
};

} // namespace meseta::agent
