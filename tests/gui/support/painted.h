#pragma once

#include <QEvent>
#include <QTest>
#include <QWidget>

namespace meseta::console {

/// Waits until what was just shown or changed is laid out and painted: layouts are asked for before
/// paintings, so that once a widget was painted it is where it stays. False: it never was.
inline bool waitForPaint(QWidget &widget, int milliseconds = 20000)
{
    class Watch : public QObject
    {
    public:
        bool painted = false;

    protected:
        bool eventFilter(QObject *, QEvent *event) override
        {
            painted |= event->type() == QEvent::Paint;
            return false;
        }
    } watch;
    widget.installEventFilter(&watch);
    widget.update();
    return QTest::qWaitFor([&watch] { return watch.painted; }, milliseconds);
}

} // namespace meseta::console
