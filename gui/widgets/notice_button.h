#pragma once

#include <QList>
#include <QMenu>

#include "gui/model/look.h"
#include "gui/widgets/nav_rail.h"

class QSystemTrayIcon;

namespace meseta::console {

/// The notifications at the foot of the rail: a list of what was told, newest first; while the
/// console is not in front, troubles go to the desktop too.
class NoticeButton : public NavButton
{
    Q_OBJECT
public:
    explicit NoticeButton(QWidget *parent = nullptr);

    void add(Tone tone, const QString &text);

    struct Notice
    {
        Tone tone = Tone::Neutral;
        QString text;
        double time = 0;
    };
    const QList<Notice> &notices() const { return m_notices; }
    /// The number that the desktop has given to what it shows; 0: nothing was told to it.
    uint desktopNumber() const { return m_desktopId; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void tellDesktop(const QString &text);
    void tellTray(const QString &text);
    void showList();
    void translate();

    QList<Notice> m_notices;
    int m_unread = 0;
    uint m_desktopId = 0; ///< of the notification that the desktop shows
    QMenu *m_menu;
    QSystemTrayIcon *m_tray = nullptr;
};

} // namespace meseta::console
