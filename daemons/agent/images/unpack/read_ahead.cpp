#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "daemons/agent/images/unpack/byte_source.h"

namespace meseta::agent {

namespace {

constexpr std::size_t blocksAhead = 4;

class ReadAhead final : public ByteSource
{
public:
    explicit ReadAhead(std::unique_ptr<ByteSource> source)
        : m_source(std::move(source))
        , m_thread([this](const std::stop_token &stop) { produce(stop); })
    { }

    ~ReadAhead() override
    {
        m_thread.request_stop();
        m_room.notify_all();
    }

    Result<std::string_view> next() override
    {
        std::unique_lock lock(m_mutex);
        if (!m_current.empty())
            m_spare.push_back(std::move(m_current));
        m_current.clear();
        m_room.notify_one();
        m_filled.wait(lock, [this] { return !m_ready.empty() || m_over; });
        if (!m_ready.empty()) {
            m_current = std::move(m_ready.front());
            m_ready.pop_front();
            return std::string_view(m_current);
        }
        if (m_error)
            return fail(*m_error);
        return std::string_view();
    }

private:
    void produce(const std::stop_token &stop)
    {
        while (!stop.stop_requested()) {
            const auto block = m_source->next();
            const bool over = !block || block->empty();
            std::string copy = takeSpare();
            if (!over)
                copy.assign(*block);
            std::unique_lock lock(m_mutex);
            if (over) {
                if (!block)
                    m_error = block.error();
                m_over = true;
                m_filled.notify_one();
                return;
            }
            m_room.wait(lock,
                        [&] { return m_ready.size() < blocksAhead || stop.stop_requested(); });
            m_ready.push_back(std::move(copy));
            m_filled.notify_one();
        }
    }

    std::string takeSpare()
    {
        const std::lock_guard lock(m_mutex);
        if (m_spare.empty())
            return {};
        std::string spare = std::move(m_spare.back());
        m_spare.pop_back();
        return spare;
    }

    std::unique_ptr<ByteSource> m_source;
    std::mutex m_mutex;
    std::condition_variable_any m_room;
    std::condition_variable m_filled;
    std::deque<std::string> m_ready;
    std::vector<std::string> m_spare;
    std::string m_current;
    std::optional<Error> m_error;
    bool m_over = false;
    std::jthread m_thread; // last: it uses all of the above
};

} // namespace

std::unique_ptr<ByteSource> readingAhead(std::unique_ptr<ByteSource> source)
{
    return std::make_unique<ReadAhead>(std::move(source));
}

} // namespace meseta::agent
