#include "daemons/master/operator_api/leader_gate.h"

namespace meseta::master {

namespace {

http::Response noLeader()
{
    return http::Response::text(503,
                                "No leading master is elected yet; try again in a few seconds.");
}

http::Response temporaryRedirect(const mesos::v1::MasterInfo &leader,
                                 const QByteArray &pathAndQuery)
{
    const std::string host = leader.has_hostname() ? leader.hostname() : leader.address().ip();
    const std::string address = "//" + host + ":" + std::to_string(leader.port());
    return http::Response{
        307, {{"Location", QByteArray::fromStdString(address) + pathAndQuery}}, {}};
}

} // namespace

std::optional<http::Response> redirectToLeader(const http::Request &request,
                                               const MasterFacts &master)
{
    if (!master.leader)
        return noLeader();
    if (master.leads())
        return std::nullopt;
    const qsizetype query = request.target.indexOf('?');
    const QByteArray path = QUrl::toPercentEncoding(QString::fromUtf8(request.fullPath), "/()");
    return temporaryRedirect(*master.leader,
                             path + (query < 0 ? QByteArray() : request.target.mid(query)));
}

http::Response redirectAnswer(const http::Request &request, const MasterFacts &master)
{
    QByteArray path = request.fullPath;
    while (path.endsWith('/'))
        path.chop(1);
    if (path != "/master/redirect")
        return http::Response::text(404);
    return master.leader ? temporaryRedirect(*master.leader, {}) : noLeader();
}

} // namespace meseta::master
