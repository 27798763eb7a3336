#include "gui/widgets/notice_button.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDateTime>
#include <QEvent>
#include <QFile>
#include <QGuiApplication>
#include <QPainter>
#include <QSettings>
#include <QSystemTrayIcon>

#include "gui/model/formats.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr qsizetype keptNotices = 50;
constexpr qsizetype shownNotices = 20;
constexpr qsizetype longestOnDesktop = 300;

/// Asking for a bus where none runs would start one.
bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

QIcon toneIcon(Tone tone)
{
    QPixmap picture(32, 32);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    const Sign sign = tone == Tone::Bad ? Sign::Cross
        : tone == Tone::Good            ? Sign::Check
                                        : Sign::Dot;
    paintSign(&painter, QRectF(7, 7, 18, 18), {tone == Tone::Neutral ? Tone::Accent : tone, sign});
    painter.end();
    return QIcon(picture);
}

} // namespace

NoticeButton::NoticeButton(QWidget *parent)
    : NavButton(QStringLiteral("notices"), parent), m_menu(new QMenu(this))
{
    setCheckable(false);
    connect(this, &QAbstractButton::clicked, this, &NoticeButton::showList);
    translate();
}

void NoticeButton::translate()
{
    setText(tr("Notices"));
    setAccessibleName(tr("Notices"));
}

void NoticeButton::add(Tone tone, const QString &text)
{
    if (!m_notices.isEmpty() && m_notices.first().text == text)
        return;
    m_notices.prepend(
        {tone, text, static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000});
    if (m_notices.size() > keptNotices)
        m_notices.removeLast();
    setCount(countText(++m_unread), tone == Tone::Bad);
    const bool wanted = QSettings().value(QStringLiteral("notify"), true).toBool();
    if (tone != Tone::Bad || !wanted || window()->isActiveWindow())
        return;
    tellDesktop(text);
}

/// By the desktop's own service, which every desktop of today has; where there is none, by a
/// tray's balloon. Source: freedesktop.org, Desktop Notifications Specification.
void NoticeButton::tellDesktop(const QString &text)
{
    if (!hasSessionBus())
        return tellTray(text);
    const QDBusConnection bus = QDBusConnection::sessionBus();
    const QString service = QStringLiteral("org.freedesktop.Notifications");
    if (bus.isConnected()) {
        QDBusMessage call = QDBusMessage::createMethodCall(
            service, QStringLiteral("/org/freedesktop/Notifications"), service,
            QStringLiteral("Notify"));
        // All of it is the summary: a body may be read as markup, and names are anybody's.
        call << QCoreApplication::applicationName() << m_desktopId
             << QGuiApplication::desktopFileName() << text.left(longestOnDesktop) << QString()
             << QStringList() << QVariantMap() << -1;
        auto *answer = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
        connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, text] {
            answer->deleteLater();
            const QDBusPendingReply<uint> id = *answer;
            if (id.isError())
                tellTray(text);
            else
                m_desktopId = id.value(); // the next takes its place
        });
        return;
    }
    tellTray(text);
}

void NoticeButton::tellTray(const QString &text)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    if (!m_tray)
        m_tray = new QSystemTrayIcon(window()->windowIcon(), this);
    m_tray->show();
    m_tray->showMessage(window()->windowTitle(), text.left(longestOnDesktop),
                        QSystemTrayIcon::Warning);
}

void NoticeButton::showList()
{
    m_unread = 0;
    setCount({});
    m_menu->clear();
    for (const Notice &notice : m_notices.mid(0, shownNotices)) {
        QString text = notice.text.left(160);
        text.replace(QLatin1Char('&'), QLatin1String("&&"));
        m_menu->addAction(toneIcon(notice.tone),
                          QStringLiteral("%1   %2").arg(timeText(notice.time), text));
    }
    if (m_notices.isEmpty())
        m_menu->addAction(tr("Nothing was told yet"))->setEnabled(false);
    m_menu->popup(mapToGlobal(QPoint(width(), 0)));
}

void NoticeButton::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    NavButton::changeEvent(event);
}

} // namespace meseta::console
