#pragma once

#include <QElapsedTimer>
#include <QMap>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include "common/http/client.h"

namespace meseta::test {

/// Asks several masters again and again for what only one that leads answers, and notes every
/// answer that a later leader should have ruled out.
class ActingProbe : public QObject
{
    Q_OBJECT
public:
    ActingProbe();

    /// Asks the masters at these ports of 127.0.0.1 from now on.
    void watch(const QList<quint16> &ports);
    /// The same at any addresses.
    void watch(const QList<http::Endpoint> &masters);

    /// Masters (by id) that were seen to lead, in order.
    QStringList leaders() const { return m_leaders; }
    QStringList violations() const { return m_violations; }

private:
    void ask(const http::Endpoint &master);
    void answered(const QString &id, qint64 asked);

    http::Client m_client;
    QTimer m_timer;
    QElapsedTimer m_time;
    QList<http::Endpoint> m_masters;
    QSet<QString> m_waiting;
    QStringList m_leaders;
    qint64 m_currentSince = 0; ///< when the present leader was first seen
    int m_ticks = 0; ///< of the timer: while the test did not come to read answers there were none
    int m_currentTick = 0; ///< at m_currentSince
    QStringList m_violations;
};

} // namespace meseta::test
