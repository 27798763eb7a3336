#include "daemons/master/core/core.h"

#include <cstdio>

#include <arpa/inet.h>

#include "daemons/master/core/offers.h"

namespace meseta::master {

namespace {
mesos::v1::MasterInfo describe(const MasterOptions &options)
{
    mesos::v1::MasterInfo info;
    info.set_id(options.id);
    in_addr address{};
    inet_pton(AF_INET, options.pid.ip.c_str(), &address);
    info.set_ip(address.s_addr); // network byte order, as Mesos tells it
    info.set_port(options.pid.port);
    info.set_pid(options.pid.text());
    info.set_hostname(options.hostname);
    info.set_version(options.version);
    info.mutable_address()->set_hostname(options.hostname);
    info.mutable_address()->set_ip(options.pid.ip);
    info.mutable_address()->set_port(options.pid.port);
    if (options.domain)
        *info.mutable_domain() = *options.domain;
    using Capability = mesos::v1::MasterInfo::Capability;
    for (const auto type :
         {Capability::AGENT_UPDATE, Capability::AGENT_DRAINING, Capability::QUOTA_V2})
        info.add_capabilities()->set_type(type);
    return info;
}

MasterOptions withId(MasterOptions options, Random &random)
{
    if (options.id.empty())
        options.id = random.uuid();
    options.allocator.domain = options.domain;
    options.allocator.regexLimits = {options.constraints.re2MaxMemoryBytes,
                                     options.constraints.re2MaxProgramSize};
    return options;
}
} // namespace

Core::Core(MasterOptions given, Clock &theClock, Random &theRandom, MasterOutbox &theOutbox)
    : options(withId(std::move(given), theRandom))
    , clock(theClock)
    , random(theRandom)
    , outbox(theOutbox)
    , cluster(options.limits)
    , info(describe(options))
    , registry(std::make_unique<MemoryRegistry>())
    , patience(theClock)
    , m_streamSink(makeStreamSink(theOutbox, figures))
    , m_driverSink(makeDriverSink(theOutbox, figures))
    , m_nullSink(makeNullSink())
    , m_alive(std::make_shared<bool>(true))
{
    allocator = std::make_unique<Allocator>(
        options.allocator, clock, random,
        [this](const std::vector<Allocation> &made) { makeOffers(*this, made); });
    cluster.roleWhitelist = options.roles;
    cluster.weights = options.weights;
    for (const auto &[role, weight] : options.weights)
        allocator->setWeight(role, weight);
    if (options.whitelist)
        allocator->setWhitelist(options.whitelist);
}

Core::~Core() = default;

Clock::TimerId Core::after(Duration delay, std::function<void()> callback)
{
    return clock.after(delay, [alive = std::weak_ptr<bool>(m_alive), run = std::move(callback)] {
        if (!alive.expired())
            run();
    });
}

const FrameworkSink &Core::sink(const Framework &framework) const
{
    if (!framework.connected())
        return *m_nullSink;
    return framework.stream != 0 ? *m_streamSink : *m_driverSink;
}

std::string Core::newFrameworkId()
{
    char number[24];
    std::snprintf(number, sizeof number, "-%04llu",
                  static_cast<unsigned long long>(m_nextFramework++));
    return info.id() + number;
}

std::string Core::newAgentId()
{
    return info.id() + "-S" + std::to_string(m_nextAgent++);
}

std::string Core::newObserverId()
{
    return "slave-observer(" + std::to_string(m_nextObserver++) + ")";
}

double Core::totalPingTimeoutSeconds() const
{
    return std::chrono::duration<double>(options.agentPingTimeout).count()
        * options.maxAgentPingTimeouts;
}

} // namespace meseta::master
