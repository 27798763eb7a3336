#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QToolButton;

namespace meseta::console {

class Playback;
class TimeTrack;

/// The foot of a recording: where in time it is shown, with how much happened when; play, step, and
/// how fast.
class TimeBar : public QWidget
{
    Q_OBJECT
public:
    explicit TimeBar(Playback &playback, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void translate();

    Playback &m_playback;
    TimeTrack *m_track;
    QToolButton *m_play;
    QToolButton *m_back;
    QToolButton *m_forward;
    QLabel *m_time;
    QComboBox *m_speed;
};

/// The track itself: a bar chart of the events over time, and the moment that is shown. Arrow keys
/// move by a hundredth.
class TimeTrack : public QWidget
{
    Q_OBJECT
public:
    explicit TimeTrack(Playback &playback, QWidget *parent = nullptr);

    QSize sizeHint() const override { return {400, 40}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void seekTo(int x);

    Playback &m_playback;
    std::vector<int> m_density;
};

} // namespace meseta::console
