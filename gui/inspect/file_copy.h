#pragma once

#include <QFile>

#include "gui/inspect/file_reader.h"

namespace meseta::console {

/// Copies a file of a sandbox to a local one, part by part. It takes as much as the agent told of
/// at first: what is written meanwhile stays out, and an agent that tells other sizes later, or
/// goes on without an end, fills no disk.
class FileCopy : public QObject
{
    Q_OBJECT
public:
    FileCopy(const QString &agent, const QString &path, const QString &target,
             QObject *parent = nullptr);

    void start();
    QString target() const { return m_target.fileName(); }

Q_SIGNALS:
    void progress(qint64 done, qint64 all); ///< bytes
    void finished();
    void failed(const QString &problem);

private:
    void copyOn();
    void give(const QString &problem);

    FileReader m_reader;
    QString m_path;
    QFile m_target;
    qint64 m_done = 0;
    qint64 m_all = -1; // not known yet
};

} // namespace meseta::console
