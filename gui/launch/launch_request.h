#pragma once

#include <optional>

#include <QList>
#include <QString>

#include "common/base/result.h"
#include "mesos/v1/task.pb.h"

namespace meseta::console {

/// What a person asks for in the launch form: one Docker task.
struct LaunchRequest
{
    enum class Network { Host, Bridge, None };

    struct PortMapping
    {
        int containerPort = 0;
        QString protocol = QStringLiteral("tcp");
    };

    QString name;
    QString image;
    double cpus = 0.1;
    double memory = 128; ///< MiB
    Network network = Network::Host;
    QList<PortMapping> ports; ///< Bridge only; host ports are taken from the offer
    QString command; ///< words after the image's entrypoint, split as a shell would; empty: the
                     ///< image's own
    QList<std::pair<QString, QString>> environment;
    bool forcePull = false;
    QString agentId; ///< only there; empty: anywhere

    /// The first rule that is broken, in words for the form; the field's name comes with it.
    struct Problem
    {
        QString field; ///< "image", "name", "cpus", "memory", "ports", "command", "environment"
        QString text;
    };
    std::optional<Problem> problem() const;
};

/// Whether an offer covers the request.
bool fits(const LaunchRequest &request, const mesos::v1::Offer &offer);

/// The task for that offer: resources allocated to the offer's role, host ports out of the offered
/// ranges.
Result<mesos::v1::TaskInfo> makeTask(const LaunchRequest &request, const mesos::v1::Offer &offer,
                                     const QString &taskId);

} // namespace meseta::console
