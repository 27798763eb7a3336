#pragma once

#include <map>
#include <set>

#include "common/http/server.h"

namespace meseta::http {

/// Where requests go: Mesos' table of processes and their endpoints.
class Router
{
public:
    struct Route
    {
        Handler plain;
        StreamingHandler streaming; ///< wins when set
    };

    void setDelegate(const QByteArray &process);
    void add(const QByteArray &process, const QByteArray &path, Route route);

    struct Match
    {
        const Route *route = nullptr; ///< nothing: unknown
        QByteArray fullPath; ///< "/master/state" for "/state"
        bool forbidden = false; ///< climbs with "/..": not found, whatever is there
    };

    /// `path` is percent-decoded and starts with '/'.
    Match find(const QByteArray &path) const;

private:
    QByteArray m_delegate;
    std::set<QByteArray> m_processes;
    std::map<QByteArray, Route> m_routes; // "/master/api/v1"
};

} // namespace meseta::http
