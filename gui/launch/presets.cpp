#include "gui/launch/presets.h"

#include <QCoreApplication>
#include <QSettings>
#include <QUrl>

#include "gui/launch/launch_task.h"
#include "gui/launch/request_fields.h"

namespace meseta::console {

namespace {

constexpr int most = 100;

// Names may hold what separates groups of settings.
QString keyOf(const QString &name)
{
    return QStringLiteral("presets/") + QString::fromLatin1(QUrl::toPercentEncoding(name));
}

} // namespace

QStringList Presets::names()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("presets"));
    QStringList names;
    for (const QString &group : settings.childGroups())
        names << QString::fromUtf8(QByteArray::fromPercentEncoding(group.toLatin1()));
    names.sort(Qt::CaseInsensitive);
    return names;
}

Result<LaunchRequest> Presets::load(const QString &name)
{
    QSettings settings;
    settings.beginGroup(keyOf(name));
    LaunchRequest around;
    around.instances = std::clamp(settings.value(QStringLiteral("instances"), 1).toInt(), 1, 1000);
    around.role = settings.value(QStringLiteral("role")).toString();
    around.constraints = parseConstraints(settings.value(QStringLiteral("constraints")).toString())
                             .value_or(QList<LaunchRequest::Constraint>());
    return requestOfJson(settings.value(QStringLiteral("task")).toString(), around);
}

void Presets::save(const QString &name, const LaunchRequest &request)
{
    if (names().size() >= most && !names().contains(name))
        return;
    QSettings settings;
    settings.beginGroup(keyOf(name));
    settings.setValue(QStringLiteral("task"), templateJson(request));
    settings.setValue(QStringLiteral("instances"), request.instances);
    settings.setValue(QStringLiteral("role"), request.role);
    settings.setValue(QStringLiteral("constraints"), constraintsText(request.constraints));
}

void Presets::remove(const QString &name)
{
    QSettings().remove(keyOf(name));
}

} // namespace meseta::console
