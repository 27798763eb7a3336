#include "tests/system/ha/network_lab.h"

#include <cerrno>
#include <cstring>

#include <QCoreApplication>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "tests/support/server_process.h"

namespace meseta::test {

namespace {

const QString switchName = QStringLiteral("sw");
/// Others of this machine may be at it, and its lock is one for all networks.
const QStringList iptables{QStringLiteral("iptables"), QStringLiteral("-w"), QStringLiteral("30")};

Result<> run(const QString &command)
{
    const QStringList words = command.split(u' ', Qt::SkipEmptyParts);
    const auto done = runProgram(words.first(), words.mid(1), 60000);
    if (!done)
        return fail(done.error().within(command.toStdString()));
    return {};
}

} // namespace

NetworkLab::NetworkLab(const QStringList &machines)
    : m_machines(machines)
    , m_prefix(QStringLiteral("mz%1-").arg(QCoreApplication::applicationPid()))
{ }

NetworkLab::~NetworkLab()
{
    for (const QString &machine : m_machines + QStringList{switchName})
        (void)run(QStringLiteral("ip netns del ") + space(machine));
}

QString NetworkLab::space(const QString &machine) const
{
    return m_prefix + machine;
}

QString NetworkLab::address(const QString &machine) const
{
    return QStringLiteral("10.77.0.%1").arg(m_machines.indexOf(machine) + 1);
}

QStringList NetworkLab::on(const QString &machine, const QStringList &command) const
{
    return QStringList{QStringLiteral("ip"), QStringLiteral("netns"), QStringLiteral("exec"),
                       space(machine)}
    + command;
}

Result<> NetworkLab::make()
{
    QStringList steps{
        QStringLiteral("ip netns add ") + space(switchName),
        QStringLiteral("ip -n %1 link add name bridge0 type bridge").arg(space(switchName)),
        QStringLiteral("ip -n %1 link set bridge0 up").arg(space(switchName)),
    };
    for (const QString &machine : m_machines) {
        const QString own = space(machine);
        steps += QStringLiteral("ip netns add ") + own;
        steps += QStringLiteral("ip -n %1 link add name eth0 type veth peer name to-%2 netns %3")
                     .arg(own, machine, space(switchName));
        steps += QStringLiteral("ip -n %1 link set to-%2 master bridge0")
                     .arg(space(switchName), machine);
        steps += QStringLiteral("ip -n %1 link set to-%2 up").arg(space(switchName), machine);
        steps += QStringLiteral("ip -n %1 addr add %2/24 dev eth0").arg(own, address(machine));
        steps += QStringLiteral("ip -n %1 link set lo up").arg(own);
        steps += QStringLiteral("ip -n %1 link set eth0 up").arg(own);
    }
    for (const QString &step : steps) {
        if (auto done = run(step); !done)
            return done;
    }
    return {};
}

Result<> NetworkLab::enter(const QString &machine)
{
    const QByteArray path = "/run/netns/" + space(machine).toUtf8();
    const int descriptor = ::open(path.constData(), O_RDONLY | O_CLOEXEC);
    const bool entered = descriptor >= 0 && ::setns(descriptor, CLONE_NEWNET) == 0;
    const int code = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!entered)
        return fail("cannot enter " + path.toStdString() + ": " + std::strerror(code));
    return {};
}

Result<> NetworkLab::cut(const QString &machine, const QString &other, Way way)
{
    const QString command = on(machine, iptables).join(u' ');
    const QString out = QStringLiteral(" -A OUTPUT -d %1 -j DROP").arg(address(other));
    const QString in = QStringLiteral(" -A INPUT -s %1 -j DROP").arg(address(other));
    if (way != Way::In) {
        if (auto done = run(command + out); !done)
            return done;
    }
    return way == Way::Out ? Result<>() : run(command + in);
}

Result<> NetworkLab::heal(const QString &machine)
{
    return run(on(machine, iptables + QStringList{QStringLiteral("-F")}).join(u' '));
}

} // namespace meseta::test
