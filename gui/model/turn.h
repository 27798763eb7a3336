#pragma once

#include <chrono>

#include <QObject>
#include <QTimer>

namespace meseta::console {

/// A single-shot timer for the next slice of work that is too much for one frame. Of all such work
/// on a thread one slice has its turn at a time, in the order in which they came due, and the event
/// loop has `pause` for itself between any two: keys are heard and frames painted, however many
/// tables, streams and recordings are busy. A slice should take 4 ms.
class Turn : public QObject
{
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds pause{2};

    explicit Turn(QObject *parent = nullptr);
    ~Turn() override;

    void start(std::chrono::milliseconds rest = pause); ///< due after `rest`; anew when it waits
    void stop();
    bool isActive() const { return m_due.isActive() || m_waits; }

Q_SIGNALS:
    void taken(); ///< do a slice now

private:
    class Queue;
    static Queue &queue();

    QTimer m_due;
    bool m_waits = false; ///< due, for its turn
};

} // namespace meseta::console
