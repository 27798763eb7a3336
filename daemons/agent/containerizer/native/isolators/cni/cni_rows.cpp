#include "daemons/agent/containerizer/native/isolators/cni/cni_rows.h"

#include <filesystem>

#include <QJsonArray>
#include <QJsonDocument>

#include "daemons/agent/containerizer/native/isolators/cni/cni_isolator.h"
#include "daemons/agent/containerizer/native/isolators/kernel_features.h"

namespace meseta::agent::rows {

namespace {

/// The part for CNI of --default_container_dns; the flag's own check has been over its form.
void readDns(const std::string &text, CniOptions &options)
{
    const auto info = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
    for (const auto &value : info.value(u"mesos").toArray()) {
        const QJsonObject entry = value.toObject();
        if (entry.value(u"network_mode").toString() != u"CNI")
            continue;
        const CniDns dns = CniDns::of(entry.value(u"dns").toObject());
        if (entry.contains(u"network_name"))
            options.dns[entry.value(u"network_name").toString().toStdString()] = dns;
        else
            options.defaultDns = dns;
    }
}

Result<std::unique_ptr<Isolator>> make(const IsolatorContext &context)
{
    CniOptions options;
    const auto configs = context.flags.text("network_cni_config_dir");
    const auto plugins = context.flags.text("network_cni_plugins_dir");
    if (configs.has_value() != plugins.has_value())
        return fail(std::string("--network_cni_config_dir and --network_cni_plugins_dir belong "
                                "together: --")
                    + (configs ? "network_cni_plugins_dir" : "network_cni_config_dir")
                    + " is missing");
    const bool persist = context.flags.flag("network_cni_root_dir_persist");
    options.stateDirectory =
        (persist ? context.workDir : context.runtimeDir) + "/isolators/network/cni";
    if (configs) {
        if (!context.root || !context.linuxLauncher)
            return fail("networks need root and --launcher=linux");
        std::error_code error;
        if (!std::filesystem::is_directory(*configs, error))
            return fail("--network_cni_config_dir=" + *configs + ": there is no such folder");
        options.places = {*configs, *plugins};
        std::filesystem::create_directories(options.stateDirectory, error);
        if (error)
            return fail("cannot make " + options.stateDirectory + ": " + error.message());
        options.stateDirectory = std::filesystem::canonical(options.stateDirectory, error);
    }
    if (const auto dns = context.flags.text("default_container_dns"))
        readDns(*dns, options);
    return std::make_unique<CniIsolator>(std::move(options));
}

} // namespace

std::vector<IsolatorRow> cniIsolators()
{
    return {{"network/cni", IsolatorStage::Network, false, make,
             [](const FlagValues &flags) {
                 return flags.given("network_cni_config_dir")
                     || flags.given("network_cni_plugins_dir");
             },
             [](const IsolatorContext &) { return lackOfNamespace("net"); }}};
}

} // namespace meseta::agent::rows
