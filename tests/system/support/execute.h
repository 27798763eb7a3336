#pragma once

#include <QJsonObject>
#include <QProcess>

namespace meseta::test {

/// One run of mesos-execute from $MESETA_BIN_DIR.
class Execute
{
public:
    explicit Execute(quint16 masterPort)
        : m_master(QStringLiteral("--master=127.0.0.1:%1").arg(masterPort))
    { }
    ~Execute();

    /// --master comes first, then `flags`.
    void start(const QStringList &flags);
    /// --task with the description as JSON.
    void startTask(const QJsonObject &task) { start({QStringLiteral("--task=") + json(task)}); }

    /// Whether this comes on standard output (or standard error) in time.
    bool says(const QByteArray &text, int milliseconds = 60000);
    /// The exit code; -1 when it does not end in time or crashes.
    int exitCode(int milliseconds = 60000);

    void interrupt() const; ///< as Ctrl-C does
    QByteArray output(); ///< of both streams, in the order it came

private:
    static QString json(const QJsonObject &object);

    QString m_master;
    QProcess m_process;
    QByteArray m_output;
};

} // namespace meseta::test
