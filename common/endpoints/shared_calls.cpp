#include "common/endpoints/shared_calls.h"

#include "common/endpoints/answers.h"
#include "common/endpoints/build_info.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "mesos/v1/agent/agent.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta {

namespace {

/// The two operator APIs have the same shared calls in packages of their own.
template <typename Call, typename Response> class Answerer
{
public:
    Answerer(const Call &call, codec::MediaType accept, SharedServices &services)
        : m_call(call), m_accept(accept), m_services(services)
    { }

    std::optional<http::Response> answer()
    {
        switch (m_call.type()) {
        case Call::GET_HEALTH:
            m_response.mutable_get_health()->set_healthy(true);
            return done(Response::GET_HEALTH);
        case Call::GET_VERSION:
            *m_response.mutable_get_version()->mutable_version_info() = buildInfo();
            return done(Response::GET_VERSION);
        case Call::GET_FLAGS:
            return flags();
        case Call::GET_METRICS:
            return metrics();
        case Call::GET_LOGGING_LEVEL:
            m_response.mutable_get_logging_level()->set_level(m_services.logging.current());
            return done(Response::GET_LOGGING_LEVEL);
        case Call::SET_LOGGING_LEVEL:
            return setLoggingLevel();
        case Call::LIST_FILES:
            return listFiles();
        case Call::READ_FILE:
            return readFile();
        default:
            return std::nullopt;
        }
    }

private:
    http::Response done(typename Response::Type type)
    {
        m_response.set_type(type);
        return messageAnswer(m_response, m_accept);
    }

    http::Response flags()
    {
        auto *list = m_response.mutable_get_flags();
        for (const auto &[name, value] : m_services.flags) {
            auto *flag = list->add_flags();
            flag->set_name(name);
            flag->set_value(value);
        }
        return done(Response::GET_FLAGS);
    }

    http::Response metrics()
    {
        auto *list = m_response.mutable_get_metrics();
        for (const auto &[name, value] : m_services.metrics.snapshot()) {
            auto *metric = list->add_metrics();
            metric->set_name(name);
            metric->set_value(value);
        }
        return done(Response::GET_METRICS);
    }

    http::Response setLoggingLevel()
    {
        const auto &wish = m_call.set_logging_level();
        // JSON clients write -1 for "as it was"; it arrives as the largest number.
        const unsigned level =
            static_cast<int>(wish.level()) < 0 ? m_services.logging.original() : wish.level();
        if (level < m_services.logging.original()) {
            return http::Response::text(
                400,
                QByteArray::fromStdString("set_logging_level.level " + std::to_string(level)
                                          + " is below the level the daemon started with ("
                                          + std::to_string(m_services.logging.original())
                                          + "); it can only be raised."));
        }
        m_services.logging.set(level, Duration(wish.duration().nanoseconds()));
        return http::Response{200, {}, {}};
    }

    http::Response listFiles()
    {
        auto entries = m_services.files.browse(m_call.list_files().path());
        if (!entries)
            return fileErrorAnswer(entries.error());
        auto *list = m_response.mutable_list_files();
        for (auto &entry : *entries)
            list->add_file_infos()->Swap(&entry);
        return done(Response::LIST_FILES);
    }

    http::Response readFile()
    {
        const auto &wish = m_call.read_file();
        const auto length =
            wish.has_length() ? std::optional<std::uint64_t>(wish.length()) : std::nullopt;
        auto piece = m_services.files.read(wish.path(), wish.offset(), length);
        if (!piece)
            return fileErrorAnswer(piece.error());
        m_response.mutable_read_file()->set_size(piece->size);
        m_response.mutable_read_file()->set_data(std::move(piece->data));
        return done(Response::READ_FILE);
    }

    const Call &m_call;
    codec::MediaType m_accept;
    SharedServices &m_services;
    Response m_response;
};

} // namespace

std::optional<http::Response> answerSharedCall(const mesos::v1::master::Call &call,
                                               codec::MediaType accept, SharedServices &services)
{
    return Answerer<mesos::v1::master::Call, mesos::v1::master::Response>(call, accept, services)
        .answer();
}

std::optional<http::Response> answerSharedCall(const mesos::v1::agent::Call &call,
                                               codec::MediaType accept, SharedServices &services)
{
    return Answerer<mesos::v1::agent::Call, mesos::v1::agent::Response>(call, accept, services)
        .answer();
}

} // namespace meseta
