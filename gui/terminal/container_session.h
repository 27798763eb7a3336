#pragma once

#include <QNetworkAccessManager>
#include <QObject>
#include <QTcpSocket>

#include "gui/session/event_stream.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::console {

/// A shell in the container of a task, with a terminal: a nested container that lives as long as
/// the connection its output comes by. What is typed goes over a second one. Sources: Mesos agent
/// API, LAUNCH_NESTED_CONTAINER_SESSION, ATTACH_CONTAINER_INPUT.
class ContainerSession : public QObject
{
    Q_OBJECT
public:
    struct Target
    {
        QString agent; ///< "ip:port" of its HTTP API
        QString frameworkId;
        QString taskId;
    };
    struct Size
    {
        int rows = 24;
        int columns = 80;
    };

    explicit ContainerSession(Target target, QObject *parent = nullptr);
    ~ContainerSession() override;

    /// Asks the agent for the task's container and opens a shell in it. Anew after `ended`, too.
    void open(const QString &command, Size size);
    void close();
    bool isOpen() const { return m_open; }

    void send(const QByteArray &bytes); ///< what was typed
    void resize(Size size);

Q_SIGNALS:
    void opened();
    void output(const QByteArray &bytes);
    void ended(const QString &problem); ///< for a person; empty: the shell ended by itself

private:
    using ProcessIO = mesos::v1::agent::ProcessIO;

    void findContainer(const std::function<void(const mesos::v1::ContainerID &)> &found);
    void launch(const mesos::v1::ContainerID &parent);
    void take(const std::string &record);
    void attachInput();
    void readInputAnswer();
    void writeInput(const mesos::v1::agent::Call &call);
    void sendControl();
    void end(const QString &problem);

    Target m_target;
    QString m_command;
    Size m_size;
    QNetworkAccessManager m_network;
    EventStream m_stream;
    QTcpSocket m_input;
    QByteArray m_inputAnswer;
    mesos::v1::ContainerID m_container;
    quint64 m_generation = 0; // answers of an earlier opening are not ours
    bool m_open = false;
};

} // namespace meseta::console
