#pragma once

#include <QTest>
#include <QTimer>
#include <QWidget>
#include <QWindow>

namespace meseta::test {

/// Drags from one widget to another as a hand does: press, a few moves, release, each from a timer
/// of its own, since the source's drag runs an event loop in one of the moves. Needs a real window
/// system. Done when it returns true.
inline bool dragWithMouse(QWidget *from, const QPoint &at, QWidget *to, const QPoint &there,
                          const std::function<void()> &beforeRelease = {})
{
    constexpr int stepMs = 80;
    constexpr int moves = 8;
    QWindow *window = from->window()->windowHandle();
    const QPoint begin = window->mapFromGlobal(from->mapToGlobal(at));
    const QPoint end = window->mapFromGlobal(to->mapToGlobal(there));
    bool done = false;
    int time = 0;
    const auto then = [&](const std::function<void()> &step) {
        QTimer::singleShot(time += stepMs, window, step);
    };
    then([=] { QTest::mousePress(window, Qt::LeftButton, {}, begin); });
    for (int move = 1; move <= moves + 2; ++move) {
        const double part = std::min(1.0, static_cast<double>(move) / moves);
        const QPoint point = begin + (end - begin) * part + QPoint(move > moves ? move & 1 : 0, 0);
        then([=] { QTest::mouseMove(window, point); });
    }
    if (beforeRelease)
        then(beforeRelease);
    then([=] { QTest::mouseRelease(window, Qt::LeftButton, {}, end); });
    then([&done] { done = true; });
    return QTest::qWaitFor([&done] { return done; }, 20000);
}

} // namespace meseta::test
