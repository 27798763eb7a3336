#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "gui/model/replica.h"
#include "gui/session/event_file.h"

namespace meseta::console {

/// Shows moments of a recording in a replica: any, in any order, or one after the other. The state
/// at a moment is what the events until then make, as it was when they came.
class Playback : public QObject
{
    Q_OBJECT
public:
    Playback(std::unique_ptr<EventFile> file, Replica &replica, QObject *parent = nullptr);
    ~Playback() override;

    const EventFile &file() const { return *m_file; }
    double begin() const { return m_file->begin(); }
    double end() const { return m_file->end(); }
    double position() const { return m_position; }
    void seek(double time);
    void step(int events); ///< to the moment of an event further on or back

    void setPlaying(bool playing);
    bool isPlaying() const { return m_timer.isActive(); }
    void setSpeed(double factor) { m_speed = factor; }

Q_SIGNALS:
    void moved();
    void playingChanged();

private:
    void applyUntil(int count);
    void advance();

    struct Checkpoint
    {
        int count;
        std::shared_ptr<const Replica::State> state;
    };

    std::unique_ptr<EventFile> m_file;
    Replica &m_replica;
    int m_applied = 0;
    double m_position = 0;
    double m_speed = 1;
    std::vector<Checkpoint> m_checkpoints;
    QTimer m_timer;
    QElapsedTimer m_clock;
};

} // namespace meseta::console
