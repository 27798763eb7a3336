#include "gui/widgets/connection_banner.h"

#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "gui/model/sentences.h"
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

void ConnectionBanner::setLeftOut(const LeftOut &leftOut)
{
    if (leftOut == std::exchange(m_leftOut, leftOut))
        return;
    refresh();
}

void ConnectionBanner::refresh()
{
    const bool lost = m_session.state() == MasterSession::State::Waiting;
    m_wasLive |= m_session.state() == MasterSession::State::Live;
    const QString leftOut = leftOutText();
    setVisible(lost || !leftOut.isEmpty());
    m_retry->setVisible(lost);
    if (!lost) {
        m_tick.stop();
        m_lostAt = 0;
        return m_text->setText(leftOut);
    }
    if (!m_tick.isActive())
        m_tick.start();
    m_text->setText(lostText() + (leftOut.isEmpty() ? QString() : QLatin1Char('\n') + leftOut));
    m_retry->setText(tr("Try now"));
}

QString ConnectionBanner::lostText()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (m_lostAt == 0)
        m_lostAt = now;
    const int age = static_cast<int>((now - m_lostAt) / 1000);
    const int next = (m_session.millisecondsToNextTry() + 999) / 1000;
    const QString problem = m_wasLive
        ? tr("%1 is not connected: %2. What is shown is %n second(s) old.", nullptr, age)
        : tr("%1 is not connected: %2."); // and nothing is shown
    return problem.arg(m_session.address().text(), m_session.problem()) + betweenSentences()
        + (next > 0 ? tr("Next try in %n s.", nullptr, next) : tr("Trying…"));
}

QString ConnectionBanner::leftOutText() const
{
    QStringList parts;
    if (m_leftOut.agents > 0)
        parts << tr("%n agent(s)", nullptr, m_leftOut.agents);
    if (m_leftOut.frameworks > 0)
        parts << tr("%n framework(s)", nullptr, m_leftOut.frameworks);
    if (m_leftOut.tasks > 0)
        parts << tr("%n task(s)", nullptr, m_leftOut.tasks);
    if (m_leftOut.offers > 0)
        parts << tr("%n offer(s)", nullptr, m_leftOut.offers);
    return parts.isEmpty() ? QString()
                           : tr("The cluster is larger than the console holds. Left out of all "
                                "tables and sums, at least: %1.")
                                 .arg(parts.join(QStringLiteral(", ")));
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
