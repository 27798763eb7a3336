#include "common/zookeeper/membership.h"

#include <charconv>

#include <QJsonDocument>

#include <arpa/inet.h>

#include "common/codec/json.h"

namespace meseta::zookeeper {

namespace {

/// "master@10.0.0.1:5050", as masters before 0.24 wrote it.
Result<mesos::v1::MasterInfo> masterOfPid(const std::string &pid)
{
    const std::size_t at = pid.find('@');
    const std::size_t colon = pid.rfind(':');
    const auto wrong = [&] { return fail("'" + pid + "' is not an address like master@ip:port"); };
    if (at == std::string::npos || colon == std::string::npos || colon < at)
        return wrong();
    const std::string ip = pid.substr(at + 1, colon - at - 1);
    unsigned port = 0;
    const auto [end, error] =
        std::from_chars(pid.data() + colon + 1, pid.data() + pid.size(), port);
    in_addr address{};
    if (error != std::errc() || end != pid.data() + pid.size() || port == 0 || port > 65535
        || inet_pton(AF_INET, ip.c_str(), &address) != 1)
        return wrong();
    mesos::v1::MasterInfo info;
    info.set_id(pid);
    info.set_ip(address.s_addr);
    info.set_port(port);
    info.set_pid(pid);
    info.set_hostname(ip);
    return info;
}

} // namespace

std::optional<Member> Member::parse(std::string_view name)
{
    const std::size_t underscore = name.rfind('_');
    const std::string_view digits =
        underscore == std::string_view::npos ? name : name.substr(underscore + 1);
    Member member;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), member.number);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    if (underscore != std::string_view::npos)
        member.label = name.substr(0, name.find('_'));
    member.name = name;
    return member;
}

std::optional<Member> leaderOf(const std::vector<std::string> &children)
{
    std::optional<Member> leader;
    for (const std::string &name : children) {
        std::optional<Member> member = Member::parse(name);
        if (member && (!leader || member->number < leader->number))
            leader = std::move(member);
    }
    return leader;
}

std::string masterText(const mesos::v1::MasterInfo &info)
{
    const std::string json = codec::toJson(info);
    // Qt keeps the members of an object in alphabetical order.
    return QJsonDocument::fromJson(QByteArray::fromStdString(json))
        .toJson(QJsonDocument::Compact)
        .toStdString();
}

Result<mesos::v1::MasterInfo> parseMaster(const Member &member, const std::string &data)
{
    const auto within = [&](const Error &error) {
        return fail(error.within("what the master of node '" + member.name + "' wrote"));
    };
    mesos::v1::MasterInfo info;
    if (member.label == "json.info") {
        if (const auto parsed = codec::parseJson(data, info); !parsed)
            return within(parsed.error());
    } else if (member.label == "info") {
        if (!info.ParseFromString(data))
            return within({"it is no MasterInfo"});
    } else if (member.label.empty()) {
        auto old = masterOfPid(data);
        if (!old)
            return within(old.error());
        return old;
    } else {
        return within({"its label '" + member.label + "' is not known here"});
    }
    if (info.id().empty() || !info.has_ip() || !info.has_port())
        return within({"id, ip or port is missing"});
    return info;
}

} // namespace meseta::zookeeper
