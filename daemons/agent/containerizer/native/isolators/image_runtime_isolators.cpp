#include "daemons/agent/containerizer/native/isolators/image_runtime_isolators.h"

#include "common/base/logging.h"

namespace meseta::agent {

using containerizer::LaunchSpec;

namespace {

Result<> setCommand(const ImageRuntime &image, const mesos::v1::CommandInfo &command,
                    LaunchSpec &launch)
{
    if (command.shell() || command.has_value())
        return {}; // its own; the image has no say
    auto arguments = commandOfImage(image, command);
    if (!arguments)
        return fail(arguments.error());
    launch.file = arguments->front();
    launch.arguments = std::move(*arguments);
    return {};
}

} // namespace

std::string ImageRuntimeIsolator::name() const
{
    return m_type == mesos::v1::Image::APPC ? "appc/runtime" : "docker/runtime";
}

void ImageRuntimeIsolator::prepare(const IsolatedContainer &container, LaunchSpec &launch,
                                   Done done)
{
    if (!container.image || container.image->type != m_type || m_ignored) {
        done({});
        return;
    }
    const ImageRuntime &image = container.image->runtime;
    for (const std::string &entry : image.environment) {
        const auto equals = entry.find('=');
        if (equals != std::string::npos && equals > 0)
            launch.setEnvironment(entry.substr(0, equals), entry.substr(equals + 1));
    }
    if (!image.workingDirectory.empty())
        launch.workingDirectory = image.workingDirectory;
    if (!image.user.empty()) // as in Mesos: who runs is the framework's affair
        qWarning("The image of container %s wants to run as user '%s'; it runs as the task's user. "
                 "Set command.user to change that",
                 container.id().c_str(), image.user.c_str());
    auto set = setCommand(image, container.spec.command, launch);
    done(set ? set : fail(set.error().within("There is nothing to run")));
}

Result<std::vector<std::string>> commandOfImage(const ImageRuntime &image,
                                                const mesos::v1::CommandInfo &command)
{
    const auto &given = command.arguments();
    std::vector<std::string> line = image.entrypoint;
    if (!line.empty()) {
        if (given.empty())
            line.insert(line.end(), image.command.begin(), image.command.end());
        else
            line.insert(line.end(), given.begin(), given.end());
        return line;
    }
    if (image.command.empty())
        return fail("neither command.value nor the image's Entrypoint and Cmd name a program");
    if (given.empty())
        return image.command;
    line.push_back(image.command.front());
    line.insert(line.end(), given.begin(), given.end());
    return line;
}

} // namespace meseta::agent
