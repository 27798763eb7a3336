#pragma once

#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// `docker/runtime` and `appc/runtime`: an image's environment, working directory and command. The
/// truth table of what is executed is Mesos'. Source: Mesos documentation, docker/runtime isolator.
class ImageRuntimeIsolator final : public Isolator
{
public:
    /// `ignored`: --docker_ignore_runtime.
    ImageRuntimeIsolator(mesos::v1::Image::Type type, bool ignored)
        : m_type(type), m_ignored(ignored)
    { }

    std::string name() const override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    mesos::v1::Image::Type m_type;
    bool m_ignored;
};

/// What is executed for a command of shell=false without a value.
Result<std::vector<std::string>> commandOfImage(const ImageRuntime &image,
                                                const mesos::v1::CommandInfo &command);

} // namespace meseta::agent
