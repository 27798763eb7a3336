#pragma once

#include <deque>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "common/base/clock.h"

namespace meseta::agent {

class DockerEngine;

/// Takes ended containers off the engine after --docker_remove_delay, earlier when there are very
/// many.
class DockerRemovalQueue : public QObject
{
    Q_OBJECT
public:
    DockerRemovalQueue(DockerEngine &engine, Duration delay, QObject *parent = nullptr);

    void add(const QString &dockerId, bool atOnce);

    static constexpr std::size_t maxKept = 1000;

private:
    struct Entry
    {
        QString dockerId;
        std::chrono::milliseconds due;
    };
    std::chrono::milliseconds now() const { return std::chrono::milliseconds(m_clock.elapsed()); }
    void removeDue();
    void remove(const QString &dockerId);

    DockerEngine &m_engine;
    Duration m_delay;
    QElapsedTimer m_clock;
    std::deque<Entry> m_entries; ///< in the order they are due
    QTimer m_timer;
};

} // namespace meseta::agent
