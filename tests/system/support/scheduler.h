#pragma once

#include <QJsonArray>

#include "tests/system/support/event_stream.h"

namespace meseta::test {

/// A scheduler of the Mesos scheduler HTTP API, in JSON. It keeps offers until they are taken, and
/// acknowledges updates.
class Scheduler
{
public:
    explicit Scheduler(quint16 masterPort) : m_port(masterPort) { }

    /// Subscribes and waits for SUBSCRIBED; `capabilities` are announced.
    bool subscribe(const QStringList &capabilities = {});
    void disconnect() { m_stream.reset(); }
    /// How long the master waits for this framework to come back; before `subscribe`.
    void setFailoverTimeout(double seconds) { m_failoverTimeout = seconds; }
    /// In this role instead of "*"; before `subscribe`, which is to announce MULTI_ROLE.
    void setRole(const QString &role) { m_role = role; }
    /// Subscribes again with the id it has.
    bool resubscribe(const QStringList &capabilities = {});
    /// Asks for the states of all tasks.
    int reconcile();

    /// Sends a call of this framework; the status of the answer.
    int call(QJsonObject call);

    /// Waits for an offer of at least this and takes it; smaller ones are declined, so that they
    /// come again as a larger one. Empty when none comes.
    QJsonObject takeOffer(double cpus = 1, int milliseconds = 30000);
    /// ACCEPT with one LAUNCH; agent_id is added to the tasks.
    int launch(const QJsonObject &offer, const QList<QJsonObject> &tasks);
    int kill(const QString &task);
    int teardown();

    /// Whether the task comes to this state in time.
    bool sees(const QString &task, const char *state, int milliseconds = 30000) const;
    /// All states told of a task, "TASK_STARTING TASK_RUNNING".
    QString states(const QString &task) const;
    QJsonObject lastStatus(const QString &task) const;
    qsizetype count(const char *state) const; ///< tasks that came to it
    QList<QJsonObject> statuses(const QString &task) const;

    QString id() const { return m_id; }
    EventStream &stream() { return *m_stream; }

private:
    void onRecord(const QJsonObject &record);
    void acknowledge(const QJsonObject &status);
    void declineAll();

    quint16 m_port;
    QString m_id;
    QString m_role;
    double m_failoverTimeout = 0;
    bool m_subscribed = false;
    std::unique_ptr<EventStream> m_stream;
    QList<QJsonObject> m_offers;
    QList<QJsonObject> m_statuses;
    http::Client m_client;
};

/// A command task with a little of everything; its name is its id.
QJsonObject commandTask(const QString &name, const QString &command, double cpus = 0.1);

/// {"value": text}
QJsonObject idOf(const QString &text);
QJsonObject scalar(const char *name, double value);

} // namespace meseta::test
