#pragma once

#include <QObject>
#include <QProcess>
#include <QTimer>

#include "gui/session/master_address.h"

namespace meseta::console {

/// A small cluster on this machine: a master and agents as children of the console, in a folder of
/// their own. They end with it, agents first, and are killed when they take too long.
class LocalCluster : public QObject
{
    Q_OBJECT
public:
    explicit LocalCluster(QObject *parent = nullptr);
    ~LocalCluster() override; ///< ends what runs, waiting a few seconds at most

    /// Why it cannot be started on this machine; "" when it can. Looks for the programs beside the
    /// console's and in PATH.
    QString whyNot() const;
    /// Whether its agents use a Docker engine; else they run images natively, as root.
    static bool hasDockerEngine();

    void start(int agents);
    void stop();
    bool isRunning() const { return m_master != nullptr; }
    MasterAddress address() const { return m_address; }
    QString folder() const { return m_folder; }

    /// Another place for programs and files; for tests.
    void setFolder(const QString &folder) { m_folder = folder; }
    void setProgramFolder(const QString &folder) { m_programs = folder; }

Q_SIGNALS:
    void ready(const meseta::console::MasterAddress &address); ///< the master answers
    void failed(const QString &reason);
    void ended();

private:
    QString program(const QString &name) const;
    QProcess *startPart(const QString &name, const QString &program, const QStringList &arguments);
    void waitForMaster();
    void startAgents();
    void partEnded(QProcess *part);
    QString lastWords(const QString &name) const;

    QString m_folder;
    QString m_programs;
    MasterAddress m_address;
    int m_agentCount = 2;
    QProcess *m_master = nullptr;
    QList<QProcess *> m_agents;
    QTimer m_try;
    int m_tries = 0;
    bool m_stopping = false;
};

} // namespace meseta::console
