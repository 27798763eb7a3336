#pragma once

#include <QProcess>

/// A server that means harm, in a process of its own so that the console's memory can be measured:
/// the test's program, started anew with `--serve <what>`. `main` of the test calls `serve` first.
class HostileServer
{
public:
    ~HostileServer();

    /// "agents": a snapshot of a million agents; "strings": texts of 100 MB; "flood": events
    /// without an end, as fast as they are taken; "record": one record that says it is 255 MiB and
    /// goes on; "number": the length of a record without an end; "answers": calls that are answered
    /// without an end.
    bool start(const QString &what);
    quint16 port() const { return m_port; }

    /// Whether this process is to be such a server; it is until its standard input ends.
    static bool isServer(int argc, char **argv);
    static int serve(int argc, char **argv);

private:
    QProcess m_process;
    quint16 m_port = 0;
};
