#pragma once

#include <QMap>
#include <QStringList>

#include "common/base/result.h"

namespace meseta::test {

/// Machines of a test's own: network namespaces on a switch, 10.77.0.1 and so on, whose ways to one
/// another can be cut. Needs root.
class NetworkLab
{
public:
    explicit NetworkLab(const QStringList &machines);
    ~NetworkLab(); ///< takes everything down; programs in it must have ended

    Result<> make();
    /// This thread is on that machine from now on.
    Result<> enter(const QString &machine);

    QString address(const QString &machine) const;
    /// The command that runs a program on a machine.
    QStringList on(const QString &machine, const QStringList &command) const;

    enum class Way { Out, In, Both };
    /// What `machine` sends to `other` (Out), and what it is sent (In), is lost without a word.
    Result<> cut(const QString &machine, const QString &other, Way way = Way::Both);
    Result<> heal(const QString &machine);

private:
    QString space(const QString &machine) const;

    QStringList m_machines;
    QString m_prefix;
};

} // namespace meseta::test
