#pragma once

#include <optional>

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QTimer>

#include "gui/launch/launch_request.h"

namespace meseta::console {

/// What was asked for in each launch, by the ids of its tasks, so that the same can be launched
/// again. Kept in a file that only this user can read (environments may hold secrets), written
/// shortly after a change; the newest 200 launches.
class LaunchBook
{
public:
    LaunchBook();
    ~LaunchBook();

    /// Reads what was kept there, and keeps there from now on; "": nothing outlasts this object.
    /// A file that cannot be read counts as empty.
    void open(const QString &path);
    void remember(const QStringList &taskIds, const LaunchRequest &request);
    bool knows(const QString &taskId) const { return m_byTask.contains(taskId); }
    /// One instance of what that task was launched with.
    std::optional<LaunchRequest> find(const QString &taskId) const;
    void save();

private:
    struct Entry
    {
        QStringList taskIds;
        QJsonObject request;
    };

    void add(Entry entry);

    QString m_path;
    QHash<QString, qint64> m_byTask; ///< the number of its entry
    QList<Entry> m_entries; ///< oldest first
    qint64 m_first = 0; ///< the number of the oldest
    QTimer m_saveSoon;
};

} // namespace meseta::console
