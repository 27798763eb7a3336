#include "gui/widgets/time_bar.h"

#include <algorithm>

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>

#include "gui/model/formats.h"
#include "gui/session/playback.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

TimeBar::TimeBar(Playback &playback, QWidget *parent)
    : QWidget(parent)
    , m_playback(playback)
    , m_track(new TimeTrack(playback))
    , m_play(new QToolButton)
    , m_back(new QToolButton)
    , m_forward(new QToolButton)
    , m_time(new QLabel)
    , m_speed(new QComboBox)
{
    m_back->setIcon(icon(QStringLiteral("back")));
    m_forward->setIcon(icon(QStringLiteral("forward")));
    m_time->setTextFormat(Qt::PlainText);
    m_time->setFont(Theme::headingFont());
    m_time->setMinimumWidth(QFontMetrics(Theme::headingFont())
                                .horizontalAdvance(QStringLiteral("2026-00-00 00:00:00.000 …")));
    for (const double factor : {0.2, 1.0, 5.0, 20.0, 100.0})
        m_speed->addItem(QStringLiteral("%1×").arg(factor), factor);
    m_speed->setCurrentIndex(1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::Medium, Theme::Tight, Theme::Large, Theme::Tight);
    row->setSpacing(Theme::Tight);
    row->addWidget(m_back);
    row->addWidget(m_play);
    row->addWidget(m_forward);
    row->addWidget(m_speed);
    row->addSpacing(Theme::Small);
    row->addWidget(m_track, 1);
    row->addSpacing(Theme::Small);
    row->addWidget(m_time);
    connect(m_play, &QToolButton::clicked, this,
            [this] { m_playback.setPlaying(!m_playback.isPlaying()); });
    connect(m_back, &QToolButton::clicked, this, [this] { m_playback.step(-1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { m_playback.step(1); });
    connect(m_speed, &QComboBox::currentIndexChanged, this,
            [this] { m_playback.setSpeed(m_speed->currentData().toDouble()); });
    connect(&playback, &Playback::moved, this, &TimeBar::refresh);
    connect(&playback, &Playback::playingChanged, this, &TimeBar::refresh);
    translate();
}

void TimeBar::refresh()
{
    m_time->setText(fullTimeText(m_playback.position())
                    + (m_playback.isSeeking() ? QStringLiteral(" …") : QString()));
    const bool playing = m_playback.isPlaying();
    m_play->setIcon(icon(playing ? QStringLiteral("pause") : QStringLiteral("play")));
    m_play->setToolTip(playing ? tr("Pause") : tr("Play"));
    m_play->setAccessibleName(m_play->toolTip());
    m_track->setAccessibleDescription(m_time->text());
    m_track->update();
}

void TimeBar::translate()
{
    const auto name = [](QToolButton *button, const QString &text) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    };
    name(m_back, tr("One event back"));
    name(m_forward, tr("One event on"));
    m_speed->setAccessibleName(tr("How fast it is played"));
    m_track->setAccessibleName(tr("The moment that is shown"));
    refresh();
}

void TimeBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::rail());
    painter.fillRect(QRect(0, 0, width(), 1), Theme::border());
}

void TimeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

TimeTrack::TimeTrack(Playback &playback, QWidget *parent) : QWidget(parent), m_playback(playback)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TimeTrack::resizeEvent(QResizeEvent *)
{
    m_density = m_playback.file().density(std::max(1, width() / 3));
}

void TimeTrack::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double length = std::max(1e-9, m_playback.end() - m_playback.begin());
    const double at = (m_playback.position() - m_playback.begin()) / length * width();
    const int most = std::max(1, *std::max_element(m_density.begin(), m_density.end()));
    const double step = static_cast<double>(width()) / static_cast<double>(m_density.size());
    for (std::size_t i = 0; i < m_density.size(); ++i) {
        if (m_density[i] == 0)
            continue;
        const double left = static_cast<double>(i) * step;
        const double tall = 3 + (height() - 12.0) * std::sqrt(double(m_density[i]) / most);
        painter.fillRect(QRectF(left, height() - 4 - tall, std::max(1.0, step - 1), tall),
                         left <= at ? Theme::used() : Theme::offered());
    }
    painter.fillRect(QRectF(0, height() - 3, width(), 3), Theme::track());
    painter.fillRect(QRectF(0, height() - 3, at, 3), Theme::used());
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::tone(hasFocus() ? Tone::Accent : Tone::Neutral));
    painter.drawRoundedRect(QRectF(at - 1.5, 2, 3, height() - 2), 1.5, 1.5);
}

void TimeTrack::seekTo(int x)
{
    const double share = std::clamp(static_cast<double>(x) / std::max(1, width()), 0.0, 1.0);
    m_playback.seek(m_playback.begin() + share * (m_playback.end() - m_playback.begin()));
}

void TimeTrack::mousePressEvent(QMouseEvent *event)
{
    seekTo(event->pos().x());
}

void TimeTrack::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        seekTo(event->pos().x());
}

void TimeTrack::keyPressEvent(QKeyEvent *event)
{
    const double hundredth = (m_playback.end() - m_playback.begin()) / 100;
    switch (event->key()) {
    case Qt::Key_Left:
        return m_playback.seek(m_playback.position() - hundredth);
    case Qt::Key_Right:
        return m_playback.seek(m_playback.position() + hundredth);
    case Qt::Key_Home:
        return m_playback.seek(m_playback.begin());
    case Qt::Key_End:
        return m_playback.seek(m_playback.end());
    case Qt::Key_Space:
        return m_playback.setPlaying(!m_playback.isPlaying());
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace meseta::console
