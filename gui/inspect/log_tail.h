#pragma once

#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

class QNetworkReply;

namespace meseta::console {

/// Follows one file of a sandbox through an agent's files API: the last part first, then what is
/// added. Bounded: reads of 64 KiB, one under way at a time. Source: Mesos files API, /files/read.
class LogTail : public QObject
{
    Q_OBJECT
public:
    explicit LogTail(QObject *parent = nullptr);

    /// `agent` is "ip:port"; `path` as the agent attaches it
    /// ("/frameworks/F/executors/E/runs/latest/stdout").
    void open(const QString &agent, const QString &path);
    void close();
    bool isOpen() const { return !m_path.isEmpty(); }

    static QString sandboxPath(const QString &frameworkId, const QString &executorId,
                               const QString &file);

Q_SIGNALS:
    void text(const QString &added);
    void cleared(); ///< the file began anew (rotated), or another was opened
    void problem(const QString &reason); ///< empty when it works again

private:
    void read();
    void take(QNetworkReply *reply);

    QNetworkAccessManager m_network;
    QTimer m_timer;
    QNetworkReply *m_reply = nullptr;
    QString m_agent;
    QString m_path;
    qint64 m_offset = -1; // -1: the size is asked first
    QByteArray m_partial; // bytes of a character that is not complete
};

} // namespace meseta::console
