#include "gui/launch/launch_book.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include "gui/launch/launch_task.h"
#include "gui/launch/request_fields.h"

namespace meseta::console {

namespace {

constexpr qsizetype mostEntries = 200;
constexpr qint64 longestFile = 32LL * 1024 * 1024;
constexpr int saveAfterMs = 300;

QJsonObject objectOf(const LaunchRequest &request)
{
    return {{QStringLiteral("task"), templateJson(request)},
            {QStringLiteral("role"), request.role},
            {QStringLiteral("constraints"), constraintsText(request.constraints)},
            {QStringLiteral("agent"), request.agentId}};
}

} // namespace

LaunchBook::LaunchBook()
{
    m_saveSoon.setSingleShot(true);
    m_saveSoon.setInterval(saveAfterMs);
    QObject::connect(&m_saveSoon, &QTimer::timeout, &m_saveSoon, [this] { save(); });
}

LaunchBook::~LaunchBook()
{
    if (m_saveSoon.isActive())
        save();
}

void LaunchBook::add(Entry entry)
{
    for (const QString &id : std::as_const(entry.taskIds))
        m_byTask.insert(id, m_first + m_entries.size());
    m_entries.append(std::move(entry));
    if (m_entries.size() <= mostEntries)
        return;
    for (const QString &id : m_entries.takeFirst().taskIds) {
        if (m_byTask.value(id) == m_first)
            m_byTask.remove(id);
    }
    ++m_first;
}

void LaunchBook::open(const QString &path)
{
    if (path == m_path)
        return;
    if (m_saveSoon.isActive())
        save();
    m_path = path;
    m_byTask.clear();
    m_entries.clear();
    QFile file(path);
    if (path.isEmpty() || file.size() > longestFile || !file.open(QIODevice::ReadOnly))
        return;
    for (const QJsonValue &value : QJsonDocument::fromJson(file.readAll()).array()) {
        Entry entry;
        for (const QJsonValue &id : value[QLatin1String("tasks")].toArray())
            entry.taskIds << id.toString();
        entry.request = value[QLatin1String("request")].toObject();
        add(std::move(entry));
    }
}

void LaunchBook::remember(const QStringList &taskIds, const LaunchRequest &request)
{
    add({taskIds, objectOf(request)});
    m_saveSoon.start();
}

std::optional<LaunchRequest> LaunchBook::find(const QString &taskId) const
{
    const auto at = m_byTask.constFind(taskId);
    if (at == m_byTask.cend())
        return std::nullopt;
    const QJsonObject &kept = m_entries.at(*at - m_first).request;
    LaunchRequest around;
    around.role = kept[QLatin1String("role")].toString();
    around.constraints = parseConstraints(kept[QLatin1String("constraints")].toString())
                             .value_or(QList<LaunchRequest::Constraint>());
    around.agentId = kept[QLatin1String("agent")].toString();
    auto request = requestOfJson(kept[QLatin1String("task")].toString(), around);
    if (!request)
        return std::nullopt;
    request->instances = 1;
    return *request;
}

void LaunchBook::save()
{
    m_saveSoon.stop();
    if (m_path.isEmpty())
        return;
    QJsonArray all;
    for (const Entry &entry : std::as_const(m_entries))
        all.append(QJsonObject{{QStringLiteral("tasks"), QJsonArray::fromStringList(entry.taskIds)},
                               {QStringLiteral("request"), entry.request}});
    QDir().mkpath(QFileInfo(m_path).path());
    QSaveFile file(m_path);
    if (!file.open(QIODevice::WriteOnly))
        return; // what is remembered then lasts as long as the console
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    file.write(QJsonDocument(all).toJson(QJsonDocument::Compact));
    file.commit();
}

} // namespace meseta::console
