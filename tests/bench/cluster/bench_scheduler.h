#pragma once

#include <memory>
#include <unordered_map>

#include "common/codec/record_io.h"
#include "common/http/client.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::bench {

/// A scheduler over the v1 HTTP API in protobuf. Keeps the offers it holds, acknowledges every
/// update, tells of them.
class BenchScheduler : public QObject
{
    Q_OBJECT
public:
    BenchScheduler(http::Endpoint master, std::string name, QObject *parent = nullptr);
    ~BenchScheduler() override;

    void subscribe();
    bool isSubscribed() const { return !m_frameworkId.empty(); }

    std::deque<mesos::v1::Offer> &offers() { return m_offers; }

    /// Launches `count` tasks of that size in one ACCEPT; gives their ids.
    std::vector<std::string> launch(const mesos::v1::Offer &offer, int count, double cpus,
                                    double memory, const std::string &command = "true",
                                    double refuseSeconds = 0);
    void decline(const mesos::v1::Offer &offer, double refuseSeconds);
    void teardown();

    std::function<void(const mesos::v1::TaskStatus &)> onUpdate;
    std::function<void(const mesos::v1::Offer &)> onOffer;
    std::function<void(mesos::v1::TaskInfo &)> shape; ///< the last hand on a task to be launched
    QString problem() const { return m_problem; }

private:
    void take(const QByteArray &bytes);
    void handle(const std::string &record);
    void acknowledge(const mesos::v1::TaskStatus &status);
    void send(mesos::v1::scheduler::Call &call);

    http::Endpoint m_master;
    std::string m_name;
    http::Client m_client;
    std::unique_ptr<http::Exchange> m_stream;
    codec::RecordDecoder m_decoder;
    QByteArray m_streamId;
    std::string m_frameworkId;
    std::deque<mesos::v1::Offer> m_offers;
    std::uint64_t m_nextTask = 0;
    QString m_problem;
};

} // namespace meseta::bench
