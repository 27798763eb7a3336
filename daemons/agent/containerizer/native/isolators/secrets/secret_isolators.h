#pragma once

#include "daemons/agent/containerizer/native/isolators/volumes/volume_paths.h"

namespace meseta::agent {

/// The content of a secret. This agent resolves secrets that bring their value; one that refers to
/// a secret elsewhere would need a resolver. Source: Mesos default secret resolver.
Result<std::string> resolveSecret(const mesos::v1::Secret &secret);

/// Environment variables of type SECRET. Source: Mesos environment_secret isolator.
class EnvironmentSecrets final : public Isolator
{
public:
    std::string name() const override { return "environment_secret"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
};

/// Volumes that hold a secret: a file that exists only in memory and only as long as its container,
/// readable by the container's user alone. Source: Mesos volume/secret isolator.
class SecretVolumes final : public Isolator
{
public:
    SecretVolumes(VolumeSettings settings, std::string runtimeDir)
        : m_settings(std::move(settings)), m_folder(std::move(runtimeDir) + "/.secret")
    { }

    std::string name() const override { return "volume/secret"; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void watch(const IsolatedContainer &container,
               std::function<void(const ContainerLimitation &)> broken) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    std::string folderOf(const std::string &id) const { return m_folder + "/" + id; }
    Result<> makeFolder(const std::string &id) const;
    Result<std::string> writeFile(const IsolatedContainer &container,
                                  const containerizer::LaunchSpec &launch,
                                  const std::string &content, std::size_t index) const;
    Result<> forget(const std::string &id) const;

    VolumeSettings m_settings;
    std::string m_folder;
};

} // namespace meseta::agent
