#include "gui/widgets/connection_banner.h"

#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "gui/widgets/theme.h"

namespace meseta::console {

ConnectionBanner::ConnectionBanner(MasterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_text(new QLabel), m_retry(new QPushButton)
{
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::Large, 6, Theme::Small, 6);
    row->addWidget(m_text, 1);
    row->addWidget(m_retry);
    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &ConnectionBanner::refresh);
    connect(m_retry, &QPushButton::clicked, &session, &MasterSession::retryNow);
    connect(&session, &MasterSession::stateChanged, this, &ConnectionBanner::refresh);
    refresh();
}

void ConnectionBanner::refresh()
{
    const bool lost = m_session.state() == MasterSession::State::Waiting;
    setVisible(lost);
    if (!lost) {
        m_tick.stop();
        m_lostAt = 0;
        return;
    }
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (m_lostAt == 0)
        m_lostAt = now;
    if (!m_tick.isActive())
        m_tick.start();
    const int age = static_cast<int>((now - m_lostAt) / 1000);
    const int next = (m_session.millisecondsToNextTry() + 999) / 1000;
    m_text->setText(tr("%1 is not connected: %2. What is shown is %n second(s) old.", nullptr, age)
                        .arg(m_session.address().text(), m_session.problem())
                    + QLatin1Char(' ')
                    + (next > 0 ? tr("Next try in %n s.", nullptr, next) : tr("Trying…")));
    m_retry->setText(tr("Try now"));
}

void ConnectionBanner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::notice(Tone::Busy));
}

void ConnectionBanner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        refresh();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
