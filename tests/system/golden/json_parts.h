#pragma once

#include <map>

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

/// Short ways to what the replays look at in calls and events.
namespace meseta::test::parts {

using namespace Qt::StringLiterals;

inline QJsonObject member(const QJsonObject &object, QLatin1String name)
{
    return object.value(name).toObject();
}

inline QString id(const QJsonObject &object, QLatin1String name)
{
    return member(object, name).value("value"_L1).toString();
}

inline QJsonObject idObject(const QString &value)
{
    return {{u"value"_s, value}};
}

inline QString type(const QJsonObject &event)
{
    return event.value("type"_L1).toString();
}

/// All CPUs of some offers.
inline double cpus(const std::map<QString, QJsonArray> &lists)
{
    double total = 0;
    for (const auto &[offer, list] : lists) {
        for (const QJsonValue &resource : list) {
            if (resource.toObject().value("name"_L1).toString() == u"cpus"_s)
                total += member(resource.toObject(), "scalar"_L1).value("value"_L1).toDouble();
        }
    }
    return total;
}

} // namespace meseta::test::parts
