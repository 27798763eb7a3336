#include "common/base/firewall_flags.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace meseta {

namespace {

/// The paths of the rules; nothing when they do not have the form they need.
std::optional<std::vector<std::string>> pathsOf(const std::string &rules)
{
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(rules)).object();
    const QJsonObject disabled = object.value(QStringLiteral("disabled_endpoints")).toObject();
    const QJsonValue list = disabled.value(QStringLiteral("paths"));
    if (!list.isArray())
        return std::nullopt;
    std::vector<std::string> paths;
    for (const QJsonValue path : list.toArray()) {
        if (!path.toString().startsWith(u'/'))
            return std::nullopt;
        paths.push_back(path.toString().toStdString());
    }
    return paths;
}

Result<> checkRules(const std::string &text)
{
    if (pathsOf(text))
        return {};
    return fail("'" + text + R"(' has not the form {"disabled_endpoints":{"paths":["/..."]}})");
}

} // namespace

FlagRow firewallFlagRow(const std::string &example)
{
    return {.name = "firewall_rules",
            .type = FlagType::Json,
            .help = "Endpoints that answer 403: {\"disabled_endpoints\":{\"paths\":[\"" + example
                + "\"]}}.",
            .check = checkRules};
}

std::vector<std::string> disabledEndpoints(const FlagValues &values)
{
    return pathsOf(values.string("firewall_rules")).value_or(std::vector<std::string>());
}

} // namespace meseta
