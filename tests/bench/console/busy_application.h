#pragma once

#include <map>
#include <string>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>

/// Sums what the GUI's thread does without a pause: events that follow each other at once are one
/// stretch of work, up to the frame that is shown at its end, if there is one. By the clock, and by
/// the thread's own time, which other load on the machine does not change.
class BusyApplication : public QApplication
{
public:
    using QApplication::QApplication;

    /// Called when something has been painted.
    std::function<void()> onPainted;

    static double threadMs(); ///< what the calling thread has used of a processor

    bool notify(QObject *receiver, QEvent *event) override;
    void reset();

    /// Of the stretches since `reset`, in milliseconds of the thread's own time.
    struct Work
    {
        double p50 = 0;
        double p99 = 0;
        double longest = 0;
        double longestByClock = 0;
    };
    Work print(const char *what);
    void printLongest(); ///< which events took longest, by the kind of their receivers

private:
    struct Part
    {
        std::string receiver;
        int event = 0;
        double cpu = 0;
    };
    struct Stretch
    {
        double wall = 0; // milliseconds
        double cpu = 0;
        int events = 0;
        double lasted = 0; // by the clock, with the pauses
        std::vector<Part> parts; // of long ones only
    };
    struct Cost
    {
        int count = 0;
        double total = 0;
        double longest = 0;
    };

    void close();

    QElapsedTimer m_clock;
    int m_depth = 0;
    qint64 m_lastEnd = 0;
    qint64 m_stretchBegan = 0;
    Stretch m_stretch;
    std::vector<Stretch> m_stretches;
    std::map<std::pair<const QMetaObject *, int>, Cost> m_costs;
};
