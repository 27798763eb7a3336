#pragma once

#include <optional>

#include <QList>
#include <QString>

#include "common/base/result.h"
#include "mesos/v1/task.pb.h"

namespace meseta::console {

/// What a person asks for in the launch form: one container, any number of times. What a task can
/// hold beyond the form is kept in `rest`, so that JSON typed by hand loses nothing.
struct LaunchRequest
{
    enum class Containerizer { Docker, Mesos };
    enum class Network { Host, Bridge, None, Named };

    struct PortMapping
    {
        int containerPort = 0;
        QString protocol = QStringLiteral("tcp");
        int hostPort = 0; ///< 0: any that the offer holds

        bool operator==(const PortMapping &) const = default;
    };

    struct Volume
    {
        QString hostPath; ///< or the name of a volume
        QString containerPath;
        bool readOnly = false;

        bool operator==(const Volume &) const = default;
    };

    struct HealthCheck
    {
        enum class Kind { None, Command, Http, Tcp };
        Kind kind = Kind::None;
        QString command; ///< run by a shell in the container
        int port = 0; ///< in the container
        QString path = QStringLiteral("/");
        double interval = 10; ///< seconds, as the next two
        double timeout = 20;
        double grace = 10;
        int failures = 3; ///< in a row, before the task is killed

        bool operator==(const HealthCheck &) const = default;
    };

    /// Which agents will do, by an attribute; "hostname" is one that every agent has.
    struct Constraint
    {
        enum class Rule { Is, IsNot, Matches, OncePerValue };
        QString attribute;
        Rule rule = Rule::Is;
        QString value; ///< a text, or a regular expression for Matches

        bool operator==(const Constraint &) const = default;
    };

    QString name;
    QString image;
    Containerizer containerizer = Containerizer::Docker;
    double cpus = 0.1;
    double memory = 128; ///< MiB
    double disk = 0; ///< MiB
    Network network = Network::Host;
    QString networkName; ///< of a Named one
    QList<PortMapping> ports; ///< Bridge and Named only
    QString command; ///< words after the image's entrypoint, split as a shell would, or a line for
                     ///< the shell; empty: the image's own
    bool shell = false; ///< the command is a line for /bin/sh
    QList<std::pair<QString, QString>> environment;
    QList<Volume> volumes;
    QList<std::pair<QString, QString>>
        parameters; ///< further options of `docker run`, without "--"
    HealthCheck healthCheck;
    QString user;
    QString hostname;
    bool privileged = false;
    bool forcePull = false;
    int instances = 1;
    QString role; ///< to launch under; empty: the console's own
    bool reserve = false; ///< CPUs, memory and disk stay reserved for the role, also when it ended
    QList<Constraint> constraints;
    QString agentId; ///< only there; empty: anywhere

    mesos::v1::TaskInfo rest; ///< what the form does not show

    /// The first rule that is broken, in words for the form; the field's name comes with it.
    struct Problem
    {
        QString field; ///< "image", "name", "cpus", "memory", "ports", "command", "environment" ...
        QString text;
    };
    std::optional<Problem> problem() const;
};

/// The words of a command line, split as a POSIX shell would without expanding anything. An error
/// names the quote that is not closed.
Result<QStringList> splitWords(const QString &line);
/// The opposite: quotes only what needs it.
QString joinWords(const QStringList &words);

} // namespace meseta::console
