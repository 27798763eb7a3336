#include "daemons/agent/containerizer/native/isolators/background_look.h"

namespace meseta::agent {

BackgroundLook::BackgroundLook(Duration interval, std::function<void()> due)
{
    m_worker.setMaxThreadCount(1);
    m_worker.setExpiryTimeout(1000);
    m_timer.setInterval(std::chrono::ceil<std::chrono::milliseconds>(interval));
    QObject::connect(&m_timer, &QTimer::timeout, &m_context, [this, due = std::move(due)] {
        if (!m_looking) // else it takes longer than the interval
            due();
    });
}

BackgroundLook::~BackgroundLook()
{
    m_worker.waitForDone();
}

void BackgroundLook::start()
{
    if (!m_timer.isActive())
        m_timer.start();
}

void BackgroundLook::run(std::function<Report()> look)
{
    m_looking = true;
    m_worker.start([this, look = std::move(look)] {
        // The destructor waits for this, so the context is there.
        QMetaObject::invokeMethod(
            &m_context,
            [this, report = look()] {
                m_looking = false;
                report();
            },
            Qt::QueuedConnection);
    });
}

} // namespace meseta::agent
