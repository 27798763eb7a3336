#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "gui/model/replica.h"
#include "gui/model/turn.h"
#include "gui/session/event_file.h"

namespace meseta::console {

/// Shows moments of a recording in a replica: any, in any order, or one after the other. The state
/// at a moment is what the events until then make, as it was when they came. The way to a moment is
/// gone a few milliseconds at a time, so that the window answers meanwhile; a short one at once.
class Playback : public QObject
{
    Q_OBJECT
public:
    Playback(std::unique_ptr<EventFile> file, Replica &replica, QObject *parent = nullptr);
    ~Playback() override;

    const EventFile &file() const { return *m_file; }
    double begin() const { return m_file->begin(); }
    double end() const { return m_file->end(); }
    double position() const { return m_position; } ///< the moment that is shown, or on the way
    void seek(double time);
    void step(int events); ///< to the moment of an event further on or back
    bool isSeeking() const { return m_more.isActive(); } ///< still on the way to the moment
    int damaged() const { return m_damaged; } ///< events that could not be read so far

    void setPlaying(bool playing);
    bool isPlaying() const { return m_timer.isActive(); }
    void setSpeed(double factor) { m_speed = factor; }

Q_SIGNALS:
    void moved(); ///< another moment is wanted; again when it is there
    void playingChanged();

private:
    struct Snapshot;

    void work();
    bool isThere() const { return m_applied == m_wanted && !m_snapshot; }
    void goBack();
    void applyNext();
    void takeSnapshot();
    void applied();
    void advance();

    struct Checkpoint
    {
        int count;
        std::shared_ptr<const Replica::State> state;
    };

    std::unique_ptr<EventFile> m_file;
    Replica &m_replica;
    bool m_begun = false; ///< some moment was asked for
    int m_applied = 0;
    int m_wanted = 0;
    int m_damaged = 0;
    double m_position = 0;
    double m_speed = 1;
    std::vector<Checkpoint> m_checkpoints;
    std::unique_ptr<Snapshot> m_snapshot; ///< a large one that is being taken
    Turn m_more; ///< the rest of the way
    QTimer m_timer;
    QElapsedTimer m_clock;
};

} // namespace meseta::console
