#include "daemons/master/daemon/master_daemon.h"

#include <QDir>

#include "common/base/qt_clock.h"
#include "common/base/random.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/http/server.h"
#include "common/messages/transport.h"
#include "common/zookeeper/session.h"
#include "daemons/master/daemon/descriptor_limit.h"
#include "daemons/master/daemon/listen_address.h"
#include "daemons/master/daemon/term.h"
#include "daemons/master/flags/master_flags.h"
#include "daemons/master/leadership/election.h"

namespace meseta::master {

namespace {

Result<> makeWorkDir(const std::string &path)
{
    if (path.empty() || QDir().mkpath(QString::fromStdString(path)))
        return {};
    return fail(
        "cannot make the folder of --work_dir='" + path
        + "': check that its parent exists, is a folder and may be written to, or name another");
}

/// --firewall_rules: paths, led by their process, that answer 403.
void disableEndpoints(http::Server &server, const std::vector<std::string> &paths)
{
    if (paths.empty())
        return;
    std::set<QByteArray> disabled;
    for (const std::string &path : paths)
        disabled.insert(QByteArray::fromStdString(path));
    server.setFilter([disabled](const http::Request &request) -> std::optional<http::Response> {
        if (!disabled.contains(request.fullPath))
            return std::nullopt;
        return http::Response::text(403, "Endpoint '" + request.fullPath + "' is disabled");
    });
}

} // namespace

/// The order of the members is the order of their making; each uses those before it.
struct MasterDaemon::Private final : LeadershipOutbox
{
    explicit Private(MasterFlags given) : flags(std::move(given)) { }

    void serveLog();
    std::unique_ptr<Term> makeTerm();
    bool acts() const { return election ? leadership.acts() : ledAlone; }
    std::optional<mesos::v1::MasterInfo> leader() const;
    void failed(const std::string &why);
    void startElection();
    void leadAlone();

    mesos::v1::MasterInfo freshMaster() override;
    void contend(const mesos::v1::MasterInfo &master) override { election->contend(master); }
    void withdraw() override { election->withdraw(); }
    void recover() override;
    void lead() override;
    void resume() override { term->resume(); }
    void endTerm(const std::string &) override { term->end(); }

    MasterFlags flags;
    QtClock clock;
    KernelRandom random;
    http::Server server;
    FileService files;
    std::unique_ptr<LoggingLevel> logging;
    std::unique_ptr<messages::Transport> transport;
    messages::Pid self;
    std::unique_ptr<zookeeper::Session> ensemble;
    Leadership leadership{clock, *this};
    std::unique_ptr<Election> election;
    bool ledAlone = false;
    std::unique_ptr<Term> term;
};

MasterDaemon::MasterDaemon() = default;

MasterDaemon::~MasterDaemon() = default;

Result<> MasterDaemon::start(const MasterFlags &flags)
{
    if (const Result<> made = makeWorkDir(flags.workDir); !made)
        return made;
    raiseDescriptorLimit();
    d = std::make_unique<Private>(flags);
    const ListenAddress address = listenAddress(flags.address);
    d->server.setDelegate("master");
    const QHostAddress listenIp(QString::fromStdString(address.listenIp));
    if (const Result<> listening = d->server.listen(listenIp, flags.address.port); !listening)
        return listening;
    d->self = {"master", address.advertisedIp,
               flags.address.advertisePort.value_or(d->server.port())};
    d->transport = std::make_unique<messages::Transport>(d->server, d->self);
    d->serveLog();
    disableEndpoints(d->server, flags.disabledEndpoints);
    if (flags.zk)
        d->startElection();
    else
        d->leadAlone();
    return {};
}

void MasterDaemon::stop()
{
    if (!d)
        return;
    const bool handsOver = d->election && d->leadership.phase() == Leadership::Phase::Leading;
    qInfo("Master %s stops%s", d->self.text().c_str(),
          handsOver ? "; another may lead from now on" : "");
    if (d->election)
        d->leadership.stop();
}

std::uint16_t MasterDaemon::port() const
{
    return d->server.port();
}

void MasterDaemon::Private::serveLog()
{
    logging = std::make_unique<LoggingLevel>(
        clock, static_cast<unsigned>(initialLogVerbosity()),
        [](unsigned level) { setLogVerbosity(static_cast<int>(level)); });
    const std::optional<std::string> log =
        flags.externalLogFile ? flags.externalLogFile : logFile();
    if (!log)
        return;
    if (const Result<> attached = files.attach(*log, "/master/log"); !attached)
        qWarning("The log is not served: %s", attached.error().message.c_str());
}

std::unique_ptr<Term> MasterDaemon::Private::makeTerm()
{
    term.reset(); // its doors go before those of the next open
    return std::make_unique<Term>(
        TermMeans{flags, clock, random, server, *transport, files, *logging, ensemble.get(), self},
        Term::Hooks{[this] { return acts(); }, [this] { return leader(); },
                    [this](const std::string &why) { failed(why); }});
}

std::optional<mesos::v1::MasterInfo> MasterDaemon::Private::leader() const
{
    if (election)
        return leadership.leader();
    return term ? std::optional(term->info()) : std::nullopt;
}

void MasterDaemon::Private::failed(const std::string &why)
{
    if (!election) {
        // Alone, it has nobody to leave the cluster to: whoever watches over it starts it again.
        qCritical("This master cannot go on: %s", why.c_str());
        return QCoreApplication::exit(EXIT_FAILURE);
    }
    if (leadership.phase() == Leadership::Phase::Recovering)
        leadership.recoveryFailed(why);
    else
        leadership.fail(why);
}

void MasterDaemon::Private::startElection()
{
    ensemble = std::make_unique<zookeeper::Session>(
        *flags.zk, zookeeper::SessionOptions{flags.zkSessionTimeout}, clock);
    QObject::connect(ensemble.get(), &zookeeper::Client::trouble, ensemble.get(),
                     [](const QString &sentence) { qWarning("%s", qUtf8Printable(sentence)); });
    election = std::make_unique<Election>(*ensemble, flags.zk->path, clock, leadership);
    ensemble->open();
    election->start();
    leadership.start();
    qInfo("Master at %s stands for election in %s", self.text().c_str(), flags.zk->text().c_str());
}

void MasterDaemon::Private::leadAlone()
{
    term = makeTerm();
    recover();
}

mesos::v1::MasterInfo MasterDaemon::Private::freshMaster()
{
    term = makeTerm();
    return term->info();
}

void MasterDaemon::Private::recover()
{
    term->recover([this] { election ? leadership.recovered() : lead(); });
}

void MasterDaemon::Private::lead()
{
    ledAlone = !election;
    qInfo("Master %s leads at %s (%s)", term->info().id().c_str(), self.text().c_str(),
          term->info().hostname().c_str());
    term->lead();
}

} // namespace meseta::master
