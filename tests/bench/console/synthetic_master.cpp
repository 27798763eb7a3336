#include "tests/bench/console/synthetic_master.h"

#include <csignal>
#include <cstdio>

#include <sys/prctl.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QTimer>

#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta;

namespace {

constexpr int feedEveryMs = 10;

QByteArray record(const std::string &bytes)
{
    return QByteArray::fromStdString(codec::encodeRecord(bytes));
}

/// Feeds one subscriber.
class Feeder
{
public:
    Feeder(SyntheticCluster &city, double now) : m_city(city), m_now(now)
    {
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { feed(); });
        m_timer.setInterval(feedEveryMs);
    }

    void start(std::shared_ptr<http::ResponseStream> stream) { m_stream = std::move(stream); }
    void go()
    {
        m_clock.start();
        m_timer.start();
    }

private:
    void feed()
    {
        const qint64 due = m_clock.elapsed() * eventsPerSecond / 1000;
        QByteArray records;
        for (; m_fed < due; ++m_fed)
            records +=
                record(m_city.next(m_now + double(m_fed) / eventsPerSecond).SerializeAsString());
        if (!m_stream->write(records))
            QCoreApplication::exit(1);
    }

    SyntheticCluster &m_city;
    double m_now;
    std::shared_ptr<http::ResponseStream> m_stream;
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_fed = 0;
};

} // namespace

int serveSyntheticMaster(int argc, char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    QCoreApplication application(argc, argv);
    const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    SyntheticCluster city({agentsOfBench, tasksOfBench, 40, 300}, now);
    const QByteArray snapshot = record(city.snapshot().SerializeAsString());
    http::Server server;
    http::Limits limits;
    limits.streamBacklogBytes = 512LL * 1024 * 1024;
    server.setLimits(limits);
    server.setDelegate("master");
    Feeder feeder(city, now);
    server.route("master", "/meseta/v1", [&](const http::Request &, auto responder) {
        auto stream = responder->stream(
            http::Response{200, {{"Content-Type", "application/x-protobuf"}}, {}});
        stream->onClosed = [] { QCoreApplication::quit(); };
        stream->write(snapshot);
        feeder.start(std::move(stream));
    });
    server.route("master", "/go", [&](const http::Request &, auto responder) {
        feeder.go();
        responder->send(http::Response::text(200));
    });
    if (const auto listening = server.listen(QHostAddress::LocalHost, 0); !listening)
        return 1;
    std::printf("%d %lld\n", server.port(), static_cast<long long>(snapshot.size()));
    std::fflush(stdout);
    return QCoreApplication::exec();
}
