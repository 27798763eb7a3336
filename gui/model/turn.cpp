#include "gui/model/turn.h"

#include <QElapsedTimer>
#include <QList>

namespace meseta::console {

/// Those that are due.
class Turn::Queue
{
public:
    Queue()
    {
        m_pause.setSingleShot(true);
        m_pause.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_pause, &QTimer::timeout, [this] { goOn(); });
    }

    void add(Turn &turn)
    {
        turn.m_waits = true;
        m_waiting.append(&turn);
        goOn();
    }
    void remove(Turn &turn)
    {
        turn.m_waits = false;
        m_waiting.removeOne(&turn);
    }

private:
    void goOn()
    {
        if (m_waiting.isEmpty() || m_busy || m_pause.isActive())
            return;
        using std::chrono::milliseconds;
        if (const milliseconds since{m_sinceLast.isValid() ? m_sinceLast.elapsed() : pause.count()};
            since < pause)
            return m_pause.start(pause - since);
        Turn *turn = m_waiting.takeFirst();
        turn->m_waits = false;
        m_busy = true;
        Q_EMIT turn->taken(); // it may be gone after this
        m_busy = false;
        m_sinceLast.start();
        if (!m_waiting.isEmpty())
            m_pause.start(pause);
    }

    QList<Turn *> m_waiting;
    QTimer m_pause;
    QElapsedTimer m_sinceLast;
    bool m_busy = false;
};

Turn::Queue &Turn::queue()
{
    static thread_local Queue theQueue;
    return theQueue;
}

Turn::Turn(QObject *parent) : QObject(parent)
{
    m_due.setSingleShot(true);
    connect(&m_due, &QTimer::timeout, this, [this] { queue().add(*this); });
}

Turn::~Turn()
{
    stop();
}

void Turn::start(std::chrono::milliseconds rest)
{
    stop();
    m_due.start(rest);
}

void Turn::stop()
{
    m_due.stop();
    if (m_waits)
        queue().remove(*this);
}

} // namespace meseta::console
