#include "gui/session/record_writer.h"

#include <QFile>

namespace meseta::console {

RecordWriter::RecordWriter(QObject *parent) : QObject(parent)
{
    m_thread = std::thread([this] { work(); });
}

RecordWriter::~RecordWriter()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void RecordWriter::begin(std::shared_ptr<QFile> file, std::function<void()> tidy)
{
    add({Job::Kind::Begin, std::move(file), std::move(tidy), {}, {}});
}

void RecordWriter::end()
{
    add({Job::Kind::End, {}, {}, {}, {}});
}

bool RecordWriter::write(std::string &&head, std::string &&bytes)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_waiting > 0 && m_waiting + bytes.size() > mostWaiting)
            return false;
    }
    add({Job::Kind::Write, {}, {}, std::move(head), std::move(bytes)});
    return true;
}

void RecordWriter::add(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting += job.bytes.size();
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_all();
}

void RecordWriter::flush()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_jobs.empty() && !m_busy; });
}

void RecordWriter::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        if (m_jobs.empty()) {
            if (m_stopped)
                break;
            if (m_busy && m_file) { // a pause: what was written is for others to read
                lock.unlock();
                m_file->flush();
                lock.lock();
                if (!m_jobs.empty())
                    continue;
            }
            m_busy = false;
            m_changed.notify_all();
            m_changed.wait(lock, [this] { return m_stopped || !m_jobs.empty(); });
            continue;
        }
        m_busy = true;
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        run(job);
        lock.lock();
        m_waiting -= job.bytes.size();
    }
    m_file.reset();
}

void RecordWriter::run(Job &job)
{
    if (job.kind != Job::Kind::Write) {
        m_file = std::move(job.file);
        if (job.tidy)
            job.tidy();
        return;
    }
    if (!m_file)
        return;
    const auto put = [this](const std::string &bytes) {
        const auto size = static_cast<qint64>(bytes.size());
        return m_file->write(bytes.data(), size) == size;
    };
    if (put(job.head) && put(job.bytes))
        return;
    Q_EMIT failed(m_file->errorString()); // a full disk ends the recording, not the session
    m_file.reset();
}

} // namespace meseta::console
