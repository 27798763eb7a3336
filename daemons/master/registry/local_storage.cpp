#include "daemons/master/registry/local_storage.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QThread>

namespace meseta::master {

namespace {

/// Holds the lock of a folder until the end of this, or of the process.
class FolderLock
{
public:
    ~FolderLock()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }

    Result<> take(const std::string &path)
    {
        if (m_fd >= 0)
            return {};
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0)
            return fail("cannot open '" + path + "': " + std::strerror(errno));
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            const int reason = errno;
            ::close(fd);
            if (reason == EWOULDBLOCK)
                return fail("another master runs with the same --work_dir (it holds '" + path
                            + "'); give each master a folder of its own");
            return fail("cannot lock '" + path + "': " + std::strerror(reason));
        }
        m_fd = fd;
        return {};
    }

private:
    int m_fd = -1;
};

} // namespace

/// `worker` lives on the thread and owns the files; `answers` lives where this was made.
struct LocalStorage::Private
{
    struct Worker : QObject
    {
        Worker(store::Disk &theDisk, const std::string &theFolder)
            : disk(theDisk), folder(theFolder), files(theDisk, theFolder)
        { }

        Result<store::Contents> open()
        {
            Result<> ready = disk.makeFolder(folder);
            if (ready)
                ready = lock.take(folder + "/lock");
            if (!ready)
                return fail(ready.error());
            return files.open();
        }

        store::Disk &disk;
        std::string folder;
        store::LogStore files;
        FolderLock lock;
    };

    Private(store::Disk &disk, const std::string &folder)
        : worker(std::make_unique<Worker>(disk, folder))
    {
        thread.setObjectName(QStringLiteral("registry"));
        worker->moveToThread(&thread);
        thread.start();
    }

    ~Private()
    {
        thread.quit();
        thread.wait(); // what is being written is written to its end
    }

    template <typename Work, typename Done> void run(Work work, Done done)
    {
        QMetaObject::invokeMethod(worker.get(), [this, work = std::move(work), done] {
            auto result = work(*worker);
            QMetaObject::invokeMethod(&answers, [done, result = std::move(result)]() mutable {
                done(std::move(result));
            });
        });
    }

    QObject answers;
    std::unique_ptr<Worker> worker;
    QThread thread;
};

LocalStorage::LocalStorage(store::Disk &disk, std::string folder)
    : d(std::make_unique<Private>(disk, folder))
{ }

LocalStorage::~LocalStorage() = default;

void LocalStorage::open(Opened opened)
{
    d->run([](Private::Worker &worker) { return worker.open(); }, std::move(opened));
}

void LocalStorage::append(std::string batch, Stored stored)
{
    d->run(
        [batch = std::move(batch)](Private::Worker &worker) { return worker.files.append(batch); },
        std::move(stored));
}

void LocalStorage::replace(std::string snapshot, Stored stored)
{
    d->run([snapshot = std::move(snapshot)](
               Private::Worker &worker) { return worker.files.replace(snapshot); },
           std::move(stored));
}

} // namespace meseta::master
