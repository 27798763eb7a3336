#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <QObject>

class QFile;

namespace meseta::console {

/// Writes to files on a thread of its own, in the order it is told, so that no disk holds up the
/// window. Bounded: what cannot be written in time is refused. A file that cannot be written any
/// more ends with `failed`, and the rest of what is meant for it is dropped.
class RecordWriter : public QObject
{
    Q_OBJECT
public:
    static constexpr std::size_t mostWaiting = 256U * 1024 * 1024; ///< bytes

    explicit RecordWriter(QObject *parent = nullptr);
    ~RecordWriter() override; ///< when all is written

    /// A file that is open for writing: what follows goes there. `tidy` is called on the thread.
    void begin(std::shared_ptr<QFile> file, std::function<void()> tidy);
    bool write(std::string &&head, std::string &&bytes); ///< false: too much waits already
    void end(); ///< closes the file
    void flush(); ///< comes back when all that was told before is on its way to the disk

Q_SIGNALS:
    void failed(const QString &problem);

private:
    struct Job
    {
        enum class Kind { Begin, Write, End } kind;
        std::shared_ptr<QFile> file;
        std::function<void()> tidy;
        std::string head;
        std::string bytes;
    };

    void add(Job job);
    void work();
    void run(Job &job);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;
    std::size_t m_waiting = 0; // bytes of the jobs
    bool m_busy = false;
    bool m_stopped = false;
    std::shared_ptr<QFile> m_file; // the thread's own
    std::thread m_thread;
};

} // namespace meseta::console
