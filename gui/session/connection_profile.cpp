#include "gui/session/connection_profile.h"

#include <QSettings>

namespace meseta::console {

namespace {

constexpr qsizetype mostProfiles = 20;
constexpr auto key = "connections";

} // namespace

QList<ConnectionProfile> savedConnections()
{
    QSettings settings;
    QList<ConnectionProfile> profiles;
    const int count = settings.beginReadArray(QLatin1String(key));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        ConnectionProfile profile;
        profile.address = settings.value(QStringLiteral("address")).toString();
        profile.color = settings.value(QStringLiteral("color")).toInt() % connectionColors;
        profile.readOnly = settings.value(QStringLiteral("readOnly")).toBool();
        profile.open = settings.value(QStringLiteral("open")).toBool();
        if (!profile.address.isEmpty())
            profiles << profile;
    }
    settings.endArray();
    return profiles;
}

void saveConnections(const QList<ConnectionProfile> &profiles)
{
    QSettings settings;
    settings.remove(QLatin1String(key));
    settings.beginWriteArray(QLatin1String(key));
    for (qsizetype i = 0; i < std::min(profiles.size(), mostProfiles); ++i) {
        settings.setArrayIndex(static_cast<int>(i));
        settings.setValue(QStringLiteral("address"), profiles.at(i).address);
        settings.setValue(QStringLiteral("color"), profiles.at(i).color);
        settings.setValue(QStringLiteral("readOnly"), profiles.at(i).readOnly);
        settings.setValue(QStringLiteral("open"), profiles.at(i).open);
    }
    settings.endArray();
}

} // namespace meseta::console
